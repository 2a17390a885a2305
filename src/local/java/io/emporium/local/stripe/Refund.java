package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import java.util.Map;

/** Money on its way back: pending, succeeded or failed; {@code failure} says why it failed. */
record Refund(
        String id,
        long created,
        String charge,
        String intent,
        long amount,
        String currency,
        String status,
        String reason,
        Map<String, String> metadata,
        String failure) {
    static final String PENDING = "pending";
    static final String SUCCEEDED = "succeeded";
    static final String FAILED = "failed";

    Refund ended(String status, String failure) {
        return new Refund(id, created, charge, intent, amount, currency, status, reason, metadata, failure);
    }

    Map<String, Object> view() {
        Map<String, Object> view = Json.object(
                "id", id,
                "object", "refund",
                "amount", amount,
                "balance_transaction", null,
                "charge", charge,
                "created", created,
                "currency", currency,
                "destination_details", Json.object("card", Map.of("type", "refund"), "type", "card"),
                "metadata", metadata,
                "payment_intent", intent,
                "reason", reason,
                "receipt_number", null,
                "source_transfer_reversal", null,
                "status", status,
                "transfer_reversal", null);
        if (failure != null) {
            view.put("failure_reason", failure);
        }
        return view;
    }

    Map<String, Object> state() {
        return Json.object(
                "id", id,
                "created", created,
                "charge", charge,
                "payment_intent", intent,
                "amount", amount,
                "currency", currency,
                "status", status,
                "reason", reason,
                "metadata", metadata,
                "failure", failure);
    }

    @SuppressWarnings("unchecked")
    static Refund from(Map<String, Object> state) {
        return new Refund(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "charge"),
                Json.text(state, "payment_intent"),
                Json.number(state, "amount", 0),
                Json.text(state, "currency"),
                Json.text(state, "status"),
                Json.text(state, "reason"),
                (Map<String, String>) (Map<String, ?>) Json.map(state, "metadata"),
                Json.text(state, "failure"));
    }
}
