package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.outbox.Outbox;
import io.emporium.payment.PaymentEvent.PaymentDisputeClosed;
import io.emporium.payment.PaymentEvent.PaymentDisputed;
import io.emporium.payment.gateway.DisputeFacts;
import io.emporium.shared.Page;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Notes disputes and shows them to those who run the shop. Whether goods that have not left yet leave, and what the bank is
 * answered, a person decides. Only the money is looked after: none of it goes back twice ({@link Refunds#bankHoldsNothing}).
 */
@ApplicationScoped
class Disputes {
    private static final int LONGEST_REASON = 100;

    private final Orders orders;
    private final DisputedMoney disputedMoney;
    private final Outbox outbox;
    private final Clock clock;

    Disputes(Orders orders, DisputedMoney disputedMoney, Outbox outbox, Clock clock) {
        this.orders = orders;
        this.disputedMoney = disputedMoney;
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * Takes over how a dispute stands; any number of times, in any order.
     *
     * @param askedAt when the provider was asked
     * @return whether it is about a payment of ours
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    boolean record(DisputeFacts facts, Instant askedAt) {
        Long paymentId =
                Transaction.paymentNamed(facts.payment(), facts.reference()).orElse(null);
        if (paymentId == null) {
            return false;
        }
        // Always the order first, then its payment; and with them every other event about the same dispute waits.
        Order order = orders.lock(Transaction.orderOf(paymentId).orElseThrow(PaymentError::notFound));
        Transaction payment = Transaction.lock(paymentId).orElseThrow(PaymentError::notFound);
        if (!payment.isNamed(facts.payment())) {
            Log.errorf(
                    "Dispute %s is about %s, which bears the reference of payment %s and is another",
                    facts.dispute(), facts.payment(), payment.transactionReference());
            return false;
        }
        DisputeStatus status = DisputeStatus.of(facts.status()).orElse(DisputeStatus.OTHER);
        Optional<Dispute> known = Dispute.findByProviderReference(facts.dispute());
        boolean wasClosed = known.isPresent() && known.get().status().isClosed();
        if (known.isPresent() && !known.get().isNow(status, askedAt)) {
            return true;
        }
        Dispute dispute = known.orElseGet(() -> newDispute(payment, facts, status, askedAt));
        dispute.amount = BigDecimal.valueOf(facts.minorUnits(), 2);
        dispute.reason = facts.reason()
                .substring(0, Math.min(LONGEST_REASON, facts.reason().length()));
        dispute.evidenceDueBy = facts.evidenceDueBy();
        if (status.isClosed() && dispute.closedAt == null) {
            dispute.closedAt = clock.instant();
        }
        dispute.persistAndFlush();
        if (known.isEmpty()) {
            tellDisputed(order, payment, dispute);
        }
        if (status.isClosed() && !wasClosed) {
            tellClosed(order, dispute);
        }
        if (!status.holdsTheMoney()) {
            disputedMoney.bankHoldsNothing(order, payment, dispute);
        }
        return true;
    }

    /**
     * Newest first.
     *
     * @param status null for all
     * @throws io.emporium.shared.Refusal VALIDATION_ERROR for a status that there is not
     */
    @Transactional
    Page<DisputeView> list(@Nullable String status, int page, int limit) {
        DisputeStatus wanted =
                status == null ? null : DisputeStatus.of(status).orElseThrow(PaymentError::unknownDisputeStatus);
        return Dispute.pageOf(wanted, page, limit);
    }

    private static Dispute newDispute(Transaction payment, DisputeFacts facts, DisputeStatus status, Instant askedAt) {
        var dispute = new Dispute();
        dispute.providerReference = facts.dispute();
        dispute.paymentId = payment.transactionId();
        dispute.orderId = payment.orderId;
        dispute.currency = facts.currency().toUpperCase(Locale.ROOT);
        dispute.status = status;
        dispute.createdAt = facts.createdAt();
        dispute.askedAt = askedAt;
        return dispute;
    }

    private void tellDisputed(Order order, Transaction payment, Dispute dispute) {
        outbox.append(new PaymentDisputed(
                UUID.randomUUID(),
                order.orderId(),
                order.userId(),
                order.orderNumber(),
                dispute.disputeId(),
                payment.transactionReference(),
                dispute.amount(),
                dispute.reason,
                dispute.evidenceDueBy,
                clock.instant()));
    }

    private void tellClosed(Order order, Dispute dispute) {
        outbox.append(new PaymentDisputeClosed(
                UUID.randomUUID(),
                order.orderId(),
                order.userId(),
                order.orderNumber(),
                dispute.disputeId(),
                dispute.amount(),
                dispute.status().code(),
                clock.instant()));
    }
}
