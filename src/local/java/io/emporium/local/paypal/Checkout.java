package io.emporium.local.paypal;

import io.emporium.local.paypal.Ledger.Change;
import io.emporium.local.provider.Given;
import io.emporium.local.provider.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Orders v2 and Payments v2: what is asked of an order, a capture, a refund, and what comes of it. */
final class Checkout {
    /** What a buyer can choose to pay with, and what comes of it when it is captured. */
    static final List<String> FUNDING = List.of("good", "declined", "pending", "denied");

    private static final int LONGEST_TEXT = 255;

    private final String base;
    private final Settings settings;

    Checkout(String base, Settings settings) {
        this.base = base;
        this.settings = settings;
    }

    /** POST /v2/checkout/orders. */
    Order create(Map<String, Object> given, Change change) {
        if (!"CAPTURE".equals(given.get("intent"))) {
            throw given.get("intent") == null
                    ? PayPalError.missing("intent")
                    : PayPalError.invalid("intent", "INVALID_PARAMETER_VALUE");
        }
        List<Map<String, Object>> units = Json.maps(given, "purchase_units");
        if (units.size() != 1) {
            throw units.isEmpty()
                    ? PayPalError.missing("purchase_units")
                    : PayPalError.unprocessable("MULTIPLE_UNITS", "The fake PayPal takes one purchase unit.");
        }
        Map<String, Object> unit = units.getFirst();
        Map<String, Object> source = Json.map(given, "payment_source");
        boolean bySource = source.get("paypal") instanceof Map<?, ?>;
        Map<String, Object> context = bySource
                ? Json.map(Json.map(source, "paypal"), "experience_context")
                : Json.map(given, "application_context");
        change.ledger().refuseIfFull();
        long now = Ledger.now();
        return change.put(new Order(
                Ids.next(),
                now,
                now,
                bySource ? Order.PAYER_ACTION_REQUIRED : Order.CREATED,
                Amount.in(unit, "amount"),
                text(unit, "custom_id", LONGEST_TEXT),
                text(unit, "invoice_id", 127),
                text(unit, "description", 127),
                bySource,
                text(context, "return_url", 2000),
                text(context, "cancel_url", 2000),
                null));
    }

    /** The buyer says yes. A second yes may choose another source of money, until it is captured. */
    Order approve(String id, String funding, Change change) {
        Order order = change.ledger().order(id);
        if (order.status().equals(Order.COMPLETED)) {
            return order;
        }
        Order approved = change.put(order.approved(funding, Ledger.now()));
        change.event(
                "CHECKOUT.ORDER.APPROVED",
                "checkout-order",
                "An order has been approved by buyer",
                approved.view(base, List.of(), List.of()),
                id);
        return approved;
    }

    /** POST /v2/checkout/orders/{id}/capture. */
    Order capture(String id, Change change) {
        Order order = change.ledger().order(id);
        if (order.status().equals(Order.COMPLETED)) {
            throw PayPalError.unprocessable(
                    "ORDER_ALREADY_CAPTURED",
                    "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.");
        }
        if (order.waitsForTheBuyer()) {
            throw PayPalError.unprocessable("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.");
        }
        if (order.funding().equals("declined")) {
            throw PayPalError.declined(order.page(base));
        }
        String status = switch (order.funding()) {
            case "pending" -> Capture.PENDING;
            case "denied" -> Capture.DECLINED;
            default -> Capture.COMPLETED;
        };
        Order completed = change.put(order.completed(Ledger.now()));
        Capture capture = change.put(new Capture(
                Ids.next(),
                Ledger.now(),
                id,
                status,
                order.amount(),
                order.amount().none(),
                order.customId(),
                order.invoiceId()));
        tell(capture, change);
        return completed;
    }

    private void tell(Capture capture, Change change) {
        switch (capture.status()) {
            case Capture.PENDING ->
                change.event(
                        "PAYMENT.CAPTURE.PENDING", "capture", "Payment pending", capture.view(base), capture.order());
            case Capture.DECLINED ->
                change.event(
                        "PAYMENT.CAPTURE.DENIED", "capture", "Payment denied", capture.view(base), capture.order());
            default ->
                change.event(
                        "PAYMENT.CAPTURE.COMPLETED",
                        "capture",
                        "Payment completed for " + capture.amount().value() + " "
                                + capture.amount().currency(),
                        capture.view(base),
                        capture.order());
        }
    }

    /** What was pending arrives, or is denied. */
    Capture end(String id, boolean success, Change change) {
        Capture capture = change.ledger().capture(id);
        if (!capture.status().equals(Capture.PENDING)) {
            throw PayPalError.unprocessable("NOT_PENDING", "The capture is " + capture.status() + ".");
        }
        Capture ended = change.put(capture.ended(success ? Capture.COMPLETED : Capture.DECLINED));
        tell(ended, change);
        return ended;
    }

