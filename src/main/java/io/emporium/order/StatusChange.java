package io.emporium.order;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of an order's life, kept for ever. */
@Entity
@Table(name = "order_status_history")
class StatusChange extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "history_id")
    Long historyId;

    @Column(name = "order_id", nullable = false, updatable = false)
    long orderId;

    @Nullable
    @Column(name = "from_status", updatable = false)
    OrderStatus from;

    @Column(name = "to_status", nullable = false, updatable = false)
    OrderStatus to;

    @Nullable
    @Column(updatable = false)
    String reason;

    @Nullable
    @Column(name = "actor_id", updatable = false)
    Long actorId;

    @Column(nullable = false, updatable = false)
    Instant at;

    /** Writes down a step that an order has just taken. */
    static StatusChange record(
            Order order, @Nullable OrderStatus from, @Nullable String reason, @Nullable Long actorId, Instant at) {
        var change = new StatusChange();
        change.orderId = order.orderId();
        change.from = from;
        change.to = order.status();
        change.reason = reason;
        change.actorId = actorId;
        change.at = at;
        change.persist();
        return change;
    }

    /** From the first one on; an order takes no more than five. */
    static List<StatusChange> ofOrder(long orderId) {
        return list("orderId = ?1 ORDER BY historyId", orderId);
    }
}
