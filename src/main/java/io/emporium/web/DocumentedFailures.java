package io.emporium.web;

import io.emporium.shared.Refusal;
import io.emporium.shared.Refusal.Code;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** How an operation fails: as every one may, and with the codes that are its own; each code with an example. */
final class DocumentedFailures {
    /** The name of the envelope's schema. */
    static final String SCHEMA = "Failure";

    private static final String JSON = "application/json";

    private DocumentedFailures() {}

    /** @param isClosed whether it is not for anybody */
    static void tell(String endpoint, Operation operation, boolean isClosed) {
        Map<String, List<Code>> errors = errors(endpoint, operation, isClosed);
        own(operation).forEach(code -> {
            List<Code> codes = errors.computeIfAbsent(String.valueOf(code.status()), status -> new ArrayList<>());
            if (!codes.contains(code)) {
                codes.add(code);
            }
        });
        operation.removeExtension(ApiDocument.ERRORS);
        errors.forEach((status, codes) -> {
            if (!operation.getResponses().hasAPIResponse(status)) {
                operation.getResponses().addAPIResponse(status, error(codes));
            }
        });
    }

    /** What this operation may say no with, and what its Idempotency-Key may. */
    private static List<Code> own(Operation operation) {
        List<Code> codes = new ArrayList<>();
        Object named = operation.getExtensions() == null
                ? null
                : operation.getExtensions().get(ApiDocument.ERRORS);
        if (named != null) {
            for (String code : String.valueOf(named).split(",", -1)) {
                codes.add(Code.valueOf(code.strip()));
            }
        }
        if (operation.getParameters() != null
                && operation.getParameters().stream()
                        .anyMatch(parameter -> Idempotency.HEADER.equals(parameter.getName()))) {
            codes.addAll(List.of(Code.REQUEST_IN_PROGRESS, Code.IDEMPOTENCY_KEY_REUSED));
        }
        return codes;
    }

    /** Which statuses every operation may fail with, and their codes. */
    private static Map<String, List<Code>> errors(String endpoint, Operation operation, boolean closed) {
        boolean body = operation.getRequestBody() != null;
        List<Code> bad = new ArrayList<>(List.of(Code.VALIDATION_ERROR));
        if (body) {
            bad.add(Code.MALFORMED_REQUEST);
        }
        Map<String, List<Code>> errors = new LinkedHashMap<>();
        errors.put("400", bad);
        if (closed) {
            errors.put("401", new ArrayList<>(List.of(Code.AUTHENTICATION_REQUIRED, Code.INVALID_TOKEN)));
            errors.put("403", List.of(Code.FORBIDDEN));
        } else {
            errors.put("401", new ArrayList<>(List.of(Code.INVALID_TOKEN)));
        }
        if (endpoint.contains("{")) {
            errors.put("404", new ArrayList<>(List.of(Code.RESOURCE_NOT_FOUND)));
        }
        errors.put("405", List.of(Code.METHOD_NOT_ALLOWED));
        errors.put("406", List.of(Code.NOT_ACCEPTABLE));
        if (body) {
            errors.put("413", List.of(Code.PAYLOAD_TOO_LARGE));
            errors.put("415", List.of(Code.UNSUPPORTED_MEDIA_TYPE));
        }
        errors.put("414", List.of(Code.MALFORMED_REQUEST));
        errors.put("429", List.of(Code.RATE_LIMITED));
        errors.put("431", List.of(Code.MALFORMED_REQUEST));
        errors.put("500", List.of(Code.INTERNAL_SERVER_ERROR));
        errors.put("503", List.of(Code.SERVICE_UNAVAILABLE));
        return errors;
    }

