package io.emporium.local.stripe;

import io.emporium.local.provider.Event;
import io.emporium.local.provider.Json;
import io.emporium.local.provider.KeptAnswer;
import io.emporium.local.provider.Packed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A change in the making: what it will put into the ledger, in order. It is applied as a whole, or dropped. */
final class Change {
    private final Ledger ledger;
    private final Origin origin;
    private final Predicate<String> wanted;
    private final List<Object> objects = new ArrayList<>();

    Change(Ledger ledger, Origin origin, Predicate<String> wanted) {
        this.ledger = ledger;
        this.origin = origin;
        this.wanted = wanted;
    }

    Ledger ledger() {
        return ledger;
    }

    String apiVersion() {
        return origin.apiVersion();
    }

    <T> T put(T object) {
        objects.add(object);
        return object;
    }

    /** A payment method as this change has it; null where it is one of the test cards themselves. */
    Method method(String id) {
        for (Object object : objects.reversed()) {
            if (object instanceof Method method && method.id().equals(id)) {
                return method;
            }
        }
        return ledger.method(id);
    }

    void event(String type, Map<String, Object> view) {
        event(type, view, Map.of());
    }

    /** Adds an event about an object; {@code before} are the former values of what changed in it. */
    void event(String type, Map<String, Object> view, Map<String, Object> before) {
        String id = Ids.next("evt_");
        long now = Ledger.now();
        Map<String, Object> data = Json.object("object", view);
        if (!before.isEmpty()) {
            data.put("previous_attributes", before);
        }
        Map<String, Object> payload = Json.object(
                "id",
                id,
                "object",
                "event",
                "api_version",
                origin.apiVersion(),
                "created",
                now,
                "data",
                data,
                "livemode",
                false,
                "pending_webhooks",
                1L,
                "request",
                Json.object("id", origin.requestId(), "idempotency_key", origin.idempotencyKey()),
                "type",
                type);
        String objectId = Json.text(view, "id");
        String intent = objectId.startsWith("pi_") ? objectId : Json.text(view, "payment_intent");
        put(new Event(id, now, type, objectId, intent, Packed.of(Json.write(payload)), wanted.test(type), 0, 0));
    }

    /** Takes back what was put: the endpoint refused after it had begun. */
    void drop() {
        objects.clear();
    }

    List<Object> objects() {
        return objects;
    }

    List<Event> events() {
        return objects.stream()
                .filter(Event.class::isInstance)
                .map(Event.class::cast)
                .toList();
    }

    /** The line for the journal, empty where nothing changed. */
    Map<String, Object> line() {
        Map<String, Object> line = new LinkedHashMap<>();
        for (Object object : objects) {
            switch (object) {
                case Intent intent -> add(line, "intents", intent.state());
                case Charge charge -> add(line, "charges", charge.state());
                case Refund refund -> add(line, "refunds", refund.state());
                case Dispute dispute -> add(line, "disputes", dispute.state());
                case Customer customer -> add(line, "customers", customer.state());
                case Method method -> add(line, "methods", method.state());
                case Event event -> add(line, "events", event.state());
                case KeptAnswer answer -> add(line, "answers", answer.state());
                default -> throw new IllegalArgumentException(object.getClass().getName());
            }
        }
        return line;
    }

    @SuppressWarnings("unchecked")
    private static void add(Map<String, Object> line, String kind, Map<String, Object> state) {
        ((List<Object>) line.computeIfAbsent(kind, k -> new ArrayList<>())).add(state);
    }
}
