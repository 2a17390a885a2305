package io.emporium.payment.gateway;

import io.emporium.order.PaymentMethod;

/**
 * A way to be paid: one for each {@link PaymentMethod}. No method throws for what a provider or the network do: what cannot
 * be told is Unknown. Never called inside a transaction.
 */
public interface Gateway {
    /** What a customer chooses it by. */
    PaymentMethod method();

    /** What a new payment goes through before it is recorded. */
    Door door();

    /**
     * Charges, or asks what became of the same charge; it may be repeated for as long as the provider keeps the charge's
     * reference.
     */
    GatewayOutcome charge(Charge charge);

    /** As {@link #charge}, of one that was asked for before, maybe by a process that died. */
    default GatewayOutcome chargeAgain(Charge charge) {
        return charge(charge);
    }

    /**
     * What became of a payment, which the provider closes if nobody can finish it any more.
     *
     * @param providerReference the provider's name for it
     */
    GatewayOutcome find(String providerReference);

    /** Takes what the customer has approved, once however often it is asked; only where {@link #find} says Approved. */
    default GatewayOutcome capture(String providerReference) {
        return find(providerReference);
    }

    /** Calls a payment off, unless it is paid or declined already: then this is what it was. */
    GatewayOutcome cancel(String providerReference);

    /** Looks for a payment of which nothing but our reference is known; never begins one. */
    GatewayOutcome search(Charge charge);

    /** Gives back, or asks what became of the same refund, as {@link #charge}. */
    RefundOutcome refund(Reversal reversal);

    /** @param providerReference the provider's name for the refund */
    RefundOutcome findRefund(String providerReference);

    /** As {@link #refund}, of one that was asked for before: looked for first, made only if it is not there. */
    RefundOutcome findOrRefund(Reversal reversal);
}
