package io.emporium.payment.paypal;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.payment.gateway.DisputeFacts;
import io.emporium.payment.gateway.NoAnswer;
import io.emporium.shared.Money;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/** What PayPal knows of a dispute. Never call it inside a transaction. */
@Singleton
public class PayPalDisputes {
    private final PayPalCalls paypal;
    private final PayPalCaptures captures;

    PayPalDisputes(PayPalCalls paypal, PayPalCaptures captures) {
        this.paypal = paypal;
        this.captures = captures;
    }

    /**
     * How a dispute stands now.
     *
     * @param dispute {@code PP-D-…}
     * @return nothing where there is none of that name, or it is about no capture of an order and so not about ours
     * @throws NoAnswer if PayPal does not say
     */
    public Optional<DisputeFacts> find(String dispute) {
        try {
            PayPalAnswer answer = paypal.look("/v1/customer/disputes/" + dispute);
            if (answer.isNotThere()) {
                return Optional.empty();
            }
            if (!answer.isDone()) {
                throw new NoAnswer(answer.describe());
            }
            JsonNode found = answer.body();
            for (JsonNode transaction : found.path("disputed_transactions")) {
                String capture = transaction.path("seller_transaction_id").asText();
                Optional<PayPalCaptures.Of> payment = capture.isEmpty() ? Optional.empty() : captures.find(capture);
                if (payment.isPresent()) {
                    return Optional.of(of(dispute, found, payment.get()));
                }
            }
            return Optional.empty();
        } catch (Unanswered unanswered) {
            throw new NoAnswer(String.valueOf(unanswered.getMessage()));
        }
    }

    private static DisputeFacts of(String dispute, JsonNode found, PayPalCaptures.Of payment) {
        String status = status(found);
        Money amount = PayPalAmounts.of(found.path("dispute_amount"));
        JsonNode taken = found.path("dispute_outcome").path("amount_refunded");
        // Where PayPal does not say how much the buyer has got, it is taken to be all they wanted: then none of it goes
        // back a second time.
        if (status.equals("lost") && taken.hasNonNull("value")) {
            Money gone = PayPalAmounts.of(taken);
            // It can be less than they wanted; and nothing at all, where they have it by another way: then the shop has
            // lost nothing by this dispute.
            amount = gone.isPositive() ? gone : amount;
            status = gone.isPositive() ? "lost" : "won";
        }
        return new DisputeFacts(
                dispute,
                payment.order(),
                payment.reference(),
                amount.minorUnits(),
                amount.currency().getCurrencyCode(),
                found.path("reason").asText("other").toLowerCase(Locale.ROOT),
                status,
                time(found.path("seller_response_due_date")).orElse(null),
                time(found.path("create_time"))
                        .orElseGet(() -> time(found.path("update_time")).orElse(Instant.EPOCH)));
    }

    /** In Stripe's words, which the shop shows. PayPal holds the money from the first day, of an inquiry too. */
    private static String status(JsonNode found) {
        return switch (found.path("status").asText()) {
            case "OPEN", "WAITING_FOR_SELLER_RESPONSE" -> "needs_response";
            case "WAITING_FOR_BUYER_RESPONSE", "UNDER_REVIEW" -> "under_review";
            case "RESOLVED" ->
                switch (found.path("dispute_outcome").path("outcome_code").asText()) {
                    case "RESOLVED_BUYER_FAVOUR", "ACCEPTED" -> "lost";
                    // With a payout the buyer is paid by PayPal, and the money of the shop stays.
                    case "RESOLVED_SELLER_FAVOUR", "RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED" -> "won";
                    default -> "other";
                };
            default -> "other";
        };
    }

    private static Optional<Instant> time(JsonNode text) {
        try {
            return Optional.of(OffsetDateTime.parse(text.asText()).toInstant());
        } catch (DateTimeParseException noTime) {
            return Optional.empty();
        }
    }
}
