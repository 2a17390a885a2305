package io.emporium.identity;

import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every way the identity module says no. */
final class IdentityError {
    private static final Duration SOON = Duration.ofSeconds(1);

    private IdentityError() {}

    static Refusal emailTaken() {
        return new Refusal(
                Refusal.Code.DUPLICATE_FIELD, "This e-mail address has an account already", Map.of("field", "email"));
    }

    /** One answer for no such account, wrong password and inactive account: which of them it was is nobody's business. */
    static Refusal invalidCredentials() {
        return new Refusal(Refusal.Code.INVALID_CREDENTIALS, "E-mail address or password is wrong");
    }

    static Refusal invalidRefreshToken() {
        return new Refusal(Refusal.Code.INVALID_TOKEN, "The refresh token is invalid or has expired");
    }

    static Refusal tooManySignIns() {
        return new Refusal(
                Refusal.Code.SERVICE_UNAVAILABLE, "Too many people are signing in right now", Map.of(), SOON);
    }

    static Refusal invalid(String field, String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "The request is not valid",
                Map.of("fields", List.of(Map.of("field", field, "message", message))));
    }
}
