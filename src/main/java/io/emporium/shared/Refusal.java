package io.emporium.shared;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A no that the caller is told: what they asked for cannot be had, and why. Every module words its own in a class
 * beside its services ({@code OrderError}, {@code CartError}, …); the web module answers them in the error envelope.
 *
 * <p>It is an expected outcome, so it carries no stack trace.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final transient Map<String, ?> details;
    private final transient @Nullable Duration retryAfter;

    public Refusal(Code code, String message) {
        this(code, message, Map.of());
    }

    /** @param details what a program needs to react, in snake_case, as contract.md lists it for the code */
    public Refusal(Code code, String message, Map<String, ?> details) {
        this(code, message, details, null);
    }

    /** @param retryAfter when the same request may succeed, rounded up to seconds */
    public Refusal(Code code, String message, Map<String, ?> details, @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.code = code;
        this.details = Map.copyOf(details);
        this.retryAfter = retryAfter;
    }

    /** What is not there, or belongs to somebody else: the two are told apart by nobody. */
    public static Refusal notFound(String what) {
        return new Refusal(Code.RESOURCE_NOT_FOUND, what + " not found");
    }

    /**
     * What is there, and cannot be had at this moment.
     *
     * @param retryAfter when the same request may succeed, rounded up to seconds
     */
    public static Refusal notNow(String message, Duration retryAfter) {
        return new Refusal(Code.SERVICE_UNAVAILABLE, message, Map.of(), retryAfter);
    }

    public Code code() {
        return code;
    }

    public Map<String, ?> details() {
        return details;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Every code of contract.md, with the HTTP status it is answered with. */
    public enum Code {
        VALIDATION_ERROR(400),
        MALFORMED_REQUEST(400),
        INVALID_PAYMENT_METHOD(400),
        INVALID_PAYMENT_DETAILS(400),
        AUTHENTICATION_REQUIRED(401),
        INVALID_TOKEN(401),
        INVALID_CREDENTIALS(401),
        SECOND_FACTOR_REQUIRED(401),
        PAYMENT_DECLINED(402),
        FORBIDDEN(403),
        RESOURCE_NOT_FOUND(404),
        METHOD_NOT_ALLOWED(405),
        NOT_ACCEPTABLE(406),
        DUPLICATE_FIELD(409),
        IDENTITY_NOT_LINKED(409),
        INSUFFICIENT_STOCK(409),
        CART_EMPTY(409),
        PRICE_CHANGED(409),
        INVALID_STATUS_TRANSITION(409),
        ORDER_NOT_PAYABLE(409),
        REFUND_EXCEEDS_PAYMENT(409),
        REQUEST_IN_PROGRESS(409),
        VERSION_CONFLICT(412),
        PAYLOAD_TOO_LARGE(413),
        UNSUPPORTED_MEDIA_TYPE(415),
        IDEMPOTENCY_KEY_REUSED(422),
        RATE_LIMITED(429),
        INTERNAL_SERVER_ERROR(500),
        SERVICE_UNAVAILABLE(503);

        private final int status;

        Code(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }
}
