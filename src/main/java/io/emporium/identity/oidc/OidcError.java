package io.emporium.identity.oidc;

import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every way a sign-in at the provider is refused before it is known who it is. */
final class OidcError {
    private static final Duration SOON = Duration.ofSeconds(5);

    private OidcError() {}

    static Refusal off() {
        return Refusal.notFound("Sign-in at another provider");
    }

    static Refusal unknownRedirect() {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "The request is not valid",
                Map.of(
                        "fields",
                        List.of(Map.of(
                                "field", "redirect_uri", "message", "is not where the shop sends people back to"))));
    }

    static Refusal away() {
        return Refusal.notNow("The sign-in provider does not answer; signing in with a password goes on", SOON);
    }

    static Refusal busy() {
        return Refusal.notNow("Too many people are signing in at the provider right now", Duration.ofSeconds(1));
    }

    static Refusal codeRefused() {
        return new Refusal(Refusal.Code.INVALID_TOKEN, "The provider does not take the code (any more): begin again");
    }

    /** Which part of it was wrong stands in the log and is nobody else's business. */
    static Refusal notBelieved() {
        return new Refusal(Refusal.Code.INVALID_TOKEN, "What the provider says of you cannot be believed: begin again");
    }
}
