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

    /**
     * The customer has been told where to transfer the money, and the order waits for it.
     *
     * @param accountHolder whose account it goes to, as the customer was told
     * @param bic null where it is not needed
     * @param reference what the customer writes on the transfer
     * @param dueBy when the order is cancelled by itself unless the money has come
     */
    record TransferAwaited(
            UUID id,
            long orderId,
            long userId,
            String orderNumber,
            String transactionReference,
            Money amount,
            String accountHolder,
            String iban,
            @Nullable String bic,
            String reference,
            Instant dueBy,
            Instant at)
            implements PaymentEvent {
        @Override
        public String type() {
            return "payment.transfer_awaited";
        }
    }

    /**
     * The transfer has not come, and the order's time is nearly up. Told once.
     *
     * @param accountHolder whose account it goes to, as the customer was told
     * @param bic null where it is not needed
     * @param reference what the customer writes on the transfer
     * @param dueBy when the order is cancelled by itself unless the money has come
     */
    record TransferDue(
            UUID id,
            long orderId,
            long userId,
            String orderNumber,
            String transactionReference,
            Money amount,
            String accountHolder,
            String iban,
            @Nullable String bic,
            String reference,
            Instant dueBy,
            Instant at)
            implements PaymentEvent {
        @Override
        public String type() {
            return "payment.transfer_due";
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
