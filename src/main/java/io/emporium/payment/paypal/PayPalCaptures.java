package io.emporium.payment.paypal;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.payment.gateway.NoAnswer;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Of which payment a capture is: refunds and disputes name captures, and we know a payment by its order. */
@Singleton
class PayPalCaptures {
    private final PayPalCalls paypal;

    PayPalCaptures(PayPalCalls paypal) {
        this.paypal = paypal;
    }

    /**
     * A capture's payment.
     *
     * @param order PayPal's order, by which we know the payment
     * @param reference ours, that the capture bears; null for what others have made
     */
    record Of(String order, @Nullable String reference) {}

    /**
     * @return nothing where there is no such capture, or it is of no order and so not of ours
     * @throws NoAnswer if PayPal does not say
     */
    Optional<Of> find(String capture) {
        try {
            PayPalAnswer answer = paypal.look("/v2/payments/captures/" + capture);
            if (answer.isNotThere()) {
                return Optional.empty();
            }
            if (!answer.isDone()) {
                throw new NoAnswer(answer.describe());
            }
            JsonNode found = answer.body();
            String order = found.path("supplementary_data")
                    .path("related_ids")
                    .path("order_id")
                    .asText();
            String reference = found.path("custom_id").asText();
            return order.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Of(order, reference.isEmpty() ? null : reference));
        } catch (Unanswered unanswered) {
            throw new NoAnswer(String.valueOf(unanswered.getMessage()));
        }
    }
}
