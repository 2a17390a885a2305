package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderStatus;
import io.emporium.order.Orders;
import io.emporium.outbox.Outbox;
import io.emporium.payment.PaymentEvent.RefundSucceeded;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.RefundOutcome.Failed;
import io.emporium.payment.gateway.RefundOutcome.Pending;
import io.emporium.payment.gateway.RefundOutcome.Succeeded;
import io.emporium.payment.gateway.RefundOutcome.Unknown;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where every outcome of a refund is applied, whoever brings it, as {@link Settlement} does it for payments. */
@ApplicationScoped
class RefundSettlement {
    private final Orders orders;
    private final Refunds refunds;
    private final DisputedMoney disputed;
    private final PaymentIssues issues;
    private final Outbox outbox;
    private final PaymentSettings settings;
    private final Clock clock;

    RefundSettlement(
            Orders orders,
            Refunds refunds,
            DisputedMoney disputed,
            PaymentIssues issues,
            Outbox outbox,
            PaymentSettings settings,
            Clock clock) {
        this.orders = orders;
        this.refunds = refunds;
        this.disputed = disputed;
        this.issues = issues;
        this.outbox = outbox;
        this.settings = settings;
        this.clock = clock;
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
        apply(order, payment, refund, money, outcome);
        return RefundView.of(refund, money);
    }

    /** As {@link #settle}, in the caller's transaction, which has locked them in this order. */
    @Transactional(Transactional.TxType.MANDATORY)
    void apply(Order order, Transaction payment, Refund refund, Transaction money, RefundOutcome outcome) {
        String named = named(outcome);
        if (named != null && money.providerReference != null && !named.equals(money.providerReference)) {
            Log.errorf(
                    "Refund %s of order %s is %s at the provider, and %s bears its name as well",
                    money.transactionReference(), order.orderNumber(), money.providerReference, named);
            issues.open(money, IssueReason.AMOUNT_MISMATCH, named + " was made as well as " + money.providerReference);
            return;
        }
        if (refund.status() == RefundStatus.FAILED && !isMadeAfterAll(order, payment, refund, money, outcome)) {
            money.nextCheckAt = null;
            return;
        }
        switch (outcome) {
            case Succeeded succeeded -> succeeded(order, payment, refund, money, succeeded);
            case Pending pending -> pending(refund, money, pending);
            case Failed failed -> failed(order, payment, refund, money, failed);
            case Unknown unknown -> unknown(refund, money, unknown);
        }
    }

    /**
     * One that was called failed while a call for it was under way, and that the call has made. Where others have taken its
     * place by now, more has gone back than was paid: that is for a person.
     */
    private boolean isMadeAfterAll(
            Order order, Transaction payment, Refund refund, Transaction money, RefundOutcome outcome) {
        String made = outcome instanceof Failed ? null : named(outcome);
        if (made == null || money.providerReference != null) {
            return false;
        }
        Log.errorf(
                "Refund %s of order %s was made after it had been called failed: %s",
                money.transactionReference(), order.orderNumber(), made);
        boolean hasRoom = !refund.amount().isMoreThan(Refunds.left(payment));
        if (hasRoom) {
            money.status = TransactionStatus.PROCESSING;
            money.declineCode = null;
            money.errorMessage = null;
            issues.madeAfterAll(money);
        } else {
            money.providerReference = made;
            issues.open(
                    money,
                    IssueReason.AMOUNT_MISMATCH,
                    made
                            + " was made after it had been called failed; with what takes its place it is more than was paid");
        }
        return hasRoom;
    }

    private static @Nullable String named(RefundOutcome outcome) {
        return switch (outcome) {
            case Succeeded succeeded -> succeeded.providerReference();
            case Pending pending -> pending.providerReference();
            case Failed failed -> failed.providerReference();
            case Unknown _ -> null;
        };
    }

    private void succeeded(Order order, Transaction payment, Refund refund, Transaction money, Succeeded outcome) {
        Instant now = clock.instant();
        if (!outcome.amount().equals(refund.amount())) {
            String why = "gave back " + outcome.amount() + " instead of " + refund.amount();
            Log.errorf(
                    "Refund %s of order %s is held: %s. Somebody has to look at %s.",
                    money.transactionReference(), order.orderNumber(), why, outcome.providerReference());
            money.hold(why, now);
            issues.open(money, IssueReason.AMOUNT_MISMATCH, why);
            return;
        }
        if (!refund.moveTo(RefundStatus.SUCCEEDED, now)) {
            money.nextCheckAt = null;
            return;
        }
        money.providerReference = outcome.providerReference();
        money.moveTo(TransactionStatus.COMPLETED, now);
        issues.settled(money);
        if (Refund.succeeded(payment).equals(payment.amount())) {
            issues.givenBack(payment);
        }
        refunds.tellOrder(order, payment);
        disputed.bookWhatWasLost(order, payment);
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

    void failed(Order order, Transaction payment, Refund refund, Transaction money, Failed failed) {
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
            refunds.tellOrder(order, payment);
        }
        issues.settled(money);
        if (!failed.isAlreadyGivenBack()) {
            issues.open(money, IssueReason.REFUND_FAILED, failed.code());
        }
        disputed.bookWhatWasLost(order, payment);
        if (!failed.isAlreadyGivenBack()) {
            mustGoBack(order, payment, refund).ifPresent(cause -> refunds.giveBackAgain(order, payment, cause));
        }
    }

    /** Why a refund that failed is made again: nobody asked for it, or its order is cancelled and the money still here. */
    static Optional<RefundCause> mustGoBack(Order order, Transaction payment, Refund failed) {
        if (failed.cause.isByItself()) {
            return Optional.of(failed.cause);
        }
        boolean isKept = order.status() == OrderStatus.CANCELLED && payment.status() == TransactionStatus.COMPLETED;
        return isKept ? Optional.of(RefundCause.CANCELLED) : Optional.empty();
    }

    private void unknown(Refund refund, Transaction money, Unknown unknown) {
        Log.warnf("What became of refund %s is not known yet: %s", money.transactionReference(), unknown.why());
        // One that succeeded too: whoever asked had heard that the bank took it back.
        if (refund.status() != RefundStatus.FAILED) {
            Instant now = clock.instant();
            if (money.providerReference == null && money.refundKey().equals(unknown.spoiltKey())) {
                // The call has ended, and what it has made shows in the provider's list, which is looked through first.
                money.spoiltKeys++;
            }
            Duration longest = issues.longestPause(money, settings.longestPause(), unknown.why());
            money.askAgain(now, longest);
        }
    }
}
