package io.emporium.local.stripe;

/** Disputes: opened by a switch or by a test card, closed by a switch. */
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
        return dispute;
    }

    static Dispute close(String id, boolean won, Change change) {
        Dispute dispute = change.ledger().dispute(id);
        if (dispute == null) {
            throw StripeError.notFound("dispute", "id", id);
        }
        if (!dispute.status().equals(Dispute.NEEDS_RESPONSE)) {
            throw StripeError.refused(null, "The dispute is " + dispute.status() + ".");
        }
        Dispute closed = change.put(dispute.closed(won ? "won" : "lost"));
        change.event("charge.dispute.closed", closed.view());
        return closed;
    }
}
