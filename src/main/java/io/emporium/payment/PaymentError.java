package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.shared.Money;
import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every way the payments say no. */
final class PaymentError {
    /** Codes that would tell a thief what to do next; the card schemes want them kept from whoever is paying. */
    private static final Set<String> NOT_FOR_THE_PAYER = Set.of(
            Declined.DENIED_BY_RULES,
            "fraudulent",
            "lost_card",
            "merchant_blacklist",
            "pickup_card",
            "security_violation",
            "stolen_card");

    private static final String GENERIC = "generic_decline";

    private PaymentError() {}

    static Refusal notFound() {
        return Refusal.notFound("Payment");
    }

    static Refusal refundRequestNotFound() {
        return Refusal.notFound("Refund request");
    }

    static Refusal methodUnknown() {
        return new Refusal(
                Refusal.Code.INVALID_PAYMENT_METHOD,
                "Invalid payment method",
                Map.of(
                        "payment_methods",
                        Stream.of(PaymentMethod.values())
                                .map(PaymentMethod::code)
                                .toList()));
    }

    static Refusal methodNotTheOrders(Order order) {
        return new Refusal(
                Refusal.Code.INVALID_PAYMENT_METHOD,
                "The order is paid by " + order.paymentMethod().code(),
                Map.of("payment_methods", List.of(order.paymentMethod().code())));
    }

    static Refusal invalidDetails(PaymentMethod method) {
        return new Refusal(
                Refusal.Code.INVALID_PAYMENT_DETAILS,
                switch (method) {
                    case CREDIT_CARD ->
                        "payment_details must be an object with either payment_method_id or token, and nothing else";
                    case PAYPAL ->
                        "payment_details must be an empty object, or one with the token that PayPal has given, and nothing else";
                    case BANK_TRANSFER -> "payment_details must be an empty object";
                });
    }

    static Refusal cardNumber() {
        return new Refusal(
                Refusal.Code.INVALID_PAYMENT_DETAILS,
                "Card numbers are not accepted: send the payment method or token that the provider made of the card");
    }

    static Refusal unusableMethod() {
        return new Refusal(Refusal.Code.INVALID_PAYMENT_DETAILS, "This payment method cannot be used");
    }

    static Refusal savedMethodNotFound() {
        return Refusal.notFound("Payment method");
    }

    static Refusal methodsAway() {
        return Refusal.notNow("Saved payment methods cannot be reached at the moment", Duration.ofSeconds(5));
    }

    static Refusal notPayable(Order order) {
        return notPayable(
                order, "The order cannot be paid: it is " + order.status().code());
    }

    static Refusal tooLateToBegin(Order order) {
        return notPayable(order, "The order cannot be paid any more: its time is up");
    }

    private static Refusal notPayable(Order order, String why) {
        return new Refusal(
                Refusal.Code.ORDER_NOT_PAYABLE,
                why,
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
                message == null || !shown.equals(code) ? declined(attempt.paymentMethod) : message,
                Map.of("decline_code", shown, "transaction_reference", attempt.transactionReference()));
    }

    private static String declined(PaymentMethod method) {
        return method == PaymentMethod.CREDIT_CARD ? "Your card was declined." : "The payment was declined.";
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

    static Refusal disputed() {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "The customer has disputed this payment: their bank decides about the money, and it cannot be refunded"
                        + " as well");
    }

    static Refusal unknownRefundStatus() {
        return unknownStatus("no status of a refund");
    }

    static Refusal unknownDisputeStatus() {
        return unknownStatus("no status of a dispute");
    }

    private static Refusal unknownStatus(String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Unknown status",
                Map.of("fields", List.of(Map.of("field", "status", "message", message))));
    }

    static Refusal issueNotFound() {
        return Refusal.notFound("Payment issue");
    }

    static Refusal alreadyResolved() {
        return new Refusal(Refusal.Code.INVALID_STATUS_TRANSITION, "It is resolved already");
    }

    static Refusal notTakenTwice(IssueReason reason) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "Only money that was taken twice can be given back from here",
                Map.of("reason", reason.code()));
    }

    static Refusal transferNotFound() {
        return Refusal.notFound("Bank transfer");
    }

    static Refusal unknownTransferStatus() {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Unknown status",
                Map.of("fields", List.of(Map.of("field", "status", "message", "no status of a payment"))));
    }

    static Refusal transferConfirmed() {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "The transfer is confirmed already",
                Map.of("status", TransactionStatus.COMPLETED.code()));
    }

    static Refusal wrongAmount(Money expected) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Not the amount that is awaited; it was noted, the order is not paid by it",
                Map.of("fields", List.of(Map.of("field", "amount", "message", "must be " + expected.amount()))));
    }

    static Refusal notATransferOnItsWay(RefundStatus status) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "No refund by transfer that is on its way: it is " + status.code(),
                Map.of("status", status.code()));
    }

    static Refusal notSigned() {
        return new Refusal(
                Refusal.Code.MALFORMED_REQUEST, "The webhook is not signed by its provider, or not from now");
    }
}