    private static APIResponse error(List<Code> codes) {
        var content =
                OASFactory.createMediaType().schema(OASFactory.createSchema().ref("#/components/schemas/" + SCHEMA));
        codes.forEach(code -> content.addExample(
                code.name().toLowerCase(Locale.ROOT), OASFactory.createExample().value(example(code))));
        APIResponse answer = OASFactory.createAPIResponse()
                .description(String.join(" or ", codes.stream().map(Code::name).toList()))
                .content(OASFactory.createContent().addMediaType(JSON, content));
        if (codes.contains(Code.RATE_LIMITED) || codes.contains(Code.SERVICE_UNAVAILABLE)) {
            answer.addHeader(
                    "Retry-After",
                    OASFactory.createHeader()
                            .description("Seconds until the same request may succeed")
                            .schema(Schemas.whole()));
        }
        if (codes.contains(Code.RATE_LIMITED)) {
            for (String header : List.of("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")) {
                answer.addHeader(
                        header,
                        OASFactory.createHeader()
                                .description("Requests a window, those left in it, seconds until it closes")
                                .schema(Schemas.whole()));
            }
        }
        return answer;
    }

    private static Map<String, Object> example(Code code) {
        Refusal refusal = switch (code) {
            case VALIDATION_ERROR -> BadInput.of(List.of(new BadInput.Field("price", "must be a number")));
            case MALFORMED_REQUEST -> Faults.malformed("The request's body is not well-formed JSON");
            case INVALID_TOKEN -> Faults.invalidToken();
            case RATE_LIMITED ->
                new Refusal(code, "Too many requests", Map.of("limit", 300, "retry_after_seconds", 42));
            case INVALID_CREDENTIALS -> new Refusal(code, "Invalid e-mail address or password");
            case SECOND_FACTOR_REQUIRED ->
                new Refusal(
                        code,
                        "That was right; show the second factor",
                        Map.of("challenge", "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE", "expires_in", 300));
            case INVALID_PAYMENT_METHOD -> new Refusal(code, "This payment method is not offered");
            case INVALID_PAYMENT_DETAILS ->
                new Refusal(code, "Send {\"payment_method_id\":\"pm_…\"} or {\"token\":\"…\"}");
            case PAYMENT_DECLINED ->
                new Refusal(code, "Your card was declined.", Map.of("decline_code", "insufficient_funds"));
            case IDENTITY_NOT_LINKED ->
                new Refusal(
                        code,
                        "Sign in with your password and link this identity to your account first",
                        Map.of("reason", "password_needed"));
            case DUPLICATE_FIELD -> new Refusal(code, "It is taken", Map.of("field", "sku"));
            case INSUFFICIENT_STOCK ->
                new Refusal(
                        code,
                        "Not enough in stock",
                        Map.of("items", List.of(Map.of("product_id", 1, "requested", 3, "available", 2))));
            case CART_EMPTY -> new Refusal(code, "The cart is empty");
            case PRICE_CHANGED -> new Refusal(code, "The total is another than expected");
            case INVALID_STATUS_TRANSITION -> new Refusal(code, "A shipped order cannot be cancelled");
            case ORDER_NOT_PAYABLE -> new Refusal(code, "The order is paid");
            case REFUND_EXCEEDS_PAYMENT -> new Refusal(code, "More than is left of what was paid");
            case VERSION_CONFLICT -> new Refusal(code, "The product was changed since you read it: read it again");
            case IDEMPOTENCY_KEY_REUSED -> new Refusal(code, "This Idempotency-Key was used for another request");
            case REQUEST_IN_PROGRESS ->
                new Refusal(code, "The first request with this Idempotency-Key is still running");
            default -> Faults.ofStatus(code.status());
        };
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", refusal.code().name());
        error.put("message", String.valueOf(refusal.getMessage()));
        error.put("details", refusal.details());
        Map<String, Object> failure = new LinkedHashMap<>();
        failure.put("success", false);
        failure.put("error", error);
        return failure;
    }

    static Schema schema() {
        return Schemas.object()
                .description("The envelope of every failure")
                .required(List.of("success", "error"))
                .addProperty(
                        "success",
                        OASFactory.createSchema()
                                .type(List.of(Schema.SchemaType.BOOLEAN))
                                .description("Always false"))
                .addProperty(
                        "error",
                        Schemas.object()
                                .required(List.of("code", "message", "details"))
                                .addProperty("code", Schemas.text().description("For programs: does not change"))
                                .addProperty("message", Schemas.text().description("For people"))
                                .addProperty(
                                        "details",
                                        Schemas.object()
                                                .description(
                                                        "What a program needs to react; for VALIDATION_ERROR the fields")));
    }
}
