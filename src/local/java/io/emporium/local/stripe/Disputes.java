package io.emporium.local.stripe;

import io.emporium.local.provider.Json;

/** Disputes: opened by a switch or by a test card, moved on and closed by a switch. */
final class Disputes {
    private Disputes() {}

    static Dispute open(Charge charge, long amount, String reason, Change change) {
        if (!charge.paid() || charge.disputed() || amount < 1 || amount > charge.amount()) {
            throw StripeError.refused(null, "Charge " + charge.id() + " cannot be disputed over " + amount + ".");
        }
        Dispute dispute = change.put(new Dispute(
                Ids.next("dp_"),
                Ledger.now(),
                charge.id(),
                charge.intent(),
                amount,
                charge.currency(),
                reason,
                Dispute.NEEDS_RESPONSE));
        change.put(charge.inDispute());
        change.event("charge.dispute.created", dispute.view());
        change.event("charge.dispute.funds_withdrawn", dispute.view());
        return dispute;
    }

    /** The merchant has answered: the bank looks at it. */
    static Dispute review(String id, Change change) {
        Dispute reviewed = change.put(open(id, change).now(Dispute.UNDER_REVIEW));
        change.event("charge.dispute.updated", reviewed.view(), Json.object("status", Dispute.NEEDS_RESPONSE));
        return reviewed;
    }

    static Dispute close(String id, boolean won, Change change) {
        Dispute closed = change.put(open(id, change).now(won ? Dispute.WON : Dispute.LOST));
        change.event("charge.dispute.closed", closed.view());
        if (won) {
            change.event("charge.dispute.funds_reinstated", closed.view());
        }
        return closed;
    }

    /** Whether the bank has the money of a charge until it has decided. */
    static boolean hold(Charge charge, Ledger ledger) {
        return charge.disputed()
                && ledger.disputes().values().stream()
                        .anyMatch(dispute -> dispute.charge().equals(charge.id()) && dispute.isOpen());
    }

    /** What the bank has given back of a charge, against the merchant. */
    static long taken(Charge charge, Ledger ledger) {
        return charge.disputed()
                ? ledger.disputes().values().stream()
                        .filter(dispute -> dispute.charge().equals(charge.id())
                                && dispute.status().equals(Dispute.LOST))
                        .mapToLong(Dispute::amount)
                        .sum()
                : 0;
    }

    private static Dispute open(String id, Change change) {
        Dispute dispute = change.ledger().dispute(id);
        if (dispute == null) {
            throw StripeError.notFound("dispute", "id", id);
        }
        if (!dispute.isOpen()) {
            throw StripeError.refused(null, "The dispute is " + dispute.status() + ".");
        }
        return dispute;
    }
}
