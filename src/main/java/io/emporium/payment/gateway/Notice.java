package io.emporium.payment.gateway;

import org.jspecify.annotations.Nullable;

/**
 * What a webhook is about. Not what it says of it: events come late, twice and in any order, so the object itself is asked
 * for.
 *
 * @param provider stripe or paypal
 * @param eventId the provider's, once an event
 * @param type the provider's name of what happened
 * @param object the kind: {@code payment_intent}, {@code refund}, …; empty where nothing is named
 * @param objectId {@code pi_…}, {@code re_…}
 * @param reference ours, where the object bears it; null for what others have made
 */
public record Notice(
        String provider,
        String eventId,
        String type,
        String object,
        String objectId,
        @Nullable String reference) {}