    /** POST /v2/payments/captures/{id}/refund: all that is left, or an amount. */
    Refund refund(String id, Map<String, Object> given, Change change) {
        Amount asked = given.get("amount") == null ? null : Amount.in(given, "amount");
        Capture capture = change.ledger().capture(id);
        if (capture.status().equals(Capture.PENDING)) {
            throw PayPalError.unprocessable("PENDING_CAPTURE", "Cannot initiate a refund as the capture is pending.");
        }
        if (!capture.isPaid()) {
            throw PayPalError.unprocessable("REFUND_NOT_ALLOWED", "The capture was declined.");
        }
        Amount left = change.ledger().left(capture);
        if (left.value().signum() == 0) {
            throw PayPalError.unprocessable("CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded.");
        }
        Amount amount = asked == null ? left : asked;
        if (!amount.currency().equals(left.currency())) {
            throw PayPalError.unprocessable(
                    "REFUND_CURRENCY_MISMATCH", "Refund must be in the same currency as the capture.");
        }
        if (amount.isMoreThan(left)) {
            throw PayPalError.unprocessable(
                    "REFUND_AMOUNT_EXCEEDED",
                    "The refund amount must be less than or equal to the capture amount that has not yet been refunded.");
        }
        refuseAPartOfWhatIsDisputed(capture, amount, change.ledger());
        Refund refund = change.put(new Refund(
                Ids.next(),
                Ledger.now(),
                id,
                settings.refundsPending() ? Refund.PENDING : Refund.COMPLETED,
                amount,
                text(given, "custom_id", LONGEST_TEXT),
                text(given, "invoice_id", 127),
                text(given, "note_to_payer", LONGEST_TEXT)));
        change.put(capture.refunded(capture.refunded().plus(amount)));
        if (refund.status().equals(Refund.COMPLETED)) {
            tell("REFUNDED", refund, capture, change);
        }
        return refund;
    }

    /** All of it may go back while it is disputed: then there is nothing left to dispute. */
    private static void refuseAPartOfWhatIsDisputed(Capture capture, Amount amount, Ledger ledger) {
        if (ledger.disputesOf(capture).stream().anyMatch(Dispute::isOpen) && !amount.equals(capture.amount())) {
            throw PayPalError.unprocessable(
                    "CAPTURE_DISPUTED_PARTIAL_REFUND_NOT_ALLOWED",
                    "Refund for an amount less than the remaining transaction amount cannot be processed at this time"
                            + " because of an open dispute on the capture.");
        }
    }

    /** {amount?, event?}: somebody gives back in PayPal's own pages, or PayPal takes back (REVERSED). */
    Refund refundByHand(String id, Map<String, Object> given, Change change) {
        Given.onlyKnown(given, Set.of("amount", "event"));
        String event = Given.oneOf(given, "event", "REFUNDED", List.of("REFUNDED", "REVERSED"));
        Capture capture = change.ledger().capture(id);
        Amount amount = given.get("amount") == null ? change.ledger().left(capture) : Amount.in(given, "amount");
        if (!capture.isPaid() || amount.isMoreThan(change.ledger().left(capture))) {
            throw new IllegalArgumentException("capture " + id + " has no " + amount + " left");
        }
        change.put(capture.refunded(capture.refunded().plus(amount)));
        return gone(event, capture, amount, null, change);
    }

    /** What a dispute has taken, as PayPal tells of it beside: the same money, which the dispute bears the name of. */
    void reverse(Dispute dispute, Capture capture, Change change) {
        gone("REVERSED", capture, dispute.taken(), dispute.id(), change);
    }

    private Refund gone(String event, Capture capture, Amount amount, String note, Change change) {
        Refund refund = change.put(new Refund(
                Ids.next(), Ledger.now(), capture.id(), Refund.COMPLETED, amount, null, capture.invoiceId(), note));
        tell(event, refund, capture, change);
        return refund;
    }

    /** A refund arrives, or fails after all: then the money is the merchant's again. */
    Refund endRefund(String id, boolean success, Change change) {
        Refund refund = change.ledger().refund(id);
        if (refund.status().equals(Refund.FAILED) || success && refund.status().equals(Refund.COMPLETED)) {
            throw PayPalError.unprocessable("NOT_PENDING", "The refund is " + refund.status() + ".");
        }
        Refund ended = change.put(refund.ended(success ? Refund.COMPLETED : Refund.FAILED));
        Capture capture = change.ledger().capture(refund.capture());
        if (success) {
            tell("REFUNDED", ended, capture, change);
        } else {
            change.put(capture.refunded(capture.refunded().minus(refund.amount())));
        }
        return ended;
    }

    private void tell(String what, Refund refund, Capture capture, Change change) {
        change.event(
                "PAYMENT.CAPTURE." + what,
                "refund",
                "A capture was " + what.toLowerCase(Locale.ROOT),
                refund.view(base),
                capture.order());
    }

    static String text(Map<String, Object> object, String key, int longest) {
        String text = Json.text(object, key);
        if (text != null && (text.isEmpty() || text.length() > longest)) {
            throw PayPalError.invalid(key, "INVALID_STRING_LENGTH");
        }
        return text;
    }

    /** An order with what was captured and given back. */
    Map<String, Object> view(Order order, Ledger ledger) {
        return order.view(base, ledger.capturesOf(order), ledger.refundsOf(order));
    }

    String base() {
        return base;
    }
}
