package io.emporium.web;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.emporium.shared.Refusal;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The envelope of every failure (low-level-design 8.1): {@code {"success":false,"error":{"code","message","details"}}}.
 */
@JsonPropertyOrder({"success", "error"})
public record Failure(Detail error) {

    /** @param details empty where there is nothing to add, never absent */
    @JsonPropertyOrder({"code", "message", "details"})
    public record Detail(Refusal.Code code, String message, Map<String, ?> details) {}

    static Failure of(Refusal refusal) {
        return new Failure(new Detail(refusal.code(), String.valueOf(refusal.getMessage()), refusal.details()));
    }

    /** The whole answer to a refusal: status, the headers that belong to it, envelope. */
    static Response answer(Refusal refusal) {
        var answer = Response.status(refusal.code().status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(of(refusal));
        headers(refusal).forEach(answer::header);
        return answer.build();
    }

    /** {@code Retry-After} in whole seconds where the refusal has one, {@code WWW-Authenticate} where a token is asked for. */
    static Map<String, String> headers(Refusal refusal) {
        Map<String, String> headers = new LinkedHashMap<>();
        Duration retryAfter = refusal.retryAfter();
        if (retryAfter != null) {
            long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
            headers.put(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
        }
        switch (refusal.code()) {
            case AUTHENTICATION_REQUIRED -> headers.put(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            case INVALID_TOKEN -> headers.put(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
            // What is still being sent is not read.
            case PAYLOAD_TOO_LARGE -> headers.put("Connection", "close");
            case RATE_LIMITED -> {
                headers.put("RateLimit-Limit", String.valueOf(refusal.details().get("limit")));
                headers.put("RateLimit-Remaining", "0");
                headers.put("RateLimit-Reset", String.valueOf(refusal.details().get("retry_after_seconds")));
            }
            default -> {}
        }
        return headers;
    }

    /** Always false. */
    public boolean getSuccess() {
        return false;
    }
}
