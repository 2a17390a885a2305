package io.emporium.payment.paypal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emporium.payment.gateway.NoAnswer;
import io.emporium.payment.gateway.RefundFacts;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.RefundOutcome.Failed;
import io.emporium.payment.gateway.RefundOutcome.Pending;
import io.emporium.payment.gateway.RefundOutcome.Succeeded;
import io.emporium.payment.gateway.RefundOutcome.Unknown;
import io.emporium.payment.gateway.Reversal;
import io.emporium.shared.Money;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Money back through PayPal: of a capture, which the payment's evidence names. */
@Singleton
public class PayPalRefunds {
    private static final Pattern CAPTURE = Pattern.compile("/v2/payments/captures/([A-Za-z0-9-]{1,100})$");

    private final PayPalCalls paypal;
    private final PayPalCaptures captures;
    private final ObjectMapper json;

    PayPalRefunds(PayPalCalls paypal, PayPalCaptures captures, ObjectMapper json) {
        this.paypal = paypal;
        this.captures = captures;
        this.json = json;
    }

    /** PayPal keeps the refund's reference for 45 days. */
    RefundOutcome refund(Reversal reversal) {
        ObjectNode refund = json.createObjectNode().put("custom_id", reversal.reference());
        PayPalAmounts.put(refund, reversal.amount());
        try {
            String path = "/v2/payments/captures/" + captureOf(reversal) + "/refund";
            PayPalAnswer answer = paypal.post(path, reversal.reference(), refund.toString());
            if (answer.isRefused()) {
                return new Failed(null, answer.issue().toLowerCase(Locale.ROOT), "The provider refused the refund");
            }
            return of(answer);
        } catch (Unanswered | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    /** @param refund PayPal's id of it */
    RefundOutcome find(String refund) {
        try {
            return of(paypal.get("/v2/payments/refunds/" + refund));
        } catch (Unanswered | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    /** As {@link #refund}, when PayPal may have forgotten the reference: looked for among those of the order first. */
    RefundOutcome findOrRefund(Reversal reversal) {
        try {
            PayPalAnswer order = paypal.get("/v2/checkout/orders/" + reversal.payment());
            if (!order.isDone() && !order.isNotThere()) {
                return new Unknown(order.describe());
            }
            for (JsonNode refund : payments(order).path("refunds")) {
                if (refund.path("custom_id").asText().equals(reversal.reference())) {
                    return find(refund.path("id").asText());
                }
            }
        } catch (Unanswered | RuntimeException unanswered) {
            return unknown(unanswered);
        }
        return refund(reversal);
    }

    /**
     * A refund that we may not have made.
     *
     * @param refund PayPal's id of it
     * @return nothing where there is none of that name, or it is of no capture of an order and so not of ours
     * @throws NoAnswer if PayPal does not say
     */
    public Optional<RefundFacts> look(String refund) {
        try {
            PayPalAnswer answer = paypal.look("/v2/payments/refunds/" + refund);
            if (answer.isNotThere()) {
                return Optional.empty();
            }
            if (!answer.isDone()) {
                throw new NoAnswer(answer.describe());
            }
            Money amount = PayPalAmounts.in(answer.body());
            return captureOf(answer.body())
                    .flatMap(captures::find)
                    .map(payment -> new RefundFacts(
                            refund,
                            payment.order(),
                            payment.reference(),
                            amount.minorUnits(),
                            amount.currency().getCurrencyCode(),
                            of(answer) instanceof Failed));
        } catch (Unanswered unanswered) {
            throw new NoAnswer(String.valueOf(unanswered.getMessage()));
        }
    }

    /** A refund names its capture by a link only. */
    private static Optional<String> captureOf(JsonNode refund) {
        for (JsonNode link : refund.path("links")) {
            Matcher capture = CAPTURE.matcher(link.path("href").asText());
            if (link.path("rel").asText().equals("up") && capture.find()) {
                return Optional.of(capture.group(1));
            }
        }
        return Optional.empty();
    }

    private String captureOf(Reversal reversal) throws Unanswered {
        String noted = noted(reversal);
        if (!noted.isEmpty()) {
            return noted;
        }
        PayPalAnswer order = paypal.get("/v2/checkout/orders/" + reversal.payment());
        for (JsonNode capture : payments(order).path("captures")) {
            if (PayPalOrder.isMoney(capture)) {
                return capture.path("id").asText();
            }
        }
        throw new Unanswered("PayPal's order " + reversal.payment() + " has no capture: " + order.describe());
    }

    private String noted(Reversal reversal) {
        try {
            String evidence = reversal.evidence();
            return evidence == null
                    ? ""
                    : json.readTree(evidence).path(PayPalOrder.CAPTURE_ID).asText();
        } catch (JsonProcessingException noJson) {
            return "";
        }
    }

    private static JsonNode payments(PayPalAnswer order) {
        return order.body().path("purchase_units").path(0).path("payments");
    }

    private static RefundOutcome of(PayPalAnswer answer) {
        JsonNode refund = answer.body();
        String id = refund.path("id").asText();
        if (!answer.isDone()) {
            return new Unknown(answer.describe());
        }
        return switch (refund.path("status").asText()) {
            case "COMPLETED" -> new Succeeded(id, PayPalAmounts.in(refund));
            case "PENDING" -> new Pending(id);
            case "FAILED", "CANCELLED" ->
                new Failed(
                        id, refund.path("status").asText().toLowerCase(Locale.ROOT), "The refund did not go through");
            default -> new Unknown("PayPal's refund " + id + " is " + refund.path("status"));
        };
    }

    private static Unknown unknown(Exception unanswered) {
        return new Unknown(String.valueOf(unanswered.getMessage()));
    }
}
