package io.emporium.local.stripe;

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

    void event(String type, Map<String, Object> view) {
        event(type, view, Map.of());
    }

    /** Adds an event about an object; {@code before} are the former values of what changed in it. */
    void event(String type, Map<String, Object> view, Map<String, Object> before) {
        put(Event.about(
                type,
                view,
                before,
                Ledger.now(),
                origin.apiVersion(),
                origin.requestId(),
                origin.idempotencyKey(),
                wanted.test(type)));
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
