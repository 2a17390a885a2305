package io.emporium.web;

import io.emporium.shared.Refusal;
import io.emporium.shared.Refusal.Code;
import io.emporium.web.Permissions.Row;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jspecify.annotations.Nullable;

/** Says once what holds for every operation: how it fails, who may call it, which headers it bears. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.RUNTIME_STARTUP)
public class ApiDocument implements OASFilter {
    /** The extension with which an operation names the codes that are its own, separated by commas. */
    public static final String ERRORS = "x-errors";

    /** The extension with which an operation names the statuses that it succeeds with, separated by commas; 200 without it. */
    public static final String STATUSES = "x-statuses";

    private static final String FAILURE = "Failure";
    /** The extensions that tell who may call an operation, and with which scope an API key may. */
    private static final String ROLES = "x-roles";

    private static final String SCOPE = "x-api-key-scope";
    private static final String BEARER = "bearer";
    private static final String API_KEY = "api_key";
    private static final String JSON = "application/json";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.info(OASFactory.createInfo()
                .title("Emporium")
                .version("1")
                .description(
                        "The shop's REST API. Every answer is an envelope: success with data, or an error with a code. "
                                + "Times are ISO-8601 in UTC, money is a number with two decimals."));
        document.servers(List.of(OASFactory.createServer().url("/").description("Where this document comes from")));
        if (document.getComponents() == null) {
            document.components(OASFactory.createComponents());
        }
        document.getComponents().addSchema(FAILURE, failure());
        Schema done = document.getComponents().getSchemas().get("AnswerVoid");
        if (done != null) {
            done.examples(List.of(Map.of("success", true, "message", "Item removed from cart")));
        }
        document.getComponents()
                .addSecurityScheme(
                        BEARER,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .bearerFormat("JWT")
                                .description("The access token of POST /api/v1/auth/login"))
                .addSecurityScheme(
                        API_KEY,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER)
                                .name(Caller.API_KEY_HEADER)
                                .description("A key of POST /api/v1/api-keys, for a program"));
        if (document.getPaths() != null && document.getPaths().getPathItems() != null) {
            document.getPaths()
                    .getPathItems()
                    .forEach((path, item) -> item.getOperations()
                            .forEach((method, operation) -> complete(method + " " + path, operation)));
            tellWhatMayBeMissing(document);
        }
    }

    /**
     * What has no value is told as null, and of an answer's fields the document does not know which may have none: all may but those that
     * it calls required, and lists. What is sent to us is looked at by itself.
     */
    private static void tellWhatMayBeMissing(OpenAPI document) {
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        Set<String> answered = new HashSet<>();
        document.getPaths()
                .getPathItems()
                .values()
                .forEach(item -> item.getOperations()
                        .values()
                        .forEach(operation -> operation.getResponses().getAPIResponses().values().stream()
                                .filter(answer -> answer.getContent() != null)
                                .flatMap(answer -> answer.getContent().getMediaTypes().values().stream())
                                .forEach(media -> collect(media.getSchema(), schemas, answered))));
        answered.remove(FAILURE);
        answered.stream().map(schemas::get).forEach(ApiDocument::mayBeNull);
    }

    private static void collect(@Nullable Schema schema, Map<String, Schema> schemas, Set<String> into) {
        if (schema == null) {
            return;
        }
        String name = schema.getRef() == null
                ? null
                : schema.getRef().substring(schema.getRef().lastIndexOf('/') + 1);
        if (name != null && schemas.containsKey(name) && into.add(name)) {
            collect(schemas.get(name), schemas, into);
        }
        collect(schema.getItems(), schemas, into);
        collect(schema.getAdditionalPropertiesSchema(), schemas, into);
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(property -> collect(property, schemas, into));
        }
    }

    private static void mayBeNull(Schema schema) {
        if (schema.getProperties() == null) {
            return;
        }
        List<String> required = schema.getRequired() == null ? List.of() : schema.getRequired();
        Map<String, Schema> properties = new LinkedHashMap<>(schema.getProperties());
        properties.replaceAll((name, property) -> required.contains(name) ? property : orNull(property));
        schema.setProperties(properties);
    }

    private static Schema orNull(Schema property) {
        if (property.getRef() != null) {
            return OASFactory.createSchema()
                    .anyOf(List.of(property, OASFactory.createSchema().type(List.of(Schema.SchemaType.NULL))));
        }
        List<Schema.SchemaType> types = property.getType();
        if (types == null || types.contains(Schema.SchemaType.NULL) || types.contains(Schema.SchemaType.ARRAY)) {
            return property;
        }
        List<Schema.SchemaType> both = new ArrayList<>(types);
        both.add(Schema.SchemaType.NULL);
        return property.type(both);
    }

    private static void complete(String endpoint, Operation operation) {
        Row row = Permissions.of(endpoint);
        operation.security(null);
        if (row != null) {
            tell(row, operation);
        }
        boolean closed = row != null && !row.isForAnybody();
        if (operation.getResponses() == null) {
            operation.responses(OASFactory.createAPIResponses());
        }
        // Quarkus adds its own, which have no envelope.
        operation.getResponses().removeAPIResponse("400");
        operation.getResponses().removeAPIResponse("401");
        operation.getResponses().removeAPIResponse("403");
        succeed(operation);
        Map<String, List<Code>> errors = errors(endpoint, operation, closed);
        own(operation).forEach(code -> {
            List<Code> codes = errors.computeIfAbsent(String.valueOf(code.status()), status -> new ArrayList<>());
            if (!codes.contains(code)) {
                codes.add(code);
            }
        });
        operation.removeExtension(ERRORS);
        errors.forEach((status, codes) -> {
            if (!operation.getResponses().hasAPIResponse(status)) {
                operation.getResponses().addAPIResponse(status, error(codes));
            }
        });
        operation.addParameter(requestId());
        describeIdempotencyKey(operation);
        operation.getResponses().getAPIResponses().values().forEach(answer -> {
            if (answer.getRef() == null) {
                answer.addHeader(
                        RequestIds.HEADER,
                        OASFactory.createHeader()
                                .description("Names the request in our logs")
                                .schema(text()));
            }
        });
    }

    /** Who may call it, and how they show who they are. */
    private static void tell(Row row, Operation operation) {
        if (!row.isForAnybody()) {
            operation.addSecurityRequirement(
                    OASFactory.createSecurityRequirement().addScheme(BEARER));
            operation.addExtension(ROLES, row.roles().stream().sorted().toList());
        }
        Scope scope = row.scope();
        if (scope != null) {
            operation.addSecurityRequirement(
                    OASFactory.createSecurityRequirement().addScheme(API_KEY));
            operation.addExtension(SCOPE, scope.code());
        }
    }

    /** Quarkus knows of a 200 only. */
    private static void succeed(Operation operation) {
        Object named = operation.getExtensions() == null
                ? null
                : operation.getExtensions().get(STATUSES);
        if (named == null) {
            return;
        }
        APIResponse success = operation.getResponses().getAPIResponse("200");
        operation.getResponses().removeAPIResponse("200");
        for (String status : String.valueOf(named).split(",", -1)) {
            operation.getResponses().addAPIResponse(status, status.equals("304") ? notModified() : copy(success));
        }
        operation.removeExtension(STATUSES);
    }

    private static APIResponse copy(APIResponse success) {
        return OASFactory.createAPIResponse()
                .description(success.getDescription())
                .content(success.getContent());
    }

    private static APIResponse notModified() {
        return OASFactory.createAPIResponse().description("As If-None-Match has it");
    }

    /** What this operation may say no with, and what its Idempotency-Key may. */
    private static List<Code> own(Operation operation) {
        List<Code> codes = new ArrayList<>();
        Object named = operation.getExtensions() == null
                ? null
                : operation.getExtensions().get(ERRORS);
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
                OASFactory.createMediaType().schema(OASFactory.createSchema().ref("#/components/schemas/" + FAILURE));
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
                            .schema(whole()));
        }
        if (codes.contains(Code.RATE_LIMITED)) {
            for (String header : List.of("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")) {
                answer.addHeader(
                        header,
                        OASFactory.createHeader()
                                .description("Requests a window, those left in it, seconds until it closes")
                                .schema(whole()));
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
            case DUPLICATE_FIELD -> new Refusal(code, "It is taken", Map.of("field", "sku"));
            case IDENTITY_NOT_LINKED ->
                new Refusal(
                        code,
                        "Sign in with your password and link this identity to your account first",
                        Map.of("reason", "password_needed"));
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

    private static Schema failure() {
        return object().description("The envelope of every failure")
                .required(List.of("success", "error"))
                .addProperty(
                        "success",
                        OASFactory.createSchema()
                                .type(List.of(Schema.SchemaType.BOOLEAN))
                                .description("Always false"))
                .addProperty(
                        "error",
                        object().required(List.of("code", "message", "details"))
                                .addProperty("code", text().description("For programs: does not change"))
                                .addProperty("message", text().description("For people"))
                                .addProperty(
                                        "details",
                                        object().description(
                                                        "What a program needs to react; for VALIDATION_ERROR the fields")));
    }

    private static Schema object() {
        return OASFactory.createSchema().type(List.of(Schema.SchemaType.OBJECT));
    }

    private static Schema text() {
        return OASFactory.createSchema().type(List.of(Schema.SchemaType.STRING));
    }

    private static Schema whole() {
        return OASFactory.createSchema().type(List.of(Schema.SchemaType.INTEGER));
    }

    private static Parameter requestId() {
        return OASFactory.createParameter()
                .name(RequestIds.HEADER)
                .in(Parameter.In.HEADER)
                .description("Your name for this request; comes back on the answer")
                .schema(text().pattern("[A-Za-z0-9._-]{1,100}"));
    }

    private static void describeIdempotencyKey(Operation operation) {
        operation.getParameters().stream()
                .filter(parameter -> Idempotency.HEADER.equals(parameter.getName()))
                .forEach(parameter -> parameter
                        .description(
                                "Makes a retry safe: the same key and body get the first answer again, for 24 hours")
                        .required(false)
                        .schema(text().minLength(1).maxLength(255)));
    }
}
