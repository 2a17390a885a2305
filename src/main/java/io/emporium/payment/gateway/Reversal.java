package io.emporium.payment.gateway;

import io.emporium.order.PaymentMethod;
import io.emporium.shared.Money;
import org.jspecify.annotations.Nullable;

/**
 * What a provider is asked to give back.
 *
 * @param reference the refund's own, stable for ever
 * @param key the provider's idempotency key: the reference, or another one where the provider would only repeat its own fault
 * @param method how the payment was made
 * @param payment the provider's reference of the payment it is taken from
 * @param evidence what the provider said of the payment, as it was kept; null where it said nothing
 * @param orderId for which order
 * @param amount how much, more than 0
 */
public record Reversal(
        String reference,
        String key,
        PaymentMethod method,
        String payment,
        @Nullable String evidence,
        long orderId,
        Money amount) {

    /** A reference, and another key for each that the provider has spoilt by a fault that it will only repeat. */
    public static String key(String reference, int spoilt) {
        return spoilt == 0 ? reference : reference + "_" + spoilt;
    }
}
