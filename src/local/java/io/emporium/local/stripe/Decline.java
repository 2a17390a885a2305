package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import java.util.Map;

/** Why a card was declined: Stripe's code, the bank's decline code, and the parameter at fault where there is one. */
record Decline(String code, String declineCode, String message, String param) {
    static Decline of(String code, String declineCode) {
        String message = switch (declineCode == null ? code : declineCode) {
            case "insufficient_funds" -> "Your card has insufficient funds.";
            case "expired_card" -> "Your card has expired.";
            case "incorrect_cvc" -> "Your card's security code is incorrect.";
            case "incorrect_number" -> "Your card number is incorrect.";
            case "processing_error" -> "The card could not be processed. Try again in a little while.";
            case "authentication_required" -> "This transaction requires authentication.";
            case "card_velocity_exceeded" -> "Your card was used too often within its limit.";
            case "payment_intent_authentication_failure" -> "The payment method could not be authenticated.";
            default -> "Your card was declined.";
        };
        String param = switch (code) {
            case "expired_card" -> "exp_month";
            case "incorrect_cvc" -> "cvc";
            case "incorrect_number" -> "number";
            default -> null;
        };
        return new Decline(code, declineCode, message, param);
    }

    static Decline cardDeclined(String declineCode) {
        return of("card_declined", declineCode);
    }

    Map<String, Object> state() {
        return Json.object("code", code, "decline_code", declineCode);
    }

    static Decline from(Map<String, Object> state) {
        return state.isEmpty() ? null : of(Json.text(state, "code"), Json.text(state, "decline_code"));
    }
}
