package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.shared.Money;
import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every way the payments say no. */
final class PaymentError {
    /** Codes that would tell a thief what to do next; the card schemes want them kept from whoever is paying. */
    private static final Set<String> NOT_FOR_THE_PAYER =
            Set.of("fraudulent", "lost_card", "merchant_blacklist", "pickup_card", "security_violation", "stolen_card");

    private static final String GENERIC = "generic_decline";

    private PaymentError() {}

    static Refusal notFound() {
        return Refusal.notFound("Payment");
    }

    static Refusal refundRequestNotFound() {
        return Refusal.notFound("Refund request");
    }

    static Refusal methodNotOffered() {
        return new Refusal(
                Refusal.Code.INVALID_PAYMENT_METHOD,
                "Invalid payment method",
                Map.of(
                        "payment_methods",
                        PaymentService.OFFERED.stream()
                                .map(method -> method.code())
                                .sorted()
                                .toList()));
    }

    static Refusal methodNotTheOrders(Order order) {
        return new Refusal(
                Refusal.Code.INVALID_PAYMENT_METHOD,
                "The order is paid by " + order.paymentMethod().code(),
                Map.of("payment_methods", List.of(order.paymentMethod().code())));
    }

    static Refusal invalidDetails() {
        return new Refusal(
                Refusal.Code.INVALID_PAYMENT_DETAILS,
                "payment_details must be an object with either payment_method_id or token, and nothing else");
    }

    static Refusal cardNumber() {
        return new Refusal(
                Refusal.Code.INVALID_PAYMENT_DETAILS,
                "Card numbers are not accepted: send the payment method or token that the provider made of the card");
    }

    static Refusal unusableMethod() {
        return new Refusal(Refusal.Code.INVALID_PAYMENT_DETAILS, "This payment method cannot be used");
    }

    static Refusal notPayable(Order order) {
        return new Refusal(
                Refusal.Code.ORDER_NOT_PAYABLE,
                "The order cannot be paid: it is " + order.status().code(),
                Map.of(
                        "status",
                        order.status().code(),
                        "payment_status",
                        order.paymentStatus().code()));
    }

    static Refusal otherCardInTheWay() {
        return new Refusal(
                Refusal.Code.REQUEST_IN_PROGRESS,
                "The payment by the other card could not be called off yet",
                Map.of(),
                Duration.ofSeconds(5));
    }

    static Refusal tooLate() {
        return new Refusal(
                Refusal.Code.ORDER_NOT_PAYABLE,
                "The order was cancelled while it was being paid; the money is given back",
                Map.of("status", "cancelled"));
    }

    /** Why an attempt that failed did: a card nobody knows is a wrong request, everything else a decline. */
    static Refusal failed(Transaction attempt) {
        String code = attempt.declineCode;
        if (Declined.UNUSABLE_METHOD.equals(code)) {
            return unusableMethod();
        }
        String shown = shown(code);
        String message = attempt.errorMessage;
        return new Refusal(
                Refusal.Code.PAYMENT_DECLINED,
                message == null || !shown.equals(code) ? "Your card was declined." : message,
                Map.of("decline_code", shown, "transaction_reference", attempt.transactionReference()));
    }

    /** The decline code as the payer may see it. */
    static String shown(@Nullable String code) {
        return code == null || NOT_FOR_THE_PAYER.contains(code) ? GENERIC : code;
    }

    static Refusal refundExceeds(Money refundable) {
        return new Refusal(
                Refusal.Code.REFUND_EXCEEDS_PAYMENT,
                "At most " + refundable + " can be refunded",
                Map.of("refundable", refundable));
    }

    static Refusal nothingPaid() {
        return new Refusal(
                Refusal.Code.REFUND_EXCEEDS_PAYMENT, "Nothing was paid for this order", Map.of("refundable", 0));
    }

    static Refusal refundRefused(String refundReference) {
        return new Refusal(
                Refusal.Code.REFUND_EXCEEDS_PAYMENT,
                "The payment provider refused the refund; nothing was given back",
                Map.of("refund_reference", refundReference));
    }

    static Refusal alreadyDecided(RefundStatus status) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "The refund request is not waiting for a decision: it is " + status.code(),
                Map.of("status", status.code()));
    }

    static Refusal unknownRefundStatus() {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Unknown status",
                Map.of("fields", List.of(Map.of("field", "status", "message", "no status of a refund"))));
    }

    static Refusal notSigned() {
        return new Refusal(
                Refusal.Code.MALFORMED_REQUEST, "The webhook is not signed by its provider, or not from now");
    }
}
