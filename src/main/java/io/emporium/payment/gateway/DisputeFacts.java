package io.emporium.payment.gateway;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dispute as its provider has it now.
 *
 * @param dispute the provider's name for it ({@code dp_…}, {@code PP-D-…})
 * @param payment the provider's name of the payment it is about
 * @param reference ours, that the payment bears; null for what others have made
 * @param minorUnits over how much, or, where it is lost, how much is gone, in the currency's smallest unit
 * @param currency ISO 4217, as the provider writes it
 * @param reason in the provider's words: {@code fraudulent}, {@code product_not_received}, …
 * @param status in Stripe's words, into which those of others are put
 * @param evidenceDueBy until when the shop can answer; null where it need not
 */
public record DisputeFacts(
        String dispute,
        String payment,
        @Nullable String reference,
        long minorUnits,
        String currency,
        String reason,
        String status,
        @Nullable Instant evidenceDueBy,
        Instant createdAt) {}
