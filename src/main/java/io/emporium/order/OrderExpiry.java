package io.emporium.order;

import io.emporium.outbox.NotAWorker;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** Cancels what nobody paid in time, so that others can buy it. */
@ApplicationScoped
class OrderExpiry {
    private static final int BATCH = 100;

    private final Orders orders;
    private final Clock clock;

    OrderExpiry(Orders orders, Clock clock) {
        this.orders = orders;
        this.clock = clock;
    }

    @Scheduled(
            every = "${emporium.order.expiry-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void expire() {
        Instant now = clock.instant();
        List<Long> due;
        // Each batch begins behind the one before, so that orders which cannot expire hold nobody up.
        long after = 0;
        do {
            long from = after;
            due = QuarkusTransaction.requiringNew().call(() -> Order.expired(now, from, BATCH));
            due.forEach(this::tryToExpire);
            after = due.isEmpty() ? after : due.getLast();
        } while (due.size() == BATCH);
    }

    private void tryToExpire(long orderId) {
        try {
            QuarkusTransaction.requiringNew().run(() -> expire(orderId));
        } catch (RuntimeException fault) {
            Log.warnf(fault, "Order %d could not expire; it is tried again", orderId);
        }
    }

    private void expire(long orderId) {
        Order order = orders.lock(orderId);
        // Looked at again under the lock: it may have been paid, cancelled or charged since.
        if (order.status() == OrderStatus.PENDING
                && !order.paymentStatus().isUnderWay()
                && !order.expiresAt().isAfter(clock.instant())) {
            orders.cancel(order, "expired", null);
        }
    }
}
