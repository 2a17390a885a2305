package io.emporium.local.paypal;

import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A refusal in PayPal's error format: a name for the status, and an issue that says what is wrong. */
final class PayPalError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    private PayPalError(int status, Map<String, Object> body) {
        super(String.valueOf(body), null, false, false);
        answer = new Answer(status, Json.write(body));
    }

    private static PayPalError of(int status, String name, String issue, String field, String message) {
        return of(status, name, issue, field, message, List.of());
    }

    private static PayPalError of(
            int status, String name, String issue, String field, String message, List<Map<String, Object>> links) {
        Map<String, Object> detail = Json.object("issue", issue, "description", message);
        if (field != null) {
            detail.put("field", "/" + field);
        }
        List<Map<String, Object>> all = new ArrayList<>(links);
        all.add(Json.object(
                "href",
                "https://developer.paypal.com/api/rest/reference/orders/v2/errors/#" + issue,
                "rel",
                "information_link",
                "method",
                "GET"));
        return new PayPalError(
                status,
                Json.object(
                        "name", name,
                        "details", List.of(detail),
                        "message", message,
                        "debug_id", Ids.debug(),
                        "links", all));
    }

    static PayPalError missing(String field) {
        return of(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER", field, "A required field is missing.");
    }

    static PayPalError invalid(String field, String issue) {
        return of(400, "INVALID_REQUEST", issue, field, "The value of a field is invalid.");
    }

    static PayPalError malformed() {
        return of(400, "INVALID_REQUEST", "MALFORMED_REQUEST_JSON", null, "The request JSON is not well formed.");
    }

    static PayPalError notFound() {
        return of(
                404,
                "RESOURCE_NOT_FOUND",
                "INVALID_RESOURCE_ID",
                null,
                "Specified resource ID does not exist. Please check the resource ID and try again.");
    }

    static PayPalError unprocessable(String issue, String message) {
        return of(422, "UNPROCESSABLE_ENTITY", issue, null, message);
    }

    /** As the last, with the link where the buyer chooses another source of money. */
    static PayPalError declined(String redirect) {
        return of(
                422,
                "UNPROCESSABLE_ENTITY",
                "INSTRUMENT_DECLINED",
                null,
                "The instrument presented was either declined by the processor or bank, or it can't be used for this payment.",
                List.of(Json.object("href", redirect, "rel", "redirect", "method", "GET")));
    }

    static PayPalError inProgress() {
        return of(
                409,
                "RESOURCE_CONFLICT",
                "PREVIOUS_REQUEST_IN_PROGRESS",
                null,
                "A previous request on this resource is currently in progress. Please wait for some time and try again.");
    }

    /** In the format of OAuth (RFC 6749). */
    static PayPalError unauthorized(String error, String description) {
        return new PayPalError(401, Json.object("error", error, "error_description", description));
    }

    static PayPalError failed(int status) {
        return switch (status) {
            case 404 -> notFound();
            case 422 -> unprocessable("REFUSED_BY_A_SWITCH", "An issue that no documentation has.");
            case 413 -> of(413, "REQUEST_TOO_LARGE", "REQUEST_TOO_LARGE", null, "The request is larger than 256 KB.");
            case 429 ->
                of(
                        429,
                        "RATE_LIMIT_REACHED",
                        "RATE_LIMIT_REACHED",
                        null,
                        "Too many requests. Blocked due to rate limiting.");
            case 503 -> of(503, "SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE", null, "Service Unavailable.");
            default ->
                of(
                        500,
                        "INTERNAL_SERVER_ERROR",
                        "INTERNAL_SERVICE_ERROR",
                        null,
                        "An internal server error has occurred.");
        };
    }

    Answer answer() {
        return answer;
    }
}
