package io.emporium.payment.stripe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.stripe.exception.CardException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.model.StripeError;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.ActionRequired;
import io.emporium.payment.gateway.GatewayOutcome.Captured;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.GatewayOutcome.Pending;
import io.emporium.payment.gateway.GatewayOutcome.Unknown;
import io.emporium.shared.Money;
import java.util.Currency;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a PaymentIntent, or Stripe's refusal to make one, means for a payment. */
final class StripeAnswer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DECLINED = "Your card was declined.";

    private StripeAnswer() {}

    /** Whether another card could still be tried on it by whoever holds its client secret. */
    static boolean isOpen(PaymentIntent intent) {
        return intent.getStatus().equals("requires_payment_method")
                || intent.getStatus().equals("requires_confirmation");
    }

    static GatewayOutcome of(PaymentIntent intent) {
        String evidence = evidence(intent);
        return switch (intent.getStatus()) {
            case "succeeded" -> new Captured(intent.getId(), captured(intent), evidence);
            case "requires_action" ->
                new ActionRequired(intent.getId(), intent.getClientSecret(), nextAction(intent), evidence);
            case "processing" -> new Pending(intent.getId(), evidence);
            case "requires_payment_method", "canceled" -> declined(intent, evidence);
            // The strings are Stripe's to extend; what we do not know we do not interpret.
            default -> new Unknown("payment intent " + intent.getId() + " is " + intent.getStatus());
        };
    }

    static Declined of(CardException declined) {
        StripeError error = declined.getStripeError();
        PaymentIntent intent = error == null ? null : error.getPaymentIntent();
        return new Declined(
                intent == null ? null : intent.getId(),
                code(declined.getDeclineCode(), declined.getCode()),
                message(error),
                intent == null ? evidence(declined) : evidence(intent));
    }

    static Declined refused(StripeException refused, String code, String message) {
        return new Declined(null, code, message, evidence(refused));
    }

    private static Declined declined(PaymentIntent intent, String evidence) {
        StripeError error = intent.getLastPaymentError();
        return error == null
                ? new Declined(intent.getId(), Declined.CALLED_OFF, "The payment was called off", evidence)
                : new Declined(intent.getId(), code(error.getDeclineCode(), error.getCode()), message(error), evidence);
    }

    private static Money captured(PaymentIntent intent) {
        return new Money(
                intent.getAmountReceived(),
                Currency.getInstance(intent.getCurrency().toUpperCase(Locale.ROOT)));
    }

    private static String code(@Nullable String declineCode, @Nullable String code) {
        if (declineCode != null) {
            return declineCode;
        }
        return code == null ? "generic_decline" : code;
    }

    private static String message(@Nullable StripeError error) {
        return error == null || error.getMessage() == null ? DECLINED : error.getMessage();
    }

    /** What a browser needs of it: where to go, or what to hand to Stripe.js. */
    private static @Nullable String nextAction(PaymentIntent intent) {
        PaymentIntent.NextAction action = intent.getNextAction();
        if (action == null) {
            return null;
        }
        ObjectNode needed = JSON.createObjectNode().put("type", action.getType());
        if (action.getRedirectToUrl() != null) {
            needed.putObject("redirect_to_url")
                    .put("url", action.getRedirectToUrl().getUrl());
        }
        if (action.getUseStripeSdk() != null) {
            needed.set("use_stripe_sdk", JSON.valueToTree(action.getUseStripeSdk()));
        }
        return needed.toString();
    }

    private static String evidence(PaymentIntent intent) {
        ObjectNode kept = JSON.createObjectNode();
        kept.put("id", intent.getId());
        kept.put("status", intent.getStatus());
        kept.put("amount", intent.getAmount());
        kept.put("amount_received", intent.getAmountReceived());
        kept.put("currency", intent.getCurrency());
        kept.put("latest_charge", intent.getLatestCharge());
        if (intent.getLastPaymentError() != null) {
            kept.put("code", intent.getLastPaymentError().getCode());
            kept.put("decline_code", intent.getLastPaymentError().getDeclineCode());
        }
        StripeCard.of(intent).keepIn(kept);
        if (intent.getLastResponse() != null) {
            kept.put("request_id", intent.getLastResponse().requestId());
        }
        return kept.toString();
    }

    private static String evidence(StripeException refused) {
        ObjectNode kept = JSON.createObjectNode();
        kept.put("http_status", refused.getStatusCode());
        kept.put("code", refused.getCode());
        kept.put("request_id", refused.getRequestId());
        return kept.toString();
    }
}
