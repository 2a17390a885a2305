package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderEvent.OrderCancelled;
import io.emporium.order.Orders;
import io.emporium.order.PaymentStatus;
import io.emporium.outbox.Outbox;
import io.emporium.payment.PaymentEvent.RefundSucceeded;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.RefundOutcome.Failed;
import io.emporium.payment.gateway.RefundOutcome.Pending;
import io.emporium.payment.gateway.RefundOutcome.Succeeded;
import io.emporium.payment.gateway.RefundOutcome.Unknown;
import io.emporium.shared.Money;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The book of what is given back: recorded under the payment's lock, so that refunds at once never exceed what was paid
 * (promise 4), and settled, like payments, by whoever hears of it first. It asks no provider.
 */
@ApplicationScoped
class Refunds {
    private final Orders orders;
    /** Stripe's code where somebody has refunded the payment elsewhere, in its dashboard say. */
    private static final String ALREADY_GIVEN_BACK = "charge_already_refunded";

    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(6);

    private final Outbox outbox;
    private final PaymentSettings settings;
    private final Clock clock;

    Refunds(Orders orders, Outbox outbox, PaymentSettings settings, Clock clock) {
        this.orders = orders;
        this.outbox = outbox;
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
     * @throws io.emporium.shared.Refusal REFUND_EXCEEDS_PAYMENT
     */
    @Transactional(Transactional.TxType.MANDATORY)
    Refund record(Transaction payment, Request request, boolean decided) {
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
     * @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION unless it waits for a decision
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void approve(Refund refund, Transaction payment, long adminId) {
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
     * Records that all that is left of a payment goes back by itself, once a payment and cause; the reconciler makes it.
     *
     * @param payment locked
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void giveBack(Order locked, Transaction payment, RefundCause cause) {
        giveBack(locked, payment, cause, clock.instant());
    }

    private void giveBack(Order locked, Transaction payment, RefundCause cause, Instant when) {
        Money left = payment.amount().minus(Refund.promised(payment));
        if (!left.isPositive() || Refund.isAlreadyGivenBack(payment.transactionId(), cause)) {
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
            } else if (payment.status() == TransactionStatus.REQUIRES_ACTION) {
                payment.askNow(clock.instant());
            }
        });
    }

    /**
     * Applies what became of a refund; any number of times, in any order.
     *
     * @return the refund as it then is
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    RefundView settle(long refundId, RefundOutcome outcome) {
        Order order = orders.lock(Refund.orderOf(refundId).orElseThrow(PaymentError::refundRequestNotFound));
        Transaction payment = Refund.lockPaymentOf(refundId).orElseThrow(PaymentError::notFound);
        Refund refund = Refund.lock(refundId).orElseThrow(PaymentError::refundRequestNotFound);
        Transaction money = refund.lockMoney().orElseThrow(PaymentError::notFound);
        switch (outcome) {
            case Succeeded succeeded -> succeeded(order, payment, refund, money, succeeded);
            case Pending pending -> pending(refund, money, pending);
            case Failed failed -> failed(order, payment, refund, money, failed);
            case Unknown unknown -> unknown(refund, money, unknown);
        }
        return RefundView.of(refund, money);
    }

    private void succeeded(Order order, Transaction payment, Refund refund, Transaction money, Succeeded outcome) {
        Instant now = clock.instant();
        if (!outcome.amount().equals(refund.amount())) {
            String why = "gave back " + outcome.amount() + " instead of " + refund.amount();
            Log.errorf(
                    "Refund %s of order %s is held: %s. Somebody has to look at %s.",
                    money.transactionReference(), order.orderNumber(), why, outcome.providerReference());
            money.hold(why, now);
            return;
        }
        if (!refund.moveTo(RefundStatus.SUCCEEDED, now)) {
            money.nextCheckAt = null;
            return;
        }
        money.providerReference = outcome.providerReference();
        money.moveTo(TransactionStatus.COMPLETED, now);
        tellOrder(order, payment);
        outbox.append(new RefundSucceeded(
                UUID.randomUUID(),
                order.orderId(),
                order.userId(),
                order.orderNumber(),
                refund.refundId(),
                refund.amount(),
                now));
    }

    private void pending(Refund refund, Transaction money, Pending pending) {
        Instant now = clock.instant();
        refund.moveTo(RefundStatus.PENDING, now);
        if (refund.status() == RefundStatus.PENDING) {
            money.providerReference = pending.providerReference();
            money.askAgain(now, settings.longestPauseOfRefund());
        }
    }

    private void failed(Order order, Transaction payment, Refund refund, Transaction money, Failed failed) {
        Instant now = clock.instant();
        boolean hadSucceeded = refund.status() == RefundStatus.SUCCEEDED;
        if (!refund.moveTo(RefundStatus.FAILED, now)) {
            return;
        }
        Log.errorf(
                "Refund %s of %s for order %s failed (%s): the customer has not got it",
                money.transactionReference(), refund.amount(), order.orderNumber(), failed.code());
        money.providerReference =
                failed.providerReference() == null ? money.providerReference : failed.providerReference();
        money.declineCode = failed.code();
        money.errorMessage = failed.message();
        // Not by moveTo: of a refund, unlike of a payment, the bank can take the completion back.
        money.status = TransactionStatus.FAILED;
        money.nextCheckAt = null;
        money.updatedAt = now;
        if (hadSucceeded) {
            tellOrder(order, payment);
        }
        if (refund.cause != RefundCause.REQUESTED && !failed.code().equals(ALREADY_GIVEN_BACK)) {
            giveBackAgain(order, payment, refund.cause);
        }
    }

    /** Nobody asked for it and nobody would miss it: what the shop must not keep is tried again until it is gone. */
    private void giveBackAgain(Order locked, Transaction payment, RefundCause cause) {
        long failures =
                Refund.count("paymentId = ?1 AND cause = ?2 AND status = FAILED", payment.transactionId(), cause);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
        Instant next = clock.instant().plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
        giveBack(locked, payment, cause, next);
    }

    private void unknown(Refund refund, Transaction money, Unknown unknown) {
        Log.warnf("What became of refund %s is not known yet: %s", money.transactionReference(), unknown.why());
        // One that succeeded too: whoever asked had heard that the bank took it back.
        if (refund.status() != RefundStatus.FAILED) {
            money.askAgain(clock.instant(), settings.longestPause());
        }
    }

    private void tellOrder(Order order, Transaction payment) {
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

    private void refuseMoreThanIsLeft(Transaction payment, Money amount) {
        Money left = payment.amount().minus(Refund.promised(payment));
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

    private Refund newRefund(Transaction payment, Money amount, RefundCause cause) {
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
    private void begin(Refund refund, Transaction payment, Instant nextCheck) {
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
