package io.emporium.order;

import io.emporium.inventory.Stock;
import io.emporium.outbox.Outbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The orders as other modules deal with them: looked up, locked, told how their payment stands. All of it in the caller's
 * transaction, with the order's row locked first, so that a payment, a cancellation and an expiry of the same order come
 * one after the other. Only {@link #get} and {@link #getOwn} are a look, and need no transaction.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class Orders {
    private final Stock stock;
    private final Outbox outbox;
    private final Clock clock;

    Orders(Stock stock, Outbox outbox, Clock clock) {
        this.stock = stock;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND */
    @Transactional(Transactional.TxType.SUPPORTS)
    public Order get(long orderId) {
        return Order.<Order>findByIdOptional(orderId).orElseThrow(OrderError::notFound);
    }

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, for another customer's order too */
    @Transactional(Transactional.TxType.SUPPORTS)
    public Order getOwn(long orderId, long userId) {
        return Order.findOwn(orderId, userId).orElseThrow(OrderError::notFound);
    }

    /** Locked until the transaction ends. @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND */
    public Order lock(long orderId) {
        return Order.lock(orderId).orElseThrow(OrderError::notFound);
    }

    /** As {@link #lock}, of that customer only. */
    public Order lockOwn(long orderId, long userId) {
        return Order.lockOwn(orderId, userId).orElseThrow(OrderError::notFound);
    }

    /** Notes how the payment of a locked order stands, where that does not move the order itself. */
    public void paymentIs(Order locked, PaymentStatus status) {
        locked.paymentIs(status, clock.instant());
    }

    /**
     * The money is here: the order is confirmed.
     *
     * @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION unless it is pending
     */
    public void paid(Order locked) {
        Instant now = clock.instant();
        OrderStatus from = locked.moveTo(OrderStatus.CONFIRMED, now);
        locked.paymentIs(PaymentStatus.COMPLETED, now);
        StatusChange.record(locked, from, "paid", null, now);
        outbox.append(new OrderEvent.OrderConfirmed(
                UUID.randomUUID(), locked.orderId(), locked.userId(), locked.orderNumber(), locked.total(), now));
    }

    /**
     * Money went back. All of it for goods that are still here means that nobody wants them: the order is cancelled and
     * they can be sold again.
     */
    public void refunded(Order locked, boolean inFull) {
        locked.paymentIs(inFull ? PaymentStatus.REFUNDED : PaymentStatus.PARTIALLY_REFUNDED, clock.instant());
        if (inFull) {
            nobodyWants(locked);
        }
    }

    /** All of its money is on its way back: goods that are still here are not sent any more, and can be sold again. */
    public void nobodyWants(Order locked) {
        if (locked.status() != OrderStatus.CANCELLED && !locked.status().hasLeft()) {
            cancel(locked, "refunded", null);
        }
    }

    /**
     * Keeps a paid order from being packed until it is released; it can be cancelled all the same.
     *
     * @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION unless it is confirmed
     */
    public void hold(Order locked) {
        locked.hold(clock.instant());
    }

    /** Somebody has looked at it: it can be packed. */
    public void release(Order locked) {
        locked.release(clock.instant());
    }

    /**
     * The shop does not want it: cancelled in its name, and what was paid goes back.
     *
     * @param actorId who has decided that
     * @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION once it is shipped or cancelled
     */
    public void turnDown(Order locked, long actorId) {
        cancel(locked, "admin", actorId);
    }

    /** Cancels a locked order: its stock is free again, and who must give money back hears of it in this transaction. */
    void cancel(Order locked, String reason, @Nullable Long actorId) {
        Instant now = clock.instant();
        OrderStatus from = locked.cancel(reason, now);
        stock.release(locked.orderId());
        StatusChange.record(locked, from, reason, actorId, now);
        outbox.append(new OrderEvent.OrderCancelled(
                UUID.randomUUID(), locked.orderId(), locked.userId(), locked.orderNumber(), reason, now));
    }
}
