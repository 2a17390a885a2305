package io.emporium.payment.gateway;

import io.emporium.shared.Money;

/**
 * What a provider is asked to charge. It holds what was recorded with the attempt and nothing else, so that asking again
 * asks for the very same.
 *
 * @param reference the attempt's own, at most 255 characters: the provider's idempotency key
 * @param orderId for which order
 * @param orderNumber as the customer knows it
 * @param amount how much, more than 0
 * @param token the {@code pm_…} or {@code tok_…} that stands for the customer's card
 */
public record Charge(String reference, long orderId, String orderNumber, Money amount, String token) {}
