package io.emporium.local.paypal;

import io.emporium.local.paypal.Ledger.Change;
import io.emporium.local.provider.Given;
import io.emporium.local.provider.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Disputes: opened, moved on and resolved by switches. */
final class Disputes {
    private static final String REASON = "MERCHANDISE_OR_SERVICE_NOT_RECEIVED";
    private static final int LONGEST_REASON = 255;

    private final String base;
    private final Checkout checkout;

    Disputes(Checkout checkout) {
        this.base = checkout.base();
        this.checkout = checkout;
    }

    /** {capture, amount?, reason?}: over all of the capture, unless an amount is given. */
    Dispute open(Map<String, Object> given, Change change) {
        Given.onlyKnown(given, Set.of("capture", "amount", "reason"));
        Capture capture = change.ledger().capture(String.valueOf(given.get("capture")));
        Amount amount = given.get("amount") == null ? capture.amount() : Amount.in(given, "amount");
        boolean isOpen = change.ledger().disputesOf(capture).stream().anyMatch(Dispute::isOpen);
        if (!capture.isPaid() || isOpen || amount.isMoreThan(capture.amount())) {
            throw new IllegalArgumentException("capture " + capture.id() + " cannot be disputed over " + amount);
        }
        String reason = given.get("reason") == null ? REASON : Checkout.text(given, "reason", LONGEST_REASON);
        long now = Ledger.now();
        Dispute opened = new Dispute(
                "PP-D-" + Ids.next(8),
                now,
                now,
                capture.id(),
                reason,
                Dispute.WAITING_FOR_SELLER,
                null,
                amount,
                null,
                true);
        return told(change.put(opened), "CREATED", change);
    }

    /** {status?}: the seller has answered, or somebody else is to. */
    Dispute update(String id, Map<String, Object> given, Change change) {
        Given.onlyKnown(given, Set.of("status"));
        String status = Given.oneOf(given, "status", "UNDER_REVIEW", Dispute.OPEN);
        return told(change.put(open(id, change).now(status, Ledger.now())), "UPDATED", change);
    }

    /**
     * {outcome?, reversal?, refunded?}: for the buyer the disputed amount is gone, as far as the capture still has it; with a reversal it
     * is told of as a capture that was reversed too. Refunded nothing, 0.00 is gone; unsaid, PayPal does not say how much is.
     */
    Dispute resolve(String id, Map<String, Object> given, Change change) {
        Given.onlyKnown(given, Set.of("outcome", "reversal", "refunded"));
        String outcome = Given.oneOf(given, "outcome", Dispute.FOR_THE_BUYER, Dispute.OUTCOMES);
        String refunded = Given.oneOf(given, "refunded", "all", List.of("all", "nothing", "unsaid"));
        Dispute dispute = open(id, change);
        Capture capture = change.ledger().capture(dispute.capture());
        Amount left = change.ledger().left(capture);
        Amount gone =
                refunded.equals("nothing") ? left.none() : dispute.amount().isMoreThan(left) ? left : dispute.amount();
        Amount taken = List.of(Dispute.FOR_THE_BUYER, "ACCEPTED").contains(outcome) ? gone : null;
        Dispute resolved = told(
                change.put(dispute.resolved(outcome, taken, !refunded.equals("unsaid"), Ledger.now())),
                "RESOLVED",
                change);
        if (taken != null && Json.flag(given, "reversal")) {
            checkout.reverse(resolved, capture, change);
        }
        return resolved;
    }

    private static Dispute open(String id, Change change) {
        Dispute dispute = change.ledger().dispute(id);
        if (!dispute.isOpen()) {
            throw new IllegalArgumentException("dispute " + id + " is " + dispute.status());
        }
        return dispute;
    }

    private Dispute told(Dispute dispute, String what, Change change) {
        Capture capture = change.ledger().capture(dispute.capture());
        change.event(
                "CUSTOMER.DISPUTE." + what,
                "dispute",
                "A dispute was " + what.toLowerCase(Locale.ROOT),
                dispute.view(base, capture),
                capture.order());
        return dispute;
    }

    Map<String, Object> view(String id, Ledger ledger) {
        Dispute dispute = ledger.dispute(id);
        return dispute.view(base, ledger.capture(dispute.capture()));
    }
}
