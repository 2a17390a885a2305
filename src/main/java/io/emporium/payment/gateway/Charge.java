package io.emporium.payment.gateway;

import io.emporium.shared.Money;
import org.jspecify.annotations.Nullable;

/**
 * What a provider is asked to charge. It holds what was recorded with the attempt and nothing else, so that asking again
 * asks for the very same.
 *
 * @param reference the attempt's own, at most 255 characters: the provider's idempotency key
 * @param orderId for which order
 * @param orderNumber as the customer knows it
 * @param amount how much, more than 0
 * @param token the {@code pm_…} or {@code tok_…} that stands for the customer's card; null where the method needs none
 * @param customer whom the provider knows the customer as; null where it does not
 * @param savesMethod whether the provider shall keep the card for that customer
 */
public record Charge(
        String reference,
        long orderId,
        String orderNumber,
        Money amount,
        @Nullable String token,
        @Nullable String customer,
        boolean savesMethod) {}
