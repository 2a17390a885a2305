package io.emporium.payment.bank;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.Charge;
import io.emporium.payment.gateway.Door;
import io.emporium.payment.gateway.Gateway;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.Awaited;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.GatewayOutcome.Pending;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.Reversal;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;

/**
 * Transfers to the shop's bank account. There is nobody to ask: a payment waits for the transfer until the bank's statement or
 * an admin confirms it, and a refund until one of them says that it was transferred back.
 */
@ApplicationScoped
public class BankTransferGateway implements Gateway {
    private static final int NOBODY_WAITS = 10_000;

    private final BankAccount account;
    private final ObjectMapper json;
    private final Door door;

    BankTransferGateway(BankAccount account, ObjectMapper json, Clock clock) {
        this.account = account;
        this.json = json;
        this.door = new Door(NOBODY_WAITS, Integer.MAX_VALUE, Duration.ZERO, clock);
    }

    @Override
    public PaymentMethod method() {
        return PaymentMethod.BANK_TRANSFER;
    }

    @Override
    public Door door() {
        return door;
    }

    @Override
    public GatewayOutcome charge(Charge charge) {
        String reference = CreditorReference.of(charge.orderNumber(), charge.reference());
        ObjectNode instructions = json.createObjectNode()
                .put("type", "bank_transfer")
                .put("reference", reference)
                .put("account_holder", account.accountHolder().orElse(""))
                .put("iban", account.iban().orElse(""))
                .put("amount", charge.amount().amount())
                .put("currency", charge.amount().currency().getCurrencyCode());
        account.bic().ifPresent(bic -> instructions.put("bic", bic));
        return new Awaited(reference, instructions.toString());
    }

    @Override
    public GatewayOutcome find(String reference) {
        return new Pending(reference, "{\"waits_for\":\"the transfer\"}");
    }

    @Override
    public GatewayOutcome cancel(String reference) {
        return new Declined(reference, Declined.CALLED_OFF, "The transfer did not come in time", null);
    }

    @Override
    public GatewayOutcome search(Charge charge) {
        return new Declined(null, Declined.NEVER_ARRIVED, "The customer was never told where to pay", null);
    }

    @Override
    public RefundOutcome refund(Reversal reversal) {
        return new RefundOutcome.Pending(reversal.reference());
    }

    @Override
    public RefundOutcome findRefund(String reference) {
        return new RefundOutcome.Pending(reference);
    }

    @Override
    public RefundOutcome findOrRefund(Reversal reversal) {
        return refund(reversal);
    }
}
