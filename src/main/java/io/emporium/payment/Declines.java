package io.emporium.payment;

import io.emporium.payment.gateway.GatewayOutcome.Declined;

/** What payments were declined by, for those who tell of it: their events do not say, for a customer may see them. */
public final class Declines {
    private Declines() {}

    /**
     * Whether the bank was asked and said no, or the provider in its place; neither our own rules nor a method that cannot be
     * used. Call it in a transaction.
     *
     * @param reference ours
     */
    public static boolean isOfTheBank(String reference) {
        return Transaction.findByReference(reference)
                .map(payment -> payment.declineCode)
                .filter(code -> new Declined(null, code, "", null).isOfTheBank())
                .isPresent();
    }
}
