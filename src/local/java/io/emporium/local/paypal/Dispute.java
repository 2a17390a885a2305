package io.emporium.local.paypal;

import io.emporium.local.provider.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A buyer who wants the money of a capture back: open in one of several ways, then RESOLVED with an outcome. {@code taken} is what the
 * buyer has got by it, null until then, and {@code isSaid} whether PayPal says how much; {@code at} the second of the last change.
 */
record Dispute(
        String id,
        long created,
        long at,
        String capture,
        String reason,
        String status,
        String outcome,
        Amount amount,
        Amount taken,
        boolean isSaid) {
    static final String WAITING_FOR_SELLER = "WAITING_FOR_SELLER_RESPONSE";
    static final String RESOLVED = "RESOLVED";
    static final String FOR_THE_BUYER = "RESOLVED_BUYER_FAVOUR";

    /** In which ways it can be open. */
    static final List<String> OPEN =
            List.of("OPEN", "WAITING_FOR_BUYER_RESPONSE", WAITING_FOR_SELLER, "UNDER_REVIEW", "OTHER");

    /** How it can end; the first and ACCEPTED are for the buyer. */
    static final List<String> OUTCOMES = List.of(
            FOR_THE_BUYER,
            "RESOLVED_SELLER_FAVOUR",
            "RESOLVED_WITH_PAYOUT",
            "CANCELED_BY_BUYER",
            "ACCEPTED",
            "DENIED",
            "NONE");

    private static final long SECONDS_TO_RESPOND = 10 * 86_400;

    boolean isOpen() {
        return !status.equals(RESOLVED);
    }

    Dispute now(String status, long at) {
        return new Dispute(id, created, at, capture, reason, status, null, amount, null, true);
    }

    Dispute resolved(String outcome, Amount taken, boolean isSaid, long at) {
        return new Dispute(id, created, at, capture, reason, RESOLVED, outcome, amount, taken, isSaid);
    }

    /** As PayPal shows it, and as the resource of its webhooks. */
    Map<String, Object> view(String base, Capture about) {
        Map<String, Object> transaction = Json.object(
                "seller_transaction_id",
                capture,
                "create_time",
                Instant.ofEpochSecond(about.created()).toString(),
                "transaction_status",
                "COMPLETED",
                "gross_amount",
                about.amount().view());
        Order.put(transaction, "custom", about.customId());
        Order.put(transaction, "invoice_number", about.invoiceId());
        Map<String, Object> view = Json.object(
                "dispute_id",
                id,
                "create_time",
                Instant.ofEpochSecond(created).toString(),
                "update_time",
                Instant.ofEpochSecond(at).toString(),
                "disputed_transactions",
                List.of(transaction),
                "reason",
                reason,
                "status",
                status,
                "dispute_amount",
                amount.view(),
                "dispute_life_cycle_stage",
                "CHARGEBACK",
                "dispute_channel",
                "INTERNAL");
        if (isOpen()) {
            view.put(
                    "seller_response_due_date",
                    Instant.ofEpochSecond(created + SECONDS_TO_RESPOND).toString());
        } else {
            Map<String, Object> ended = Json.object("outcome_code", outcome);
            if (taken != null) {
                ended.put("amount_refunded", isSaid ? taken.view() : Json.object("currency_code", taken.currency()));
            }
            view.put("dispute_outcome", ended);
        }
        view.put(
                "links",
                List.of(Json.object("href", base + "/v1/customer/disputes/" + id, "rel", "self", "method", "GET")));
        return view;
    }

    Map<String, Object> state() {
        return Json.object(
                "id", id,
                "created", created,
                "at", at,
                "capture", capture,
                "reason", reason,
                "status", status,
                "outcome", outcome,
                "amount", amount.view(),
                "taken", taken == null ? null : taken.view(),
                "unsaid", !isSaid);
    }

    static Dispute from(Map<String, Object> state) {
        return new Dispute(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.number(state, "at", 0),
                Json.text(state, "capture"),
                Json.text(state, "reason"),
                Json.text(state, "status"),
                Json.text(state, "outcome"),
                Amount.from(state, "amount"),
                state.get("taken") == null ? null : Amount.from(state, "taken"),
                !Json.flag(state, "unsaid"));
    }
}
