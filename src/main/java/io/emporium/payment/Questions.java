package io.emporium.payment;

import io.emporium.payment.gateway.Gateway;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.Approved;
import io.emporium.payment.gateway.GatewayOutcome.Unknown;
import io.emporium.payment.gateway.NoAnswer;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Asks a provider about a payment it has named, and takes the money where the customer's yes waits for it. That it is to be
 * taken is committed first: from then on nobody calls the payment off, and whoever finds it goes on with it.
 */
@ApplicationScoped
class Questions {
    private final Settlement settlement;

    Questions(Settlement settlement) {
        this.settlement = settlement;
    }

    /**
     * What has become of a payment; never called inside a transaction.
     *
     * @param named the provider's name for it
     * @return the payment as it then is
     */
    Transaction ask(long transactionId, Gateway gateway, String named) {
        GatewayOutcome outcome = gateway.find(named);
        return outcome instanceof Approved approved
                ? take(transactionId, gateway, approved)
                : settlement.settle(transactionId, outcome);
    }

    /**
     * As {@link #ask}, of another payment of the provider's that bears the reference of one that we know by another name.
     *
     * @throws NoAnswer if the provider does not say: unlike the known one it is asked about by nobody else
     */
    void askOther(long transactionId, Gateway gateway, String named) {
        GatewayOutcome outcome = gateway.find(named);
        if (outcome instanceof Unknown unknown) {
            throw new NoAnswer(unknown.why());
        }
        settlement.settle(transactionId, outcome);
    }

    /** As {@link #ask}, where somebody says that the customer has agreed. */
    Transaction take(long transactionId, Gateway gateway, Approved approved) {
        Transaction payment = settlement.settle(transactionId, approved);
        return payment.isToBeCaptured()
                ? settlement.settle(transactionId, gateway.capture(approved.providerReference()))
                : payment;
    }
}
