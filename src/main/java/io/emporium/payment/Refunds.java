package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderEvent.OrderCancelled;
import io.emporium.order.Orders;
import io.emporium.order.PaymentStatus;
import io.emporium.shared.Money;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The book of what is given back: recorded under the payment's lock, so that refunds at once never exceed what was paid
 * (promise 4). What becomes of a refund is applied by {@link RefundSettlement}. It asks no provider.
 */
@ApplicationScoped
class Refunds {
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(6);

    private final Orders orders;
    private final PaymentSettings settings;
    private final Clock clock;

    Refunds(Orders orders, PaymentSettings settings, Clock clock) {
        this.orders = orders;
        this.settings = settings;
        this.clock = clock;
    }

    /** A refund somebody asks for. */
    record Request(
            Money amount,
            @Nullable String reason,
            long requestedBy,
            @Nullable String idempotencyKey) {}

    /**
     * Records a refund that somebody asked for.
     *
     * @param payment completed and locked
     * @param decided whether it is made at once, or waits for an admin
     * @throws io.emporium.shared.Refusal REFUND_EXCEEDS_PAYMENT; INVALID_STATUS_TRANSITION while the bank has the money
     */
    @Transactional(Transactional.TxType.MANDATORY)
    Refund record(Transaction payment, Request request, boolean decided) {
        refuseWhatIsDisputed(payment);
        refuseMoreThanIsLeft(payment, request.amount());
        Refund refund = newRefund(payment, request.amount(), RefundCause.REQUESTED);
        refund.reason = request.reason();
        refund.requestedBy = request.requestedBy();
        refund.idempotencyKey = request.idempotencyKey();
        if (decided) {
            begin(refund, payment, clock.instant().plus(settings.firstCheck()));
        }
        refund.persist();
        return refund;
    }

    /**
     * Says yes to a locked refund request.
     *
     * @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION unless it waits for a decision, and while the bank has
     *     the money
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void approve(Refund refund, Transaction payment, long adminId) {
        refuseWhatIsDisputed(payment);
        decide(refund, RefundStatus.PROCESSING, adminId);
        begin(refund, payment, clock.instant().plus(settings.firstCheck()));
    }

    /**
     * Says no to a locked refund request.
     *
     * @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION unless it waits for a decision
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void reject(Refund refund, long adminId) {
        decide(refund, RefundStatus.REJECTED, adminId);
    }

    /**
     * Records that all that is left of a payment goes back by itself; the reconciler makes it. Any number of times: what is on
     * its way is not left.
     *
     * @param payment locked
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void giveBack(Order locked, Transaction payment, RefundCause cause) {
        giveBack(locked, payment, cause, clock.instant());
    }

    private void giveBack(Order locked, Transaction payment, RefundCause cause, Instant when) {
        if (payment.status() == TransactionStatus.COMPLETED && Dispute.isHolding(payment.transactionId())) {
            // It would be refused, or be paid twice: what becomes of the dispute goes on with it.
            return;
        }
        Money left = left(payment);
        if (!left.isPositive()) {
            return;
        }
        Log.infof(
                "%s of payment %s of order %s go back: %s",
                left, payment.transactionReference(), locked.orderNumber(), cause.code());
        Refund refund = newRefund(payment, left, cause);
        begin(refund, payment, when);
        refund.persist();
    }

    /**
     * An order was cancelled, in this very transaction: what was paid goes back, and what may yet be paid is looked into
     * at once (an unfinished 3-D Secure is called off at the provider, a late success given back).
     */
    void on(@Observes OrderCancelled cancelled) {
        Order order = orders.lock(cancelled.orderId());
        Transaction.lockLive(cancelled.orderId()).ifPresent(payment -> {
            if (payment.status() == TransactionStatus.COMPLETED) {
                giveBack(order, payment, RefundCause.CANCELLED);
            } else if (payment.status().isTheCustomers()) {
                payment.askAt(clock.instant());
            }
        });
    }

