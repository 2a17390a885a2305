package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.Charge;
import io.emporium.payment.gateway.Reversal;
import io.emporium.payment.stripe.StripeDoor;
import io.emporium.payment.stripe.StripeGateway;
import io.emporium.payment.stripe.StripeRefunds;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Paying an order, giving back, and how both stand (low-level-design 5.5). Each goes the same way: recorded and committed,
 * the provider asked outside any transaction, its answer applied.
 */
@ApplicationScoped
public class PaymentService {
    /** The methods there is a gateway for. */
    static final Set<PaymentMethod> OFFERED = Set.of(PaymentMethod.CREDIT_CARD);

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_]{1,255}");
    private static final Set<String> TOKEN_FIELDS = Set.of("payment_method_id", "token");

    private final Orders orders;
    private final Attempts attempts;
    private final Settlement settlement;
    private final RefundRequests refundRequests;
    private final Refunds refunds;
    private final StripeGateway stripe;
    private final StripeRefunds stripeRefunds;
    private final StripeDoor door;

    PaymentService(
            Orders orders,
            Attempts attempts,
            Settlement settlement,
            RefundRequests refundRequests,
            Refunds refunds,
            StripeGateway stripe,
            StripeRefunds stripeRefunds,
            StripeDoor door) {
        this.orders = orders;
        this.attempts = attempts;
        this.settlement = settlement;
        this.refundRequests = refundRequests;
        this.refunds = refunds;
        this.stripe = stripe;
        this.stripeRefunds = stripeRefunds;
        this.door = door;
    }

    /** What a request boils down to once it has been found clean; the rest of its body is forgotten. */
    record Payment(long orderId, PaymentMethod method, String token) {}

    /**
     * Looks a request over before anything of it is logged, hashed or stored.
     *
     * @throws io.emporium.shared.Refusal INVALID_PAYMENT_METHOD for one that is not offered, INVALID_PAYMENT_DETAILS for
     *     what looks like a card number, and for anything but {@code {"payment_method_id"}} or {@code {"token"}}
     */
    static Payment validatePayment(PaymentRequest request) {
        if (CardNumbers.isIn(request.paymentDetails())
                || CardNumbers.isIn(request.others())
                || CardNumbers.isIn(request.paymentMethod())) {
            throw PaymentError.cardNumber();
        }
        PaymentMethod method = PaymentMethod.of(request.paymentMethod())
                .filter(OFFERED::contains)
                .orElseThrow(PaymentError::methodNotOffered);
        if (!(request.paymentDetails() instanceof Map<?, ?> details)
                || details.size() != 1
                || !TOKEN_FIELDS.containsAll(details.keySet())
                || !(details.values().iterator().next() instanceof String token)
                || !TOKEN.matcher(token).matches()) {
            throw PaymentError.invalidDetails();
        }
        return new Payment(request.orderId(), method, token);
    }

    /**
     * Pays an order: records the attempt, asks Stripe outside any transaction, applies what it answered.
     *
     * <p>While an attempt is live there is no second one. Asked again, this answers how the live one stands: still
     * processing, or to be confirmed by the customer; the latter with another card is called off at Stripe first, and the
     * new card is tried.
     *
     * @param idempotencyKey the client's, or null
     * @return completed, requires_action, or processing where the outcome is not known yet
     * @throws io.emporium.shared.Refusal PAYMENT_DECLINED, ORDER_NOT_PAYABLE, INVALID_PAYMENT_METHOD if it is not the
     *     order's own, INVALID_PAYMENT_DETAILS for a card that Stripe does not know, RESOURCE_NOT_FOUND,
     *     SERVICE_UNAVAILABLE while Stripe is away: then nothing is recorded
     */
    PaymentView processPayment(long userId, Payment payment, @Nullable String idempotencyKey) {
        try (StripeDoor.Pass _ = door.enter()) {
            Attempts.Begun begun = attempts.begin(userId, payment, idempotencyKey);
            if (begun.isOtherCardWaiting(payment.token())) {
                Transaction abandoned = begun.attempt();
                settlement.settle(
                        abandoned.transactionId(), stripe.cancel(Objects.requireNonNull(abandoned.providerReference)));
                begun = attempts.begin(userId, payment, idempotencyKey);
                if (begun.isOtherCardWaiting(payment.token())) {
                    throw PaymentError.otherCardInTheWay();
                }
            }
            Charge charge = begun.charge();
            Transaction attempt = charge == null
                    ? begun.attempt()
                    : settlement.settle(begun.attempt().transactionId(), stripe.charge(charge));
            return answer(attempt);
        }
    }

    /**
     * How a payment or refund stands.
     *
     * @param reference ours, or the provider's
     * @param userId whose it must be; null for an admin
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, for another customer's too
     */
    @Transactional
    TransactionView getTransactionStatus(String reference, @Nullable Long userId) {
        var found = userId == null
                ? Transaction.findByReference(reference)
                : Transaction.findOwnByReference(reference, userId);
        return found.map(transaction -> TransactionView.of(transaction, userId == null))
                .orElseThrow(PaymentError::notFound);
    }

    /**
     * Every attempt and refund of an order, oldest first.
     *
     * @param userId whose it must be; null for an admin
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, for another customer's order too
     */
    @Transactional
    TransactionView.OfOrder getTransactions(long orderId, @Nullable Long userId) {
        Order order = userId == null ? orders.get(orderId) : orders.getOwn(orderId, userId);
        List<TransactionView> rows = Transaction.ofOrder(order.orderId()).stream()
                .map(transaction -> TransactionView.of(transaction, userId == null))
                .toList();
        return new TransactionView.OfOrder(rows);
    }

    /**
     * Gives back, or notes that somebody wants it given back.
     *
     * @param byAdmin an admin refunds any order at once; an owner an own one, at once until it is shipped, and after
     *     that with an admin's approval
     * @return succeeded; pending while it is on its way or not known; or pending_approval
     * @throws io.emporium.shared.Refusal REFUND_EXCEEDS_PAYMENT beyond what is left of what was paid, or if the provider
     *     refuses; RESOURCE_NOT_FOUND, for another customer's order too; INVALID_PAYMENT_DETAILS for a card number in
     *     the reason
     */
    RefundView refundPayment(long userId, boolean byAdmin, RefundRequest request, @Nullable String idempotencyKey) {
        return make(refundRequests.request(userId, byAdmin, request, idempotencyKey));
    }

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION, REFUND_EXCEEDS_PAYMENT */
    RefundView approveRefund(long adminId, long refundId) {
        return make(refundRequests.approve(adminId, refundId));
    }

    private RefundView make(RefundRequests.Begun begun) {
        Reversal reversal = begun.reversal();
        if (reversal == null) {
            return begun.view();
        }
        RefundView settled = refunds.settle(begun.view().refundRequestId(), stripeRefunds.refund(reversal));
        if (settled.hasFailed()) {
            throw PaymentError.refundRefused(reversal.reference());
        }
        return settled;
    }

    private static PaymentView answer(Transaction attempt) {
        return switch (attempt.status()) {
            case COMPLETED -> {
                if (attempt.cameTooLate()) {
                    throw PaymentError.tooLate();
                }
                yield PaymentView.of(attempt);
            }
            case PENDING, PROCESSING, REQUIRES_ACTION, PENDING_VERIFICATION -> PaymentView.of(attempt);
            case FAILED, CANCELLED -> throw PaymentError.failed(attempt);
        };
    }
}
