package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.Reversal;
import io.emporium.shared.CardNumbers;
import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.emporium.web.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may have money given back: at once, or after an admin's yes. */
@ApplicationScoped
class RefundRequests {
    private static final Duration KEY_KEPT = Duration.ofHours(24);

    private final Orders orders;
    private final Refunds refunds;
    private final AuditLog audit;
    private final Clock clock;

    RefundRequests(Orders orders, Refunds refunds, AuditLog audit, Clock clock) {
        this.orders = orders;
        this.refunds = refunds;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param reversal what to ask the provider for; null where nothing is to be asked, or somebody has already */
    record Begun(RefundView view, @Nullable Reversal reversal) {}

    /** Records what is asked for; see {@link PaymentService#refundPayment}. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    Begun request(long userId, boolean byAdmin, RefundRequest request, @Nullable String idempotencyKey) {
        if (CardNumbers.isInText(request.reason())) {
            throw PaymentError.cardNumber();
        }
        Order order = byAdmin ? orders.lock(request.orderId()) : orders.lockOwn(request.orderId(), userId);
        Optional<Refund> earlier = earlierTry(order, userId, idempotencyKey);
        if (earlier.isPresent()) {
            return new Begun(view(earlier.get()), null);
        }
        Transaction payment = Transaction.lockLive(order.orderId())
                .filter(live -> live.status() == TransactionStatus.COMPLETED)
                .orElseThrow(PaymentError::nothingPaid);
        Money amount = Money.of(request.amount(), payment.currency);
        boolean atOnce = byAdmin || !order.status().hasLeft();
        Refund refund =
                refunds.record(payment, new Refunds.Request(amount, request.reason(), userId, idempotencyKey), atOnce);
        if (atOnce && !Refunds.left(payment).isPositive()) {
            // Now and not when the bank is done with it, which can take days: until then the goods would be sent as
            // well.
            orders.nobodyWants(order);
        }
        RefundView view = view(refund);
        if (byAdmin) {
            audit.record("refund.made", "refund", refund.refundId(), null, view.forTheLog());
        }
        return new Begun(view, atOnce ? reversal(refund, payment) : null);
    }

    /** See {@link PaymentService#approveRefund}. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    Begun approve(long adminId, long refundId) {
        orders.lock(Refund.orderOf(refundId).orElseThrow(PaymentError::refundRequestNotFound));
        Transaction payment = Refund.lockPaymentOf(refundId).orElseThrow(PaymentError::notFound);
        Refund refund = Refund.lock(refundId).orElseThrow(PaymentError::refundRequestNotFound);
        RefundView before = view(refund);
        refunds.approve(refund, payment, adminId);
        RefundView after = view(refund);
        audit.record("refund.approved", "refund", refundId, before.forTheLog(), after.forTheLog());
        return new Begun(after, reversal(refund, payment));
    }

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION */
    @Transactional
    RefundView reject(long adminId, long refundId) {
        Refund refund = Refund.lock(refundId).orElseThrow(PaymentError::refundRequestNotFound);
        RefundView before = view(refund);
        refunds.reject(refund, adminId);
        RefundView after = view(refund);
        audit.record("refund.rejected", "refund", refundId, before.forTheLog(), after.forTheLog());
        return after;
    }

    /**
     * What is to be done about a refund that an admin has transferred: there is no provider that would tell.
     *
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND; INVALID_STATUS_TRANSITION unless it is one by transfer, and on
     *     its way
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    RefundOutcome.Succeeded transferred(long refundId) {
        Refund refund = Refund.lock(refundId).orElseThrow(PaymentError::refundRequestNotFound);
        Transaction money = refund.lockMoney()
                .filter(back -> back.paymentMethod == PaymentMethod.BANK_TRANSFER
                        && (refund.status() == RefundStatus.PENDING || refund.status() == RefundStatus.PROCESSING))
                .orElseThrow(() -> PaymentError.notATransferOnItsWay(refund.status()));
        RefundView before = view(refund);
        audit.record("refund.transferred", "refund", refundId, before.forTheLog(), null);
        return new RefundOutcome.Succeeded(money.transactionReference(), refund.amount());
    }

    /** Those of one status, the longest waiting first. */
    @Transactional
    Page<RefundView> list(String status, int page, int limit) {
        RefundStatus wanted = RefundStatus.of(status).orElseThrow(PaymentError::unknownRefundStatus);
        return Refund.pageOf(wanted, page, limit).map(RefundRequests::view);
    }

    /** What the same request has recorded before this process, or another, died in it; a day later its key is free. */
    private Optional<Refund> earlierTry(Order order, long userId, @Nullable String key) {
        Optional<Refund> earlier = Refund.findByKey(userId, key);
        if (earlier.isEmpty()) {
            return earlier;
        }
        Refund refund = earlier.get();
        if (refund.orderId == order.orderId()
                && !refund.createdAt.isBefore(clock.instant().minus(KEY_KEPT))) {
            return earlier;
        }
        Refund.update("idempotencyKey = NULL WHERE refundId = ?1", refund.refundId());
        return Optional.empty();
    }

    private static Reversal reversal(Refund refund, Transaction payment) {
        return refund.lockMoney().orElseThrow().reversalOf(payment);
    }

    private static RefundView view(Refund refund) {
        return RefundView.of(refund, refund.transactionId == null ? null : Transaction.findById(refund.transactionId));
    }
}
