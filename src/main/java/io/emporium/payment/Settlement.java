package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderStatus;
import io.emporium.order.Orders;
import io.emporium.order.PaymentStatus;
import io.emporium.outbox.Outbox;
import io.emporium.payment.PaymentEvent.PaymentCompleted;
import io.emporium.payment.PaymentEvent.PaymentFailed;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.ActionRequired;
import io.emporium.payment.gateway.GatewayOutcome.Captured;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.GatewayOutcome.Pending;
import io.emporium.payment.gateway.GatewayOutcome.Unknown;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;

/**
 * Where every outcome of a payment is applied, whoever brings it: the call itself, a webhook or the reconciler. It may be
 * brought any number of times and in any order: what is completed stays so, and nothing takes effect twice.
 */
@ApplicationScoped
class Settlement {
    private final Orders orders;
    private final Refunds refunds;
    private final Outbox outbox;
    private final PaymentSettings settings;
    private final Clock clock;

    Settlement(Orders orders, Refunds refunds, Outbox outbox, PaymentSettings settings, Clock clock) {
        this.orders = orders;
        this.refunds = refunds;
        this.outbox = outbox;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Applies an outcome and everything that follows from it in one transaction.
     *
     * @return the payment as it then is, which may be by an earlier outcome
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    Transaction settle(long transactionId, GatewayOutcome outcome) {
        // Always the order first, then its payment: cancelling and expiring do it in this order too.
        Order order = orders.lock(Transaction.orderOf(transactionId).orElseThrow(PaymentError::notFound));
        Transaction payment = Transaction.lock(transactionId).orElseThrow(PaymentError::notFound);
        if (!payment.isOf(outcome)) {
            Log.errorf(
                    "Payment %s is %s at the provider, not %s: two of the provider's payments bear one reference",
                    payment.transactionReference(), payment.providerReference, outcome.providerReference());
            return payment;
        }
        if (outcome instanceof Declined declined && declined.isNeverArrived() && mayStillArrive(payment)) {
            payment.askAgain(clock.instant(), settings.longestPause());
            return payment;
        }
        payment.heard(outcome);
        switch (outcome) {
            case Captured captured -> captured(order, payment, captured);
            case Declined declined -> declined(order, payment, declined);
            case ActionRequired action -> actionRequired(order, payment, action);
            case Pending _ -> pending(order, payment);
            case Unknown unknown -> unknown(payment, unknown);
        }
        return payment;
    }

    /** The last call may be under way yet, or be in the provider's books and not in its index. */
    private boolean mayStillArrive(Transaction payment) {
        Instant since = payment.soughtSince == null ? payment.createdAt : payment.soughtSince;
        return clock.instant().isBefore(since.plus(settings.searchLag()));
    }

    private void captured(Order order, Transaction payment, Captured captured) {
        if (payment.status() == TransactionStatus.COMPLETED) {
            return;
        }
        Instant now = clock.instant();
        if (!captured.amount().equals(payment.amount())) {
            String why = "captured " + captured.amount() + " instead of " + payment.amount();
            Log.errorf(
                    "Payment %s of order %s is held: %s. Somebody has to look at %s.",
                    payment.transactionReference(), order.orderNumber(), why, captured.providerReference());
            payment.hold(why, now);
            return;
        }
        if (!payment.status().isLive() && Transaction.lockLive(order.orderId()).isPresent()) {
            // Called failed, and the customer has begun to pay by another card: this money was never to be taken.
            Log.errorf(
                    "Payment %s of order %s was captured after it had failed; it is given back",
                    payment.transactionReference(), order.orderNumber());
            refunds.giveBack(order, payment, RefundCause.LATE_PAYMENT);
            return;
        }
        payment.moveTo(TransactionStatus.COMPLETED, now);
        if (order.status() == OrderStatus.PENDING) {
            orders.paid(order);
            outbox.append(new PaymentCompleted(
                    UUID.randomUUID(),
                    order.orderId(),
                    order.userId(),
                    order.orderNumber(),
                    payment.transactionReference(),
                    payment.paymentMethod.code(),
                    payment.amount(),
                    now));
        } else {
            payment.reason = RefundCause.LATE_PAYMENT.code();
            orders.paymentIs(order, PaymentStatus.COMPLETED);
            refunds.giveBack(order, payment, RefundCause.LATE_PAYMENT);
        }
    }

    private void declined(Order order, Transaction payment, Declined declined) {
        Instant now = clock.instant();
        TransactionStatus to = declined.isCalledOff() ? TransactionStatus.CANCELLED : TransactionStatus.FAILED;
        if (!payment.status().isLive() || !payment.moveTo(to, now)) {
            return;
        }
        payment.because(declined);
        orders.paymentIs(order, PaymentStatus.FAILED);
        // A customer who takes another card, or has gone away, need not be told that the payment failed.
        if (!declined.isCalledOff()) {
            outbox.append(new PaymentFailed(
                    UUID.randomUUID(),
                    order.orderId(),
                    order.userId(),
                    order.orderNumber(),
                    payment.transactionReference(),
                    payment.paymentMethod.code(),
                    payment.amount(),
                    PaymentError.shown(declined.code()),
                    now));
        }
    }

    private void actionRequired(Order order, Transaction payment, ActionRequired action) {
        Instant now = clock.instant();
        if (payment.moveTo(TransactionStatus.REQUIRES_ACTION, now)) {
            payment.waitFor(action);
            orders.paymentIs(order, PaymentStatus.REQUIRES_ACTION);
        }
        if (payment.status() == TransactionStatus.REQUIRES_ACTION) {
            payment.askAgain(now, settings.longestPauseWhenKnown());
        }
    }

    private void pending(Order order, Transaction payment) {
        Instant now = clock.instant();
        if (payment.moveTo(TransactionStatus.PROCESSING, now)) {
            orders.paymentIs(order, PaymentStatus.PROCESSING);
        }
        if (payment.status() == TransactionStatus.PROCESSING) {
            payment.askAgain(now, settings.longestPauseWhenKnown());
        }
    }

    private void unknown(Transaction payment, Unknown unknown) {
        Log.warnf("What became of payment %s is not known yet: %s", payment.transactionReference(), unknown.why());
        // A failed one is asked about only if a webhook spoke of it, and then until it is answered.
        if (payment.status() != TransactionStatus.COMPLETED) {
            payment.askAgain(clock.instant(), settings.longestPause());
        }
    }
}
