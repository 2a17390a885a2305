package io.emporium.order;

import io.emporium.outbox.DomainEvent;
import io.emporium.shared.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happens to orders. */
public sealed interface OrderEvent extends DomainEvent {
    long orderId();

    /** Whose order it is. */
    long userId();

    String orderNumber();

    @Override
    default String entityType() {
        return "order";
    }

    @Override
    default long entityId() {
        return orderId();
    }

    /** Its stock is reserved, it waits for its payment. */
    record OrderPlaced(UUID id, long orderId, long userId, String orderNumber, Money total, Instant at)
            implements OrderEvent {
        @Override
        public String type() {
            return "order.placed";
        }
    }

    /** It is paid. */
    record OrderConfirmed(UUID id, long orderId, long userId, String orderNumber, Money total, Instant at)
            implements OrderEvent {
        @Override
        public String type() {
            return "order.confirmed";
        }
    }

    /** The shop has begun to pack it. */
    record OrderInPreparation(UUID id, long orderId, long userId, String orderNumber, Instant at)
            implements OrderEvent {
        @Override
        public String type() {
            return "order.processing";
        }
    }

    /** It is on its way. The estimate may be unknown. */
    record OrderShipped(
            UUID id,
            long orderId,
            long userId,
            String orderNumber,
            @Nullable String carrier,
            @Nullable String trackingNumber,
            @Nullable LocalDate estimatedDelivery,
            Instant at)
            implements OrderEvent {
        @Override
        public String type() {
            return "order.shipped";
        }
    }

    record OrderDelivered(UUID id, long orderId, long userId, String orderNumber, Instant at) implements OrderEvent {
        @Override
        public String type() {
            return "order.delivered";
        }
    }

    /**
     * Its stock is free again; what was paid is given back by the payment module, which observes this event in the same
     * transaction.
     *
     * @param reason customer, admin, expired or refunded
     */
    record OrderCancelled(UUID id, long orderId, long userId, String orderNumber, String reason, Instant at)
            implements OrderEvent {
        @Override
        public String type() {
            return "order.cancelled";
        }
    }
}
