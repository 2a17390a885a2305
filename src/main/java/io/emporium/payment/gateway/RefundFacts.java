package io.emporium.payment.gateway;

import org.jspecify.annotations.Nullable;

/**
 * A refund as its provider has it now, whoever has made it.
 *
 * @param refund the provider's name for it ({@code re_…})
 * @param payment the provider's name of the payment it is taken from
 * @param reference ours, that the payment bears; null for what others have made
 * @param minorUnits how much, in the currency's smallest unit
 * @param currency ISO 4217, as the provider writes it
 * @param isGone whether it failed or was called off: no money moves
 */
public record RefundFacts(
        String refund, String payment, @Nullable String reference, long minorUnits, String currency, boolean isGone) {}
