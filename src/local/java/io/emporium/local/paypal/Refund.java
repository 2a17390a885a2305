package io.emporium.local.paypal;

import io.emporium.local.provider.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Money on its way back: PENDING, COMPLETED or FAILED. */
record Refund(
        String id,
        long created,
        String capture,
        String status,
        Amount amount,
        String customId,
        String invoiceId,
        String note) {
    static final String PENDING = "PENDING";
    static final String COMPLETED = "COMPLETED";
    static final String FAILED = "FAILED";

    Refund ended(String status) {
        return new Refund(id, created, capture, status, amount, customId, invoiceId, note);
    }

    Map<String, Object> view(String base) {
        Map<String, Object> view = Json.object("id", id, "status", status, "amount", amount.view());
        Order.put(view, "custom_id", customId);
        Order.put(view, "invoice_id", invoiceId);
        Order.put(view, "note_to_payer", note);
        view.put("create_time", Instant.ofEpochSecond(created).toString());
        view.put("update_time", Instant.ofEpochSecond(created).toString());
        view.put(
                "links",
                List.of(
                        Json.object("href", base + "/v2/payments/refunds/" + id, "rel", "self", "method", "GET"),
                        Json.object("href", base + "/v2/payments/captures/" + capture, "rel", "up", "method", "GET")));
        return view;
    }

    Map<String, Object> state() {
        return Json.object(
                "id", id,
                "created", created,
                "capture", capture,
                "status", status,
                "amount", amount.view(),
                "custom_id", customId,
                "invoice_id", invoiceId,
                "note", note);
    }

    static Refund from(Map<String, Object> state) {
        return new Refund(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "capture"),
                Json.text(state, "status"),
                Amount.from(state, "amount"),
                Json.text(state, "custom_id"),
                Json.text(state, "invoice_id"),
                Json.text(state, "note"));
    }
}