    /** Requests that nobody has decided yet, where money that has gone otherwise leaves none for them; the newest first. */
    @Transactional(Transactional.TxType.MANDATORY)
    void turnDownWhatHasNoRoom(Transaction payment, Money gone) {
        for (Refund refund : Refund.unmade(payment.transactionId())) {
            if (gone.isMoreThan(left(payment)) && refund.status() == RefundStatus.PENDING_APPROVAL) {
                refund.moveTo(RefundStatus.REJECTED, clock.instant());
                refund.flush();
            }
        }
    }

    /** What of a payment is neither given back, nor on its way, nor asked for. */
    static Money left(Transaction payment) {
        return payment.amount().minus(Refund.promised(payment));
    }

    /** Nobody asked for it and nobody would miss it: what the shop must not keep is tried again until it is gone. */
    @Transactional(Transactional.TxType.MANDATORY)
    void giveBackAgain(Order locked, Transaction payment, RefundCause cause) {
        if (Dispute.isHolding(payment.transactionId())) {
            // Refused as long as the bank has it; what becomes of the dispute wakes it.
            return;
        }
        long failures =
                Refund.count("paymentId = ?1 AND cause = ?2 AND status = FAILED", payment.transactionId(), cause);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.clamp(failures - 1, 0, 10));
        Instant next = clock.instant().plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
        giveBack(locked, payment, cause, next);
    }

    /** How much of what paid the order has gone back by now. */
    @Transactional(Transactional.TxType.MANDATORY)
    void tellOrder(Order order, Transaction payment) {
        if (payment.status() != TransactionStatus.COMPLETED) {
            // It never paid the order, so the order does not lose it.
            return;
        }
        Money givenBack = Refund.succeeded(payment);
        if (givenBack.isPositive()) {
            orders.refunded(order, givenBack.equals(payment.amount()));
        } else {
            orders.paymentIs(order, PaymentStatus.COMPLETED);
        }
    }

    private static void refuseWhatIsDisputed(Transaction payment) {
        if (Dispute.isHolding(payment.transactionId())) {
            throw PaymentError.disputed();
        }
    }

    private void refuseMoreThanIsLeft(Transaction payment, Money amount) {
        Money left = left(payment);
        if (amount.isMoreThan(left)) {
            throw PaymentError.refundExceeds(left);
        }
    }

    private void decide(Refund refund, RefundStatus to, long adminId) {
        if (refund.status() != RefundStatus.PENDING_APPROVAL || !refund.moveTo(to, clock.instant())) {
            throw PaymentError.alreadyDecided(refund.status());
        }
        refund.decidedBy = adminId;
    }

    Refund newRefund(Transaction payment, Money amount, RefundCause cause) {
        var refund = new Refund();
        refund.orderId = payment.orderId;
        refund.paymentId = payment.transactionId();
        refund.amount = amount.amount();
        refund.currency = amount.currency().getCurrencyCode();
        refund.status = RefundStatus.PENDING_APPROVAL;
        refund.cause = cause;
        refund.createdAt = clock.instant();
        refund.updatedAt = refund.createdAt;
        return refund;
    }

    /** The refund is decided: its money's row, under whose reference the provider is asked. */
    void begin(Refund refund, Transaction payment, Instant nextCheck) {
        Instant now = clock.instant();
        var money = new Transaction();
        money.orderId = payment.orderId;
        money.userId = payment.userId;
        money.transactionReference = Transaction.newReference("ref_");
        money.transactionType = Transaction.REFUND;
        money.paymentMethod = payment.paymentMethod;
        money.amount = refund.amount.negate();
        money.currency = refund.currency;
        money.status = TransactionStatus.PROCESSING;
        money.reason = refund.reason;
        money.nextCheckAt = nextCheck;
        money.createdAt = now;
        money.updatedAt = now;
        money.persist();
        refund.transactionId = money.transactionId();
        refund.status = RefundStatus.PROCESSING;
    }
}
