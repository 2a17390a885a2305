package io.emporium.order;

import io.emporium.outbox.NotAWorker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.util.List;

/**
 * Orders by the state that they have reached, counted when that is committed ({@code orders_total}), and how many stand in each
 * state that is the shop's to end ({@code orders_open}).
 */
@Singleton
class OrderMeters {
    private final EntityManager database;
    private final MeterRegistry meters;
    private final MultiGauge open;

    OrderMeters(EntityManager database, MeterRegistry meters) {
        this.database = database;
        this.meters = meters;
        this.open = MultiGauge.builder("orders.open")
                .description("Orders that wait for money, for packing or for the carrier")
                .register(meters);
        // Told from the start: what was never counted has no rate.
        for (OrderStatus status : OrderStatus.values()) {
            reached(status);
        }
    }

    private Counter reached(OrderStatus status) {
        return meters.counter("orders", "status", status.code());
    }

    void moved(@Observes(during = TransactionPhase.AFTER_SUCCESS) OrderEvent event) {
        OrderStatus reached = switch (event) {
            case OrderEvent.OrderPlaced _ -> OrderStatus.PENDING;
            case OrderEvent.OrderConfirmed _ -> OrderStatus.CONFIRMED;
            case OrderEvent.OrderInPreparation _ -> OrderStatus.PROCESSING;
            case OrderEvent.OrderShipped _ -> OrderStatus.SHIPPED;
            case OrderEvent.OrderDelivered _ -> OrderStatus.DELIVERED;
            case OrderEvent.OrderCancelled _ -> OrderStatus.CANCELLED;
        };
        reached(reached).increment();
    }

    @Scheduled(
            every = "${emporium.metrics.read-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void read() {
        List<Object[]> counted = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                                SELECT s.status, (SELECT count(*) FROM orders o WHERE o.status = s.status)
                                  FROM (VALUES ('pending'), ('confirmed'), ('processing')) AS s (status)
                                """, Object[].class).getResultList());
        open.register(
                counted.stream()
                        .<Row<?>>map(row -> Row.of(Tags.of("status", (String) row[0]), (Number) row[1]))
                        .toList(),
                true);
    }
}
