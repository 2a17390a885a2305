package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import java.util.List;
import java.util.Map;

/** A customer who asks the bank for the money back: needs_response, under_review, then won or lost. */
record Dispute(
        String id,
        long created,
        String charge,
        String intent,
        long amount,
        String currency,
        String reason,
        String status) {
    static final String NEEDS_RESPONSE = "needs_response";
    static final String UNDER_REVIEW = "under_review";
    static final String WON = "won";
    static final String LOST = "lost";

    boolean isOpen() {
        return status.equals(NEEDS_RESPONSE) || status.equals(UNDER_REVIEW);
    }

    Dispute now(String status) {
        return new Dispute(id, created, charge, intent, amount, currency, reason, status);
    }

    Map<String, Object> view() {
        return Json.object(
                "id",
                id,
                "object",
                "dispute",
                "amount",
                amount,
                "balance_transactions",
                List.of(),
                "charge",
                charge,
                "created",
                created,
                "currency",
                currency,
                "enhanced_eligibility_types",
                List.of(),
                "evidence",
                Map.of(),
                "evidence_details",
                Json.object(
                        "due_by",
                        created + 7 * 86_400,
                        "has_evidence",
                        false,
                        "past_due",
                        false,
                        "submission_count",
                        0L),
                "is_charge_refundable",
                false,
                "livemode",
                false,
                "metadata",
                Map.of(),
                "payment_intent",
                intent,
                "reason",
                reason,
                "status",
                status);
    }

    Map<String, Object> state() {
        return Json.object(
                "id", id,
                "created", created,
                "charge", charge,
                "payment_intent", intent,
                "amount", amount,
                "currency", currency,
                "reason", reason,
                "status", status);
    }

    static Dispute from(Map<String, Object> state) {
        return new Dispute(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "charge"),
                Json.text(state, "payment_intent"),
                Json.number(state, "amount", 0),
                Json.text(state, "currency"),
                Json.text(state, "reason"),
                Json.text(state, "status"));
    }
}
