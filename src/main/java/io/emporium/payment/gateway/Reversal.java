package io.emporium.payment.gateway;

import io.emporium.shared.Money;

/**
 * What a provider is asked to give back.
 *
 * @param reference the refund's own: the provider's idempotency key
 * @param payment the provider's reference of the payment it is taken from
 * @param orderId for which order
 * @param amount how much, more than 0
 */
public record Reversal(String reference, String payment, long orderId, Money amount) {}
