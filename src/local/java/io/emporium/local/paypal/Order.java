package io.emporium.local.paypal;

import io.emporium.local.provider.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a buyer is asked to approve and the merchant captures: one purchase unit. {@code funding} is what the buyer chose at
 * approval, {@code at} the second of the last change.
 */
record Order(
        String id,
        long created,
        long at,
        String status,
        Amount amount,
        String customId,
        String invoiceId,
        String description,
        boolean bySource,
        String returnUrl,
        String cancelUrl,
        String funding) {
    static final String CREATED = "CREATED";
    static final String PAYER_ACTION_REQUIRED = "PAYER_ACTION_REQUIRED";
    static final String APPROVED = "APPROVED";
    static final String COMPLETED = "COMPLETED";

    /** As long as a buyer may take to approve, and the merchant to capture after that. */
    private static final long VALID_SECONDS = 6 * 3600;

    Order approved(String funding, long now) {
        return with(APPROVED, funding, now);
    }

    Order completed(long now) {
        return with(COMPLETED, funding, now);
    }

    /** As if its time had run out. */
    Order expired() {
        return with(status, funding, 0);
    }

    private Order with(String status, String funding, long at) {
        return new Order(
                id,
                created,
                at,
                status,
                amount,
                customId,
                invoiceId,
                description,
                bySource,
                returnUrl,
                cancelUrl,
                funding);
    }

    boolean isGone(long now) {
        return !status.equals(COMPLETED) && at < now - VALID_SECONDS;
    }

    boolean waitsForTheBuyer() {
        return status.equals(CREATED) || status.equals(PAYER_ACTION_REQUIRED);
    }

    /** @param base where this PayPal is reached */
    Map<String, Object> view(String base, List<Capture> captures, List<Refund> refunds) {
        Map<String, Object> unit = Json.object("reference_id", "default", "amount", amount.view());
        put(unit, "custom_id", customId);
        put(unit, "invoice_id", invoiceId);
        put(unit, "description", description);
        unit.put("payee", Json.object("email_address", "shop@example.com", "merchant_id", "EMPORIUMLOCAL"));
        if (!captures.isEmpty()) {
            Map<String, Object> payments = Json.object(
                    "captures", captures.stream().map(c -> c.view(base)).toList());
            if (!refunds.isEmpty()) {
                payments.put("refunds", refunds.stream().map(r -> r.view(base)).toList());
            }
            unit.put("payments", payments);
        }
        Map<String, Object> view = Json.object("id", id, "intent", "CAPTURE", "status", status);
        if (bySource) {
            view.put("payment_source", Json.object("paypal", Json.object()));
        }
        view.put("purchase_units", List.of(unit));
        if (funding != null) {
            view.put(
                    "payer",
                    Json.object(
                            "email_address", "buyer@example.com",
                            "payer_id", "LOCALBUYER001",
                            "name", Json.object("given_name", "Ada", "surname", "Lovelace")));
        }
        view.put("create_time", Instant.ofEpochSecond(created).toString());
        view.put("update_time", Instant.ofEpochSecond(at).toString());
        view.put("links", links(base));
        return view;
    }

    List<Map<String, Object>> links(String base) {
        String self = base + "/v2/checkout/orders/" + id;
        List<Map<String, Object>> links = new ArrayList<>();
        links.add(Json.object("href", self, "rel", "self", "method", "GET"));
        if (waitsForTheBuyer()) {
            links.add(Json.object("href", page(base), "rel", bySource ? "payer-action" : "approve", "method", "GET"));
        }
        if (!status.equals(COMPLETED) && !bySource || status.equals(APPROVED)) {
            links.add(Json.object("href", self, "rel", "update", "method", "PATCH"));
            links.add(Json.object("href", self + "/capture", "rel", "capture", "method", "POST"));
        }
        return links;
    }

    /** Where the buyer approves. */
    String page(String base) {
        return base + "/checkoutnow?token=" + id;
    }

    static void put(Map<String, Object> view, String key, Object value) {
        if (value != null) {
            view.put(key, value);
        }
    }

    Map<String, Object> state() {
        return Json.object(
                "id", id,
                "created", created,
                "at", at,
                "status", status,
                "amount", amount.view(),
                "custom_id", customId,
                "invoice_id", invoiceId,
                "description", description,
                "by_source", bySource,
                "return_url", returnUrl,
                "cancel_url", cancelUrl,
                "funding", funding);
    }

    static Order from(Map<String, Object> state) {
        return new Order(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.number(state, "at", 0),
                Json.text(state, "status"),
                Amount.from(state, "amount"),
                Json.text(state, "custom_id"),
                Json.text(state, "invoice_id"),
                Json.text(state, "description"),
                Json.flag(state, "by_source"),
                Json.text(state, "return_url"),
                Json.text(state, "cancel_url"),
                Json.text(state, "funding"));
    }
}
