package io.emporium.local.stripe;

import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A refusal in Stripe's error format. Whether it is kept under the idempotency key depends on when it came: parameters that do
 * not pass validation are not kept, what the endpoint refuses after it began is.
 */
final class StripeError extends RuntimeException {
    private final int status;
    private final boolean kept;
    private final Map<String, Object> error = new LinkedHashMap<>();

    private StripeError(int status, String type, String code, String message, boolean kept) {
        super(message, null, false, false);
        this.status = status;
        this.kept = kept;
        with("type", type).with("code", code).with("message", message);
    }

    /** A parameter that does not pass validation (400): nothing began, nothing is kept. */
    static StripeError parameter(String code, String param, String message) {
        return new StripeError(400, "invalid_request_error", code, message, false).with("param", param);
    }

    static StripeError missing(String param) {
        return parameter("parameter_missing", param, "Missing required param: " + param + ".");
    }

    /** An object in the path that is not there (404). */
    static StripeError notFound(String what, String param, String id) {
        return new StripeError(
                        404, "invalid_request_error", "resource_missing", "No such " + what + ": '" + id + "'", false)
                .with("param", param);
    }

    /** What the state of the objects forbids (400): the endpoint began, so the answer is kept. */
    static StripeError refused(String code, String message) {
        return new StripeError(400, "invalid_request_error", code, message, true);
    }

    static StripeError unauthorized(String message) {
        return new StripeError(401, "invalid_request_error", null, message, false);
    }

    static StripeError idempotency(int status, String code, String message) {
        return new StripeError(status, "idempotency_error", code, message, false);
    }

    /** A declined card (402). The decline is an effect: whoever asks again with the same key gets this answer again. */
    static StripeError card(Decline decline) {
        return new StripeError(402, "card_error", decline.code(), decline.message(), true)
                .with("decline_code", decline.declineCode())
                .with("param", decline.param());
    }

    static StripeError failed(int status, String message) {
        return switch (status) {
            case 429 -> new StripeError(429, "invalid_request_error", "rate_limit", message, false);
            default ->
                new StripeError(status, status < 500 ? "invalid_request_error" : "api_error", null, message, false);
        };
    }

    StripeError with(String key, Object value) {
        if (value != null) {
            error.put(key, value);
        }
        return this;
    }

    boolean kept() {
        return kept;
    }

    Answer answer() {
        return new Answer(status, Json.write(Map.of("error", error)));
    }
}
