package io.emporium.local.stripe;

import java.util.Map;

/**
 * A webhook event as Stripe would send it; the payload is what was true when it happened. {@code pending} says that it is still
 * to be delivered, {@code status} what the receiver last answered (0: nothing).
 */
record Event(
        String id,
        long created,
        String type,
        String objectId,
        String intent,
        Packed payload,
        boolean pending,
        int attempts,
        int status) {

    /** The payload of an event about an object's view; the api_version is the one the merchant's call was made with. */
    static Event about(
            String type,
            Map<String, Object> view,
            Map<String, Object> before,
            long now,
            String apiVersion,
            String requestId,
            String idempotencyKey,
            boolean pending) {
        String id = Ids.next("evt_");
        Map<String, Object> data = Json.object("object", view);
        if (!before.isEmpty()) {
            data.put("previous_attributes", before);
        }
        Map<String, Object> payload = Json.object(
                "id", id,
                "object", "event",
                "api_version", apiVersion,
                "created", now,
                "data", data,
                "livemode", false,
                "pending_webhooks", 1L,
                "request", Json.object("id", requestId, "idempotency_key", idempotencyKey),
                "type", type);
        String objectId = Json.text(view, "id");
        String intent = objectId.startsWith("pi_") ? objectId : Json.text(view, "payment_intent");
        return new Event(id, now, type, objectId, intent, Packed.of(Json.write(payload)), pending, 0, 0);
    }

    Event tried(int status, boolean stillPending) {
        return new Event(id, created, type, objectId, intent, payload, stillPending, attempts + 1, status);
    }

    Map<String, Object> summary() {
        return Json.object(
                "id", id,
                "type", type,
                "created", created,
                "object_id", objectId,
                "payment_intent", intent,
                "pending", pending,
                "attempts", attempts,
                "last_status", status,
                "delivered", status >= 200 && status < 300);
    }

    Map<String, Object> state() {
        Map<String, Object> state = summary();
        state.remove("delivered");
        state.put("payload", payload.text());
        return state;
    }

    static Event from(Map<String, Object> state) {
        return new Event(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "type"),
                Json.text(state, "object_id"),
                Json.text(state, "payment_intent"),
                Packed.of(Json.text(state, "payload")),
                Json.flag(state, "pending"),
                (int) Json.number(state, "attempts", 0),
                (int) Json.number(state, "last_status", 0));
    }
}
