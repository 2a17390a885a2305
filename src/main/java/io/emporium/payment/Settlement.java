package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderStatus;
import io.emporium.order.Orders;
import io.emporium.order.PaymentStatus;
import io.emporium.outbox.Outbox;
import io.emporium.payment.PaymentEvent.PaymentCompleted;
import io.emporium.payment.PaymentEvent.PaymentFailed;
import io.emporium.payment.PaymentEvent.TransferAwaited;
import io.emporium.payment.fraud.FraudSignals;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.ActionRequired;
import io.emporium.payment.gateway.GatewayOutcome.Approved;
import io.emporium.payment.gateway.GatewayOutcome.Awaited;
import io.emporium.payment.gateway.GatewayOutcome.Captured;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.GatewayOutcome.Pending;
import io.emporium.payment.gateway.GatewayOutcome.Unknown;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
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
    private final PaymentIssues issues;
    private final FraudSignals fraud;
    private final Outbox outbox;
    private final PaymentSettings settings;
    private final Event<AttemptMoved> moved;
    private final Clock clock;

    Settlement(
            Orders orders,
            Refunds refunds,
            PaymentIssues issues,
            FraudSignals fraud,
            Outbox outbox,
            PaymentSettings settings,
            Event<AttemptMoved> moved,
            Clock clock) {
        this.orders = orders;
        this.refunds = refunds;
        this.issues = issues;
        this.fraud = fraud;
        this.outbox = outbox;
        this.settings = settings;
        this.moved = moved;
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
        apply(order, payment, outcome);
        return payment;
    }

    /**
     * As {@link #settle}, of a payment that was called off because nobody would finish it: nothing, if somebody has after
     * all, and the provider is at work.
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    Transaction settleCalledOff(long transactionId, GatewayOutcome outcome) {
        Order order = orders.lock(Transaction.orderOf(transactionId).orElseThrow(PaymentError::notFound));
        Transaction payment = Transaction.lock(transactionId).orElseThrow(PaymentError::notFound);
        boolean isCalledOff = outcome instanceof Declined declined && declined.isCalledOff();
        if (!isCalledOff || payment.status().isTheCustomers()) {
            apply(order, payment, outcome);
        }
        return payment;
    }

    /** As {@link #settle}, in the caller's transaction, which has locked the order and then the payment. */
    @Transactional(Transactional.TxType.MANDATORY)
    void apply(Order order, Transaction payment, GatewayOutcome outcome) {
        if (!payment.isOf(outcome)) {
            Log.errorf(
                    "Payment %s is %s at the provider, not %s: two of the provider's payments bear one reference",
                    payment.transactionReference(), payment.providerReference, outcome.providerReference());
            if (outcome instanceof Captured twice) {
                issues.takenTwice(payment, twice.providerReference(), twice.amount());
            }
            return;
        }
        if (outcome instanceof Declined declined && declined.isNeverArrived() && mayStillArrive(order, payment)) {
            payment.askAgain(clock.instant(), settings.longestPause());
            return;
        }
        TransactionStatus before = payment.status();
        payment.heard(outcome);
        if (isAnswer(outcome)) {
            issues.settled(payment);
        }
        switch (outcome) {
            case Captured captured -> captured(order, payment, captured);
            case Declined declined -> {
                if (declined(order, payment, declined) && declined.isOfTheBank()) {
                    fraud.declined(payment.transactionId(), declined.evidence());
                }
            }
            case ActionRequired action -> actionRequired(order, payment, action);
            case Approved _ -> approved(order, payment);
            case Pending _ -> pending(order, payment);
            case Awaited awaited -> awaited(order, payment, awaited);
            case Unknown unknown -> unknown(payment, unknown);
        }
        if (!payment.status().isLive() && isAnswer(outcome)) {
            // It was asked about only because a webhook spoke of it.
            payment.nextCheckAt = null;
        }
        if (payment.status() != before) {
            tell(payment);
        }
    }

    private void tell(Transaction payment) {
        moved.fire(new AttemptMoved(
                payment.paymentMethod, payment.status(), Duration.between(payment.createdAt, clock.instant())));
    }

    private static boolean isAnswer(GatewayOutcome outcome) {
        return !(outcome instanceof Unknown || outcome instanceof Pending);
    }

    /** Turns an attempt down before anybody is asked. Whoever pays is told no more than by a bank that says no. */
    @Transactional(Transactional.TxType.MANDATORY)
    void deny(Order order, Transaction payment) {
        declined(order, payment, new Declined(null, Declined.DENIED_BY_RULES, "The fraud rules said no", null));
        tell(payment);
    }

    /** The last call may be under way yet, or be in the provider's books and not in its index. */
    private boolean mayStillArrive(Order order, Transaction payment) {
        Instant since = payment.soughtSince == null ? payment.createdAt : payment.soughtSince;
        // Of one that is still wanted, and whose key is still kept, the provider has told a fault: then its index may
        // be late.
        boolean isAfterFault = payment.soughtSince != null
                && order.status() == OrderStatus.PENDING
                && payment.createdAt.plus(settings.keyKept()).isAfter(clock.instant());
        return clock.instant()
                .isBefore(since.plus(isAfterFault ? settings.searchLagAfterFault() : settings.searchLag()));
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
            issues.wrongAmount(payment, captured.providerReference(), captured.amount(), why);
            return;
        }
        if (!payment.status().isLive()
                && (Refund.isGoingBackAsLate(payment.transactionId())
                        || Transaction.lockLive(order.orderId()).isPresent())) {
            // Called failed, and the customer has begun to pay by another card: this money was never to be taken, and
            // is on its way back even if that card has failed too by now.
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
            fraud.captured(order, payment.transactionId(), captured.evidence());
        } else {
            payment.reason = RefundCause.LATE_PAYMENT.code();
            orders.paymentIs(order, PaymentStatus.COMPLETED);
            refunds.giveBack(order, payment, RefundCause.LATE_PAYMENT);
        }
        // Somebody may have refunded it at the provider before we heard that it was paid.
        if (Refund.succeeded(payment).isPositive()) {
            refunds.tellOrder(order, payment);
        }
    }

    /** @return whether this is news */
    private boolean declined(Order order, Transaction payment, Declined declined) {
        Instant now = clock.instant();
        TransactionStatus to = declined.isCalledOff() ? TransactionStatus.CANCELLED : TransactionStatus.FAILED;
        if (!payment.status().isLive() || !payment.moveTo(to, now)) {
            return false;
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
        return true;
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

    /** Only what is still wanted is taken; or what was begun to be, whose money goes back if it came too late. */
    private void approved(Order order, Transaction payment) {
        Instant now = clock.instant();
        if (order.status() == OrderStatus.PENDING && payment.moveTo(TransactionStatus.PROCESSING, now)) {
            orders.paymentIs(order, PaymentStatus.PROCESSING);
            // Behind the call that takes it.
            payment.askAt(now.plus(settings.firstCheck()));
        }
    }

    private void pending(Order order, Transaction payment) {
        Instant now = clock.instant();
        if (payment.moveTo(TransactionStatus.PROCESSING, now)) {
            orders.paymentIs(order, PaymentStatus.PROCESSING);
        }
        // A failed one too: what the provider still has may become money.
        if (payment.status() == TransactionStatus.PROCESSING
                || !payment.status().isLive()) {
            Duration longest = issues.longestPause(
                    payment, settings.longestPauseWhenKnown(), "the provider has it and does not say more");
            payment.askAgain(now, longest);
        }
    }

    /**
     * Nobody is asked about it before the order's time is up: it is the bank's statement, or an admin, that tells of the
     * money. An order that was cancelled while the transfer was begun waits for none: it is called off at once.
     */
    private void awaited(Order order, Transaction payment, Awaited awaited) {
        Instant now = clock.instant();
        if (payment.moveTo(TransactionStatus.PENDING_VERIFICATION, now)) {
            payment.waitFor(awaited);
            if (order.status() == OrderStatus.PENDING) {
                orders.paymentIs(order, PaymentStatus.PENDING_VERIFICATION);
                var told = TransferInstructions.of(payment.nextAction);
                outbox.append(new TransferAwaited(
                        UUID.randomUUID(),
                        order.orderId(),
                        order.userId(),
                        order.orderNumber(),
                        payment.transactionReference(),
                        payment.amount(),
                        told.accountHolder(),
                        told.iban(),
                        told.bic(),
                        told.reference(),
                        order.expiresAt(),
                        now));
            }
        }
        if (payment.status() == TransactionStatus.PENDING_VERIFICATION) {
            payment.askAt(order.status() == OrderStatus.PENDING ? order.expiresAt() : now);
        }
    }

    private void unknown(Transaction payment, Unknown unknown) {
        Log.warnf("What became of payment %s is not known yet: %s", payment.transactionReference(), unknown.why());
        // A failed one is asked about only if a webhook spoke of it, and then until it is answered.
        if (payment.status() != TransactionStatus.COMPLETED) {
            Instant now = clock.instant();
            if (unknown.isKept() && payment.isToBeSought(now.minus(settings.repeatedAfterFault()))) {
                payment.soughtSince = now;
            }
            Duration longest = issues.longestPause(payment, settings.longestPause(), unknown.why());
            payment.askAgain(now, longest);
        }
    }
}
