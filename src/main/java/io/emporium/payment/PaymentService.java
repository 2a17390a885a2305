package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.Charge;
import io.emporium.payment.gateway.Door;
import io.emporium.payment.gateway.Gateway;
import io.emporium.payment.gateway.GatewayOutcome.Approved;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.Reversal;
import io.emporium.shared.CardNumbers;
import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Paying an order, giving back, and how both stand (low-level-design 5.5). Each goes the same way: recorded and committed,
 * the provider asked outside any transaction, its answer applied.
 */
@ApplicationScoped
public class PaymentService {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_]{1,255}");
    private static final Set<String> TOKEN_FIELDS = Set.of("payment_method_id", "token");

    private final Orders orders;
    private final Attempts attempts;
    private final Settlement settlement;
    private final Questions questions;
    private final RefundRequests refundRequests;
    private final RefundSettlement refundSettlement;
    private final SavedMethods savedMethods;
    private final Gateways gateways;

    PaymentService(
            Orders orders,
            Attempts attempts,
            Settlement settlement,
            Questions questions,
            RefundRequests refundRequests,
            RefundSettlement refundSettlement,
            SavedMethods savedMethods,
            Gateways gateways) {
        this.orders = orders;
        this.attempts = attempts;
        this.settlement = settlement;
        this.questions = questions;
        this.refundRequests = refundRequests;
        this.refundSettlement = refundSettlement;
        this.savedMethods = savedMethods;
        this.gateways = gateways;
    }

    /** What a request boils down to once it has been found clean; the rest of its body is forgotten. */
    record Payment(
            long orderId, PaymentMethod method, @Nullable String token, boolean savesMethod) {}

    /**
     * Looks a request over before anything of it is logged, hashed or stored.
     *
     * @throws io.emporium.shared.Refusal INVALID_PAYMENT_METHOD for one that nobody knows, INVALID_PAYMENT_DETAILS for what
     *     looks like a card number, and for anything but what the method needs: a card {@code {"payment_method_id"}} or
     *     {@code {"token"}}, PayPal nothing or the {@code {"token"}} it gave back, a transfer nothing
     */
    static Payment validatePayment(PaymentRequest request) {
        if (CardNumbers.isIn(request.paymentDetails())
                || CardNumbers.isIn(request.others())
                || CardNumbers.isIn(request.paymentMethod())) {
            throw PaymentError.cardNumber();
        }
        PaymentMethod method = PaymentMethod.of(request.paymentMethod()).orElseThrow(PaymentError::methodUnknown);
        if (!(request.paymentDetails() instanceof Map<?, ?> details)) {
            throw PaymentError.invalidDetails(method);
        }
        boolean isFit = switch (method) {
            case CREDIT_CARD -> isToken(details, TOKEN_FIELDS);
            case PAYPAL -> details.isEmpty() || isToken(details, Set.of("token"));
            case BANK_TRANSFER -> details.isEmpty();
        };
        if (!isFit) {
            throw PaymentError.invalidDetails(method);
        }
        String token =
                details.isEmpty() ? null : (String) details.values().iterator().next();
        boolean savesMethod = method == PaymentMethod.CREDIT_CARD && Boolean.TRUE.equals(request.savePaymentMethod());
        return new Payment(request.orderId(), method, token, savesMethod);
    }

    /** Whether it is one of these fields, with what can be a token, and nothing else. */
    private static boolean isToken(Map<?, ?> details, Set<String> fields) {
        return details.size() == 1
                && fields.containsAll(details.keySet())
                && details.values().iterator().next() instanceof String token
                && TOKEN.matcher(token).matches();
    }

    /**
     * Pays an order: records the attempt, asks the provider outside any transaction, applies what it answered.
     *
     * <p>While an attempt is live there is no second one. Asked again, this answers how the live one stands: still
     * processing, or to be confirmed by the customer; the latter with another card is called off at the provider first, and the
     * new card is tried.
     *
     * @param idempotencyKey the client's, or null
     * @return completed, requires_action, pending_verification for a transfer, or processing where the outcome is not known
     *     yet
     * @throws io.emporium.shared.Refusal PAYMENT_DECLINED, ORDER_NOT_PAYABLE, INVALID_PAYMENT_METHOD if it is not the
     *     order's own, INVALID_PAYMENT_DETAILS for a card that the provider does not know, RESOURCE_NOT_FOUND,
     *     SERVICE_UNAVAILABLE while the provider is away: then nothing is recorded
     */
    PaymentView processPayment(long userId, Payment payment, @Nullable String idempotencyKey) {
        Gateway gateway = gateways.of(payment.method());
        try (Door.Pass _ = gateway.door().enter()) {
            String token = payment.token();
            if (payment.method() == PaymentMethod.PAYPAL && token != null) {
                return answer(finish(gateway, attempts.agreed(userId, payment, token), token));
            }
            String customer = customerFor(userId, payment);
            Attempts.Begun begun = attempts.begin(userId, payment, customer, idempotencyKey);
            if (begun.isOtherCardWaiting(payment)) {
                Transaction abandoned = begun.attempt();
                settlement.settle(
                        abandoned.transactionId(), gateway.cancel(Objects.requireNonNull(abandoned.providerReference)));
                begun = attempts.begin(userId, payment, customer, idempotencyKey);
                if (begun.isOtherCardWaiting(payment)) {
                    throw PaymentError.otherCardInTheWay();
                }
            }
            Charge charge = begun.charge();
            Transaction attempt = charge == null
                    ? begun.attempt()
                    : settlement.settle(begun.attempt().transactionId(), gateway.charge(charge));
            if (attempt.providerCustomer != null && Declined.UNKNOWN_CUSTOMER.equals(attempt.declineCode)) {
                savedMethods.forget(attempt.providerCustomer);
            }
            return answer(attempt);
        }
    }

    /** The customer is back from PayPal: what they have agreed to there is taken, unless it is already. */
    private Transaction finish(Gateway gateway, Transaction attempt, String token) {
        return attempt.status().isLive() && attempt.status() != TransactionStatus.COMPLETED
                ? questions.take(attempt.transactionId(), gateway, new Approved(token, null))
                : attempt;
    }

    /** As whom the provider knows who pays: needed where a card is saved, and where a saved one is to pay. */
    private @Nullable String customerFor(long userId, Payment payment) {
        if (payment.method() != PaymentMethod.CREDIT_CARD) {
            return null;
        }
        return payment.savesMethod()
                ? savedMethods.customer(userId)
                : savedMethods.customerOf(userId).orElse(null);
    }

    /**
     * How a payment or refund stands.
     *
     * @param reference ours, or the provider's
     * @param userId whose it must be; null for support and admins
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, for another customer's too
     */
    TransactionView getTransactionStatus(String reference, @Nullable Long userId) {
        var found = userId == null
                ? Transaction.findByReference(reference)
                : Transaction.findOwnByReference(reference, userId);
        return found.map(transaction -> TransactionView.of(transaction, userId == null))
                .orElseThrow(PaymentError::notFound);
    }

    /**
     * Every attempt and refund of an order, oldest first; for the shop's people its disputes too.
     *
     * @param userId whose it must be; null for support and admins
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, for another customer's order too
     */
    TransactionView.OfOrder getTransactions(long orderId, @Nullable Long userId) {
        Order order = userId == null ? orders.get(orderId) : orders.getOwn(orderId, userId);
        List<TransactionView> rows = Transaction.ofOrder(order.orderId()).stream()
                .map(transaction -> TransactionView.of(transaction, userId == null))
                .toList();
        return new TransactionView.OfOrder(rows, userId == null ? Dispute.ofOrder(orderId) : null);
    }

    /**
     * Gives back, or notes that somebody wants it given back.
     *
     * @param byAdmin an admin refunds any order at once; an owner an own one, at once until it is shipped, and after
     *     that with an admin's approval
     * @return succeeded; pending while it is on its way or not known; or pending_approval
     * @throws io.emporium.shared.Refusal REFUND_EXCEEDS_PAYMENT beyond what is left of what was paid, or if the provider
     *     refuses; INVALID_STATUS_TRANSITION while the customer's bank has the money; RESOURCE_NOT_FOUND, for another
     *     customer's order too; INVALID_PAYMENT_DETAILS for a card number in the reason
     */
    RefundView refundPayment(long userId, boolean byAdmin, RefundRequest request, @Nullable String idempotencyKey) {
        return make(refundRequests.request(userId, byAdmin, request, idempotencyKey));
    }

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION, REFUND_EXCEEDS_PAYMENT */
    RefundView approveRefund(long adminId, long refundId) {
        return make(refundRequests.approve(adminId, refundId));
    }

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION */
    RefundView refundTransferred(long refundId) {
        return refundSettlement.settle(refundId, refundRequests.transferred(refundId));
    }

    private RefundView make(RefundRequests.Begun begun) {
        Reversal reversal = begun.reversal();
        if (reversal == null) {
            return begun.view();
        }
        Optional<RefundOutcome> asked = ask(reversal);
        if (asked.isEmpty()) {
            return begun.view();
        }
        RefundOutcome outcome = asked.get();
        RefundView settled = refundSettlement.settle(begun.view().refundRequestId(), outcome);
        if (settled.hasFailed()) {
            throw outcome instanceof RefundOutcome.Failed failed && failed.isDisputed()
                    ? PaymentError.disputed()
                    : PaymentError.refundRefused(reversal.reference());
        }
        return settled;
    }

    /** Nothing while the provider is away, or has enough to do: it is recorded, and the reconciler makes it. */
    private Optional<RefundOutcome> ask(Reversal reversal) {
        Gateway gateway = gateways.of(reversal.method());
        try (Door.Pass _ = gateway.door().enter()) {
            return Optional.of(gateway.refund(reversal));
        } catch (Refusal busy) {
            return Optional.empty();
        }
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
