package io.emporium.identity;

import io.emporium.shared.Refusal;
import io.emporium.web.Scope;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

    static Refusal wrongPassword() {
        return new Refusal(Refusal.Code.INVALID_CREDENTIALS, "The password is wrong");
    }

    /**
     * The first step of a sign-in has succeeded, and the second is wanted.
     *
     * @param challenge opens that second step and nothing else
     */
    static Refusal secondFactorRequired(String challenge, Duration expiry) {
        return new Refusal(
                Refusal.Code.SECOND_FACTOR_REQUIRED,
                "The password is right; show the second factor",
                Map.of("challenge", challenge, "expires_in", expiry.toSeconds()));
    }

    /** One answer for one that never was, was used, was tried too often, or has expired. */
    static Refusal badChallenge() {
        return new Refusal(Refusal.Code.INVALID_TOKEN, "The challenge is invalid or has expired: sign in again");
    }

    /** One answer for a wrong one, one that was used, and one of another minute. */
    static Refusal wrongCode() {
        return new Refusal(Refusal.Code.INVALID_CREDENTIALS, "The code is wrong, was used, or is out of date");
    }

    static Refusal tooManyCodes(Duration left) {
        return new Refusal(
                Refusal.Code.RATE_LIMITED,
                "Too many wrong codes: wait, or use a recovery code",
                Map.of("retry_after_seconds", left.toSeconds() + 1),
                left);
    }

    static Refusal secondFactorIsOn() {
        return new Refusal(Refusal.Code.INVALID_STATUS_TRANSITION, "A second factor is on already, or was not begun");
    }

    static Refusal noSecondFactor() {
        return new Refusal(Refusal.Code.INVALID_STATUS_TRANSITION, "No second factor is on");
    }

    /** An admin's own takes their password and a code, whoever has their session. */
    static Refusal notOnesOwn() {
        return new Refusal(Refusal.Code.FORBIDDEN, "Turn your own second factor off with your password and a code");
    }

    /** One answer for one that never was, was used, has expired, or was followed by another. */
    static Refusal badMailedToken() {
        return invalid("token", "is wrong, was used, or has expired: ask for a new mail");
    }

    static Refusal invalidRefreshToken() {
        return new Refusal(Refusal.Code.INVALID_TOKEN, "The refresh token is invalid or has expired");
    }

    static Refusal tooManySignIns() {
        return new Refusal(
                Refusal.Code.SERVICE_UNAVAILABLE, "Too many people are signing in right now", Map.of(), SOON);
    }

    /** @param open what is not settled yet, for a person */
    static Refusal notSettled(List<String> open) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "The account cannot be closed before everything is settled",
                Map.of("open", open));
    }

    static Refusal lastAdmin() {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "The last admin cannot leave",
                Map.of("open", List.of("you are the last admin")));
    }

    static Refusal lastAdminStays() {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION, "The last admin stays one: make somebody else an admin first");
    }

    static Refusal notTheirsToGive() {
        return new Refusal(Refusal.Code.FORBIDDEN, "Whoever gives or takes a role must hold it");
    }

    static Refusal unknownRole() {
        return invalid(
                "role", "one of " + Arrays.stream(Role.values()).map(Role::code).collect(Collectors.joining(", ")));
    }

    static Refusal unknownScope() {
        return invalid(
                "scopes",
                "each one of " + Arrays.stream(Scope.values()).map(Scope::code).collect(Collectors.joining(", ")));
    }

    static Refusal invalid(String field, String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "The request is not valid",
                Map.of("fields", List.of(Map.of("field", field, "message", message))));
    }
}
