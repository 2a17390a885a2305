package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderStatus;
import io.emporium.order.Orders;
import io.emporium.order.PaymentStatus;
import io.emporium.shared.Money;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** What disputes take from the shop, and leave to it: booked as refunds are, so that nothing goes back twice. */
@ApplicationScoped
class DisputedMoney {
    private final Orders orders;
    private final Refunds refunds;
    private final PaymentIssues issues;
    private final Clock clock;

    DisputedMoney(Orders orders, Refunds refunds, PaymentIssues issues, Clock clock) {
        this.orders = orders;
        this.refunds = refunds;
        this.issues = issues;
        this.clock = clock;
    }

    /**
     * By a dispute the bank holds no money, or no longer. What a lost one took is booked as given back; and what could not
     * go back while the bank had it goes back now, as far as it is still here. Any number of times.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void bankHoldsNothing(Order locked, Transaction payment, Dispute dispute) {
        if (dispute.status() == DisputeStatus.LOST) {
            bookWhatWasLost(locked, payment);
        } else {
            takeBack(locked, payment, dispute);
        }
        if (Dispute.isHolding(payment.transactionId())) {
            return;
        }
        if (payment.status() == TransactionStatus.COMPLETED && locked.status() == OrderStatus.CANCELLED) {
            refunds.giveBack(locked, payment, payment.cameTooLate() ? RefundCause.LATE_PAYMENT : RefundCause.CANCELLED);
        } else {
            Refund.lastFailed(payment.transactionId())
                    .filter(failed -> failed.cause.isByItself())
                    .ifPresent(failed -> refunds.giveBack(locked, payment, failed.cause));
        }
    }

    /**
     * What the shop has lost by disputes is gone like a refund and counts as one, once a dispute, for as much as had not
     * gone back before. While a refund is under way nobody knows how much that is; its outcome leads here again.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void bookWhatWasLost(Order locked, Transaction payment) {
        for (Dispute lost : Dispute.lost(payment.transactionId())) {
            if (!Refund.isUnderWay(payment.transactionId())
                    && Refund.findByProviderReference(lost.providerReference).isEmpty()) {
                book(locked, payment, lost);
            }
        }
    }

    private void book(Order locked, Transaction payment, Dispute lost) {
        if (!lost.currency.equals(payment.currency)) {
            Log.errorf("Dispute %s is not in the currency of its payment", lost.providerReference);
            return;
        }
        refunds.turnDownWhatHasNoRoom(payment, lost.amount());
        Money left = Refunds.left(payment);
        Money gone = lost.amount().isMoreThan(left) ? left : lost.amount();
        if (!gone.isPositive()) {
            return;
        }
        Instant now = clock.instant();
        Refund refund = refunds.newRefund(payment, gone, RefundCause.DISPUTE);
        refunds.begin(refund, payment, now);
        refund.moveTo(RefundStatus.SUCCEEDED, now);
        refund.persist();
        Transaction money = refund.lockMoney().orElseThrow();
        money.providerReference = lost.providerReference;
        money.moveTo(TransactionStatus.COMPLETED, now);
        money.persistAndFlush();
        boolean isAll = Refund.succeeded(payment).equals(payment.amount());
        if (isAll) {
            issues.givenBack(payment);
        }
        if (payment.status() == TransactionStatus.COMPLETED) {
            // Unlike a refund it does not call the order off: goods that are still here are a person's to keep or send.
            orders.paymentIs(locked, isAll ? PaymentStatus.REFUNDED : PaymentStatus.PARTIALLY_REFUNDED);
        }
    }

    /** Lost, as it seemed, and won after all: the money is the shop's again. */
    private void takeBack(Order locked, Transaction payment, Dispute won) {
        Optional<Refund> booked = Refund.findByProviderReference(won.providerReference);
        if (booked.isEmpty() || !booked.get().moveTo(RefundStatus.FAILED, clock.instant())) {
            return;
        }
        Transaction money = booked.get().lockMoney().orElseThrow();
        money.status = TransactionStatus.FAILED;
        money.declineCode = "dispute_" + won.status().code();
        money.updatedAt = clock.instant();
        money.persistAndFlush();
        refunds.tellOrder(locked, payment);
    }
}
