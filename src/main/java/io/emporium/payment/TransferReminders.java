package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.outbox.NotAWorker;
import io.emporium.outbox.Outbox;
import io.emporium.shared.Batches;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Says once of a transfer that it has not come, well before its order's time is up: two days before, or half way where the
 * time is shorter than four. Any process may do it; the mark on the payment and the event are one commit.
 */
@ApplicationScoped
class TransferReminders {
    private static final int BATCH = 100;

    private final EntityManager database;
    private final Orders orders;
    private final Outbox outbox;
    private final PaymentSettings settings;
    private final Clock clock;

    TransferReminders(EntityManager database, Orders orders, Outbox outbox, PaymentSettings settings, Clock clock) {
        this.database = database;
        this.orders = orders;
        this.outbox = outbox;
        this.settings = settings;
        this.clock = clock;
    }

    @Scheduled(
            every = "${emporium.payment.remind-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void remind() {
        Batches.workOff(BATCH, batch -> QuarkusTransaction.requiringNew().call(() -> remindSome(batch)));
    }

    // One of which another amount has come waits for a person, not for the customer.
    private int remindSome(int batch) {
        Instant now = clock.instant();
        List<Long> due = database.createNativeQuery("""
                        WITH due AS (
                            SELECT t.transaction_id FROM transactions t JOIN orders o USING (order_id)
                             WHERE t.payment_method = 'bank_transfer' AND t.transaction_type = 'payment'
                               AND t.status = 'pending_verification' AND t.reminded_at IS NULL AND t.reported_at IS NULL
                               AND o.status = 'pending' AND o.expires_at > :now
                               AND o.expires_at - least(:before * interval '1 second', (o.expires_at - t.created_at) / 2) <= :now
                             ORDER BY t.transaction_id LIMIT :batch FOR UPDATE OF t SKIP LOCKED)
                        UPDATE transactions SET reminded_at = :now FROM due
                         WHERE transactions.transaction_id = due.transaction_id
                        RETURNING transactions.transaction_id
                        """, Long.class)
                .setParameter("now", now)
                .setParameter("before", settings.remindBefore().toSeconds())
                .setParameter("batch", batch)
                .getResultList();
        due.forEach(id -> remind(Transaction.<Transaction>findByIdOptional(id).orElseThrow(), now));
        return due.size();
    }

    private void remind(Transaction payment, Instant now) {
        Order order = orders.get(payment.orderId);
        var told = TransferInstructions.of(payment.nextAction);
        outbox.append(new PaymentEvent.TransferDue(
                UUID.randomUUID(),
                order.orderId(),
                order.userId(),
                order.orderNumber(),
                payment.transactionReference(),
                payment.amount(),
                told.accountHolder(),
                told.iban(),
                told.bic(),
                told.reference(),
                order.expiresAt(),
                now));
    }
}
