package io.emporium.identity;

import io.emporium.shared.Refusal;
import io.emporium.web.Scope;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
                "That was right; show the second factor",
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

    /** One answer for a sign-in elsewhere that never was begun, not by this client, is done, or has expired. */
    static Refusal badFlow() {
        return new Refusal(Refusal.Code.INVALID_TOKEN, "This sign-in was not begun here, is done, or has expired");
    }

    static Refusal tooManyFlows() {
        return Refusal.notNow("Too many sign-ins have been begun", Duration.ofMinutes(1));
    }

    /** Whose identity it is, is known, and they may not come in: has left, or was locked out. */
    static Refusal notLetIn() {
        return new Refusal(Refusal.Code.INVALID_CREDENTIALS, "This account does not open");
    }

    /** @param why as {@code details.reason} has it, for programs */
    static Refusal notLinked(NotLinked why) {
        return new Refusal(Refusal.Code.IDENTITY_NOT_LINKED, why.message, Map.of("reason", why.code()));
    }

    /** Why somebody whom the provider vouches for is not let in without more. */
    enum NotLinked {
        EMAIL_NOT_VERIFIED("The provider has not verified an e-mail address of yours"),
        ACCOUNT_NOT_VERIFIED("The account with this e-mail address is not verified: choose a password by mail"
                + " (POST /api/v1/auth/password/forgot), and sign in here again"),
        ANOTHER_LINKED("The account with this e-mail address belongs to another identity of this provider"),
        PASSWORD_NEEDED("Sign in with your password and link this identity to your account first"),
        LINKED_ELSEWHERE("This identity belongs to another account");

        final String message;

        NotLinked(String message) {
            this.message = message;
        }

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Refusal linkedAlready() {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION, "Another identity of this provider is linked: unlink it first");
    }

    static Refusal onlyWayIn() {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "It is your only way in: choose a password by mail first (POST /api/v1/auth/password/forgot)");
    }

    static Refusal secondFactorMissing() {
        return invalid("second_factor_code", "is needed: your account has a second factor");
    }

    static Refusal invalidRefreshToken() {
        return new Refusal(Refusal.Code.INVALID_TOKEN, "The refresh token is invalid or has expired");
    }

    static Refusal tooManySignIns() {
        return Refusal.notNow("Too many people are signing in right now", SOON);
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
