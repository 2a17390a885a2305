package io.emporium.order;

import io.emporium.outbox.NotAWorker;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
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
        List<Long> due = QuarkusTransaction.requiringNew().call(() -> Order.expired(clock.instant(), BATCH));
        for (long orderId : due) {
            try {
                QuarkusTransaction.requiringNew().run(() -> expire(orderId));
            } catch (RuntimeException fault) {
                Log.warnf(fault, "Order %d could not expire; it is tried again", orderId);
            }
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
