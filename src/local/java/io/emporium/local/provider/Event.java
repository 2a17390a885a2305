package io.emporium.local.provider;

import java.util.Map;

/**
 * A webhook event as the provider would send it; the payload is what was true when it happened. {@code about} is the payment it
 * belongs to, {@code pending} says that it is still to be delivered, {@code status} what the receiver last answered (0: nothing).
 */
public record Event(
        String id,
        long created,
        String type,
        String objectId,
        String about,
        Packed payload,
        boolean pending,
        int attempts,
        int status) {

    public Event tried(int status, boolean stillPending) {
        return new Event(id, created, type, objectId, about, payload, stillPending, attempts + 1, status);
    }

    /** As it was when the journal's line of a try was written. */
    public Event triedAsIn(Map<String, Object> line) {
        return new Event(
                id,
                created,
                type,
                objectId,
                about,
                payload,
                Json.flag(line, "pending"),
                (int) Json.number(line, "attempts", 0),
                (int) Json.number(line, "status", 0));
    }

    /** The journal's line of a try. */
    public Map<String, Object> triedLine() {
        return Json.object("tried", id, "status", status, "attempts", attempts, "pending", pending);
    }

    public Map<String, Object> summary() {
        return Json.object(
                "id", id,
                "type", type,
                "created", created,
                "object_id", objectId,
                "about", about,
                "pending", pending,
                "attempts", attempts,
                "last_status", status,
                "delivered", status >= 200 && status < 300);
    }

    public Map<String, Object> state() {
        Map<String, Object> state = summary();
        state.remove("delivered");
        state.put("payload", payload.text());
        return state;
    }

    public static Event from(Map<String, Object> state) {
        return new Event(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "type"),
                Json.text(state, "object_id"),
                Json.text(state, "about"),
                Packed.of(Json.text(state, "payload")),
                Json.flag(state, "pending"),
                (int) Json.number(state, "attempts", 0),
                (int) Json.number(state, "last_status", 0));
    }
}
