package io.emporium.local.paypal;

import io.emporium.local.provider.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Money taken for an order, or being taken, or not: COMPLETED, PENDING, DECLINED; then what was given back of it. */
record Capture(
        String id,
        long created,
        String order,
        String status,
        Amount amount,
        Amount refunded,
        String customId,
        String invoiceId) {
    static final String COMPLETED = "COMPLETED";
    static final String PENDING = "PENDING";
    static final String DECLINED = "DECLINED";
    static final String PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED";
    static final String REFUNDED = "REFUNDED";

    Capture ended(String status) {
        return new Capture(id, created, order, status, amount, refunded, customId, invoiceId);
    }

    /** With so much given back in all. */
    Capture refunded(Amount sum) {
        String next = sum.value().signum() == 0 ? COMPLETED : sum.equals(amount) ? REFUNDED : PARTIALLY_REFUNDED;
        return new Capture(id, created, order, next, amount, sum, customId, invoiceId);
    }

    boolean isPaid() {
        return !status.equals(PENDING) && !status.equals(DECLINED);
    }

    Amount left() {
        return amount.minus(refunded);
    }

    Map<String, Object> view(String base) {
        String self = base + "/v2/payments/captures/" + id;
        Map<String, Object> view = Json.object("id", id, "status", status);
        if (status.equals(PENDING)) {
            view.put("status_details", Json.object("reason", "ECHECK"));
        }
        view.put("amount", amount.view());
        view.put("final_capture", true);
        Order.put(view, "custom_id", customId);
        Order.put(view, "invoice_id", invoiceId);
        view.put("supplementary_data", Json.object("related_ids", Json.object("order_id", order)));
        view.put("create_time", Instant.ofEpochSecond(created).toString());
        view.put("update_time", Instant.ofEpochSecond(created).toString());
        List<Map<String, Object>> links = new ArrayList<>();
        links.add(Json.object("href", self, "rel", "self", "method", "GET"));
        links.add(Json.object("href", self + "/refund", "rel", "refund", "method", "POST"));
        links.add(Json.object("href", base + "/v2/checkout/orders/" + order, "rel", "up", "method", "GET"));
        view.put("links", links);
        return view;
    }

    Map<String, Object> state() {
        return Json.object(
                "id", id,
                "created", created,
                "order", order,
                "status", status,
                "amount", amount.view(),
                "refunded", refunded.view(),
                "custom_id", customId,
                "invoice_id", invoiceId);
    }

    static Capture from(Map<String, Object> state) {
        return new Capture(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "order"),
                Json.text(state, "status"),
                Amount.from(state, "amount"),
                Amount.from(state, "refunded"),
                Json.text(state, "custom_id"),
                Json.text(state, "invoice_id"));
    }
}
