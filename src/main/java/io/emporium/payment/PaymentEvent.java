package io.emporium.payment;

import io.emporium.outbox.DomainEvent;
import io.emporium.shared.Money;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happens to the money of an order. */
public sealed interface PaymentEvent extends DomainEvent {
    long orderId();

    /** Whose order it is. */
    long userId();

    String orderNumber();

    Money amount();

    @Override
    default String entityType() {
        return "payment";
    }

    @Override
    default long entityId() {
        return orderId();
    }

    /** The money is ours. */
    record PaymentCompleted(
            UUID id,
            long orderId,
            long userId,
            String orderNumber,
            String transactionReference,
            String paymentMethod,
            Money amount,
            Instant at)
            implements PaymentEvent {
        @Override
        public String type() {
            return "payment.completed";
        }
    }

    /** The provider said no; the order can still be paid. */
    record PaymentFailed(
            UUID id,
            long orderId,
            long userId,
            String orderNumber,
            String transactionReference,
            String paymentMethod,
            Money amount,
            @Nullable String declineCode,
            Instant at)
            implements PaymentEvent {
        @Override
        public String type() {
            return "payment.failed";
        }
    }

    /** Money went back to the customer. */
    record RefundSucceeded(
            UUID id, long orderId, long userId, String orderNumber, long refundId, Money amount, Instant at)
            implements PaymentEvent {
        @Override
        public String type() {
            return "refund.succeeded";
        }
    }

    /** A customer has asked their bank for the money back. */
    record PaymentDisputed(
            UUID id,
            long orderId,
            long userId,
            String orderNumber,
            long disputeId,
            String transactionReference,
            Money amount,
            String reason,
            @Nullable Instant evidenceDueBy,
            Instant at)
            implements PaymentEvent {
        @Override
        public String type() {
            return "payment.disputed";
        }
    }

    /**
     * The bank has decided.
     *
     * @param status won: the money is the shop's again; lost: it is gone; warning_closed, prevented: it was never taken
     */
    record PaymentDisputeClosed(
            UUID id,
            long orderId,
            long userId,
            String orderNumber,
            long disputeId,
            Money amount,
            String status,
            Instant at)
            implements PaymentEvent {
        @Override
        public String type() {
            return "payment.dispute_closed";
        }
    }
}
