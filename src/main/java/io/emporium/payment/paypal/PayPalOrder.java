package io.emporium.payment.paypal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.ActionRequired;
import io.emporium.payment.gateway.GatewayOutcome.Approved;
import io.emporium.payment.gateway.GatewayOutcome.Captured;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.GatewayOutcome.Pending;
import io.emporium.payment.gateway.GatewayOutcome.Unknown;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a PayPal order, or PayPal's refusal, means for a payment. */
final class PayPalOrder {
    /** In a payment's evidence: what money is given back of. */
    static final String CAPTURE_ID = "capture_id";

    /**
     * Of what a capture is refused for, that which says no to the payment itself, as PayPal documents it for Orders v2. Not
     * DUPLICATE_INVOICE_ID: our reference is the invoice, so its money may have been taken.
     */
    private static final Set<String> DECLINES = Set.of(
            "AGREEMENT_ALREADY_CANCELLED",
            "BILLING_AGREEMENT_NOT_FOUND",
            "CARD_EXPIRED",
            "COMPLIANCE_VIOLATION",
            "DECLINED_DUE_TO_RELATED_TXN",
            "DOMESTIC_TRANSACTION_REQUIRED",
            "INSTRUMENT_DECLINED",
            "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
            "ORDER_EXPIRED",
            "PAYEE_ACCOUNT_LOCKED_OR_CLOSED",
            "PAYEE_ACCOUNT_RESTRICTED",
            "PAYEE_BLOCKED_TRANSACTION",
            "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
            "PAYER_ACCOUNT_RESTRICTED",
            "PAYER_CANNOT_PAY",
            "PAYMENT_DENIED",
            "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
            "TRANSACTION_BLOCKED_BY_PAYEE",
            "TRANSACTION_LIMIT_EXCEEDED",
            "TRANSACTION_RECEIVING_LIMIT_EXCEEDED",
            "TRANSACTION_REFUSED");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DECLINED = "PayPal could not take the payment; please choose another way to pay.";

    private PayPalOrder() {}

    static boolean isCompleted(PayPalAnswer order) {
        return order.body().path("status").asText().equals("COMPLETED");
    }

    static GatewayOutcome of(PayPalAnswer answer) {
        JsonNode order = answer.body();
        String id = order.path("id").asText();
        return switch (order.path("status").asText()) {
            case "COMPLETED" -> completed(answer, id);
            case "APPROVED" -> new Approved(id, evidence(answer));
            case "CREATED", "SAVED", "PAYER_ACTION_REQUIRED" ->
                new ActionRequired(id, null, nextAction(order), evidence(answer));
            case "VOIDED" -> calledOff(id);
            // The strings are PayPal's to extend; what we do not know we do not interpret.
            default -> new Unknown("PayPal's order " + id + " is " + order.path("status"));
        };
    }

    /** Nobody has taken any money, and nobody will: only we do, and only what is wanted. */
    static Declined calledOff(@Nullable String id) {
        return new Declined(id, Declined.CALLED_OFF, "The payment was called off", null);
    }

    /** Whether a capture was refused for good, and not only this call for it. */
    static boolean isDecline(PayPalAnswer refused) {
        return DECLINES.contains(refused.issue());
    }

    static Declined refused(@Nullable String id, PayPalAnswer refused) {
        return new Declined(id, refused.issue().toLowerCase(Locale.ROOT), DECLINED, evidence(refused));
    }

    /** An order may have several captures where one was declined first. */
    private static GatewayOutcome completed(PayPalAnswer answer, String id) {
        JsonNode captures =
                answer.body().path("purchase_units").path(0).path("payments").path("captures");
        JsonNode capture = captures.path(0);
        for (JsonNode each : captures) {
            if (isMoney(each)) {
                capture = each;
            }
        }
        if (isMoney(capture)) {
            return new Captured(id, PayPalAmounts.in(capture), evidence(answer, capture));
        }
        return switch (capture.path("status").asText()) {
            case "PENDING" -> new Pending(id, evidence(answer, capture));
            case "DECLINED", "FAILED" -> new Declined(id, "capture_declined", DECLINED, evidence(answer, capture));
            default -> new Unknown("the capture of PayPal's order " + id + " is " + capture.path("status"));
        };
    }

    static boolean isMoney(JsonNode capture) {
        return switch (capture.path("status").asText()) {
            case "COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED" -> true;
            default -> false;
        };
    }

    private static @Nullable String nextAction(JsonNode order) {
        for (JsonNode link : order.path("links")) {
            String rel = link.path("rel").asText();
            if (rel.equals("payer-action") || rel.equals("approve")) {
                return JSON.createObjectNode()
                        .put("type", "redirect_to_url")
                        .put("redirect_url", link.path("href").asText())
                        .toString();
            }
        }
        return null;
    }

    private static String evidence(PayPalAnswer answer) {
        return kept(answer).toString();
    }

    private static String evidence(PayPalAnswer answer, JsonNode capture) {
        ObjectNode kept = kept(answer);
        kept.put(CAPTURE_ID, capture.path("id").asText());
        kept.put("capture_status", capture.path("status").asText());
        kept.put("amount", capture.path("amount").path("value").asText());
        kept.put("currency", capture.path("amount").path("currency_code").asText());
        return kept.toString();
    }

    private static ObjectNode kept(PayPalAnswer answer) {
        ObjectNode kept = JSON.createObjectNode();
        kept.put("http_status", answer.status());
        kept.put("debug_id", answer.debugId());
        if (answer.isDone()) {
            kept.put("id", answer.body().path("id").asText());
            kept.put("status", answer.body().path("status").asText());
        } else {
            kept.put("issue", answer.issue());
        }
        return kept;
    }
}
