package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.payment.gateway.GatewayOutcome.Captured;
import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.emporium.web.AuditLog;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.Objects;

/** What has come to the shop's bank account, as an admin sees it there, or as the bank's statements say. */
@ApplicationScoped
class BankTransfers {
    private final Orders orders;
    private final Settlement settlement;
    private final AuditLog audit;
    private final Clock clock;

    BankTransfers(Orders orders, Settlement settlement, AuditLog audit, Clock clock) {
        this.orders = orders;
        this.settlement = settlement;
        this.audit = audit;
        this.clock = clock;
    }

    /** Those of one status, the longest waiting first. */
    @Transactional
    Page<BankTransferView> list(String status, int page, int limit) {
        TransactionStatus wanted = TransactionStatus.of(status).orElseThrow(PaymentError::unknownTransferStatus);
        return Transaction.transfers(wanted, page, limit).map(BankTransferView::of);
    }

    /**
     * A transfer has come. The right amount pays the order, or, where the order could not wait, goes back; another one is
     * noted and nothing else.
     *
     * @param amount what came
     * @return the payment; with another amount than was asked for it still waits
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND; INVALID_STATUS_TRANSITION if it was confirmed before
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    BankTransferView confirm(String reference, BigDecimal amount) {
        long id = Transaction.transferId(reference).orElseThrow(PaymentError::transferNotFound);
        Order order = orders.lock(Transaction.orderOf(id).orElseThrow(PaymentError::transferNotFound));
        Transaction transfer = Transaction.lock(id).orElseThrow(PaymentError::transferNotFound);
        if (transfer.status() == TransactionStatus.COMPLETED) {
            throw PaymentError.transferConfirmed();
        }
        return came(order, transfer, Money.of(amount, transfer.currency), "{\"confirmed_by\":\"admin\"}");
    }

    /**
     * As {@link #confirm}, in the caller's transaction, which has locked the order and then the payment.
     *
     * @param evidence who says so, as JSON
     */
    @Transactional(Transactional.TxType.MANDATORY)
    BankTransferView came(Order order, Transaction transfer, Money came, String evidence) {
        BankTransferView before = BankTransferView.of(transfer);
        String reference = Objects.requireNonNull(transfer.providerReference);
        if (came.equals(transfer.amount())) {
            settlement.apply(order, transfer, new Captured(reference, came, evidence));
        } else {
            Log.warnf(
                    "Of the transfer %s for order %s %s came instead of %s",
                    reference, order.orderNumber(), came, transfer.amount());
            transfer.report(came, clock.instant());
        }
        BankTransferView after = BankTransferView.of(transfer);
        String action = after.hasCome() ? "bank_transfer.confirmed" : "bank_transfer.wrong_amount";
        audit.record(action, "payment", transfer.transactionId(), before, after);
        return after;
    }
}
