package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.payment.gateway.RefundFacts;
import io.emporium.payment.gateway.RefundOutcome.Failed;
import io.emporium.shared.Money;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Refunds that somebody made at the provider, past us: they are money that has gone all the same, so they are noted, count
 * against what is left, and move the order like our own.
 */
@ApplicationScoped
class RefundsElsewhere {
    private final Orders orders;
    private final Refunds refunds;
    private final RefundSettlement refundSettlement;
    private final Settlement settlement;
    private final PaymentIssues issues;
    private final PaymentSettings settings;
    private final Clock clock;

    RefundsElsewhere(
            Orders orders,
            Refunds refunds,
            RefundSettlement refundSettlement,
            Settlement settlement,
            PaymentIssues issues,
            PaymentSettings settings,
            Clock clock) {
        this.orders = orders;
        this.refunds = refunds;
        this.refundSettlement = refundSettlement;
        this.settlement = settlement;
        this.issues = issues;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Notes a refund that has no row here, once.
     *
     * @param byProvider whether the provider has taken the money by itself: where there is a dispute, that tells of it
     * @return under which number it can be settled; nothing where it is of no payment of ours, or has failed already
     * @throws IllegalStateException if refunds of our own are in its way of which nobody knows yet: later it will fit
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    Optional<Long> record(RefundFacts facts, boolean byProvider) {
        Long paymentId =
                Transaction.paymentNamed(facts.payment(), facts.reference()).orElse(null);
        if (paymentId == null) {
            return Optional.empty();
        }
        Order order = orders.lock(Transaction.orderOf(paymentId).orElseThrow(PaymentError::notFound));
        Transaction payment = Transaction.lock(paymentId).orElseThrow(PaymentError::notFound);
        if (!payment.isNamed(facts.payment()) || PaymentIssue.isAboutCapture(paymentId, facts.payment())) {
            // Of the money that was taken twice, or of which another amount was taken: the order keeps what paid it.
            if (issues.toldOfRefund(payment, facts)) {
                settlement.apply(order, payment, IssueRefunds.over(facts.payment()));
            }
            return Optional.empty();
        }
        if (byProvider
                && (Dispute.isHolding(paymentId) || !Dispute.lost(paymentId).isEmpty())) {
            return Optional.empty();
        }
        Optional<Long> known = Refund.findByProviderReference(facts.refund()).map(Refund::refundId);
        if (known.isPresent() || facts.isGone()) {
            return known;
        }
        Money amount = Money.of(
                BigDecimal.valueOf(facts.minorUnits(), 2), facts.currency().toUpperCase(Locale.ROOT));
        Optional<RefundCause> mustGoBack = makeRoom(order, payment, amount);
        Refund refund = refunds.newRefund(payment, amount, RefundCause.PROVIDER);
        refunds.begin(refund, payment, clock.instant().plus(settings.firstCheck()));
        refund.persist();
        refund.lockMoney().orElseThrow().providerReference = facts.refund();
        Log.infof(
                "%s of payment %s of order %s went back at the provider: %s",
                amount, payment.transactionReference(), order.orderNumber(), facts.refund());
        mustGoBack.ifPresent(cause -> refunds.giveBack(order, payment, cause));
        if (payment.status() == TransactionStatus.COMPLETED
                && !Refunds.left(payment).isPositive()) {
            // It may take the bank days: until then the goods would be sent as well.
            orders.nobodyWants(order);
        }
        return Optional.of(refund.refundId());
    }

    /**
     * The provider never gives back more than it took, so what does not fit beside this one has not happened: requests that
     * nobody has decided yet are turned down, and refunds of ours that are too large now have failed.
     *
     * @return why what is then left must go back all the same
     */
    private Optional<RefundCause> makeRoom(Order order, Transaction payment, Money amount) {
        refunds.turnDownWhatHasNoRoom(payment, amount);
        List<Refund> unmade = Refund.unmade(payment.transactionId());
        Optional<RefundCause> mustGoBack = Optional.empty();
        Money leftThere = payment.amount().minus(Refund.madeThere(payment)).minus(amount);
        for (Refund refund : unmade) {
            if (refund.status() == RefundStatus.PROCESSING && refund.amount().isMoreThan(leftThere)) {
                Transaction money = refund.lockMoney().orElseThrow();
                refundSettlement.failed(
                        order,
                        payment,
                        refund,
                        money,
                        new Failed(null, Failed.ALREADY_GIVEN_BACK, "Refunded elsewhere"));
                refund.flush();
                Optional<RefundCause> cause = RefundSettlement.mustGoBack(order, payment, refund);
                mustGoBack = cause.isPresent() ? cause : mustGoBack;
            }
        }
        if (amount.isMoreThan(Refunds.left(payment))) {
            throw new IllegalStateException("Refunds of " + payment.transactionReference() + " are under way; not yet");
        }
        return mustGoBack;
    }
}
