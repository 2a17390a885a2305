package io.emporium.chaos;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Messages that nobody can take, from somebody who may write to the broker.
 *
 * @param name what is wrong with it
 * @param exchange and key: by the shop's exchange, or "" and the queue's own name
 * @param eventId under which the inbox has it: its own, or for what is no event one made of its content
 * @param told what it tells, where it can be taken once the shop's own fault is mended; null where it stays poison
 */
record Poison(
        String name,
        String exchange,
        String key,
        byte[] body,
        UUID eventId,
        @Nullable Told told) {
    private static final int HUGE = 400_000;
    private static final int DEEP = 20_000;
    private static final long NO_ORDER = 1L << 62;

    /** An order, with whose it is, that poison tells something of. */
    record Told(long orderId, long userId, String orderNumber) {}

    /** Sixteen that stay poison, and as many more as there are orders of which something true is told. */
    static List<Poison> of(Told any, List<Told> delivered) {
        List<Poison> all = new ArrayList<>();
        noEvent(all, "not JSON", "poison");
        noEvent(all, "empty", "");
        noEvent(all, "cut off", event(UUID.randomUUID(), "order.placed", "{").substring(0, 60));
        noEvent(all, "no id", event(UUID.randomUUID(), "order.placed", "{}").replaceFirst("\"id\":\"[^\"]*\",", ""));
        noEvent(
                all,
                "an id that is none",
                event(UUID.randomUUID(), "order.placed", "{}").replaceFirst("\"id\":\"[^\"]*\"", "\"id\":\"4711\""));
        noEvent(all, "a type of 101 letters", event(UUID.randomUUID(), "order." + "x".repeat(95), "{}"));
        noEvent(
                all,
                "no time",
                event(UUID.randomUUID(), "order.placed", "{}").replaceFirst("\"time\":\"[^\"]*\",", ""));
        noEvent(all, "no data", event(UUID.randomUUID(), "order.placed", "{}").replaceFirst(",\"data\":.*", "}"));
        noEvent(all, "nested " + DEEP + " deep", event(UUID.randomUUID(), "order.placed", "[".repeat(DEEP)));
        noEvent(all, "huge, of characters in two halves", "x" + "\uD83D\uDCA3".repeat(2 * HUGE));
        noEvent(all, "a type with NUL", event(UUID.randomUUID(), "order.pla\\u0000ced", "{}"));
        noEvent(all, "a type with half a character", event(UUID.randomUUID(), "order.\\ud83d", "{}"));
        event(all, "nothing in it", "order.confirmed", "{}");
        event(
                all,
                "an amount of 300 million decimals",
                "order.placed",
                data(any, "\"total\":{\"amount\":1e-300000000,\"currency\":\"USD\"}"));
        event(all, "another version", "order.confirmed", "{\"order\":\"A-1\",\"customer\":{\"id\":7},\"version\":2}");
        event(
                all,
                "an order that is none",
                "order.confirmed",
                data(new Told(NO_ORDER, any.userId(), "ORD-NONE"), "\"total\":{\"amount\":1.00,\"currency\":\"USD\"}"));
        for (Told order : delivered) {
            UUID id = UUID.randomUUID();
            all.add(of(
                    "delivered, and the shop cannot note it",
                    all.size(),
                    event(id, "order.delivered", data(order, null)),
                    id,
                    order));
        }
        return all;
    }

    private static void noEvent(List<Poison> all, String name, String body) {
        UUID byContent = UUID.nameUUIDFromBytes(body.getBytes(StandardCharsets.UTF_8));
        all.add(of(name, all.size(), body, byContent, null));
    }

    private static void event(List<Poison> all, String name, String type, String data) {
        UUID id = UUID.randomUUID();
        all.add(of(name, all.size(), event(id, type, data), id, null));
    }

    boolean mends() {
        return told != null;
    }

    /** Every other one straight into the queue. */
    private static Poison of(String name, int number, String body, UUID eventId, @Nullable Told told) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return number % 2 == 0
                ? new Poison(name, Broker.EXCHANGE, "order.placed", bytes, eventId, told)
                : new Poison(name, "", Broker.QUEUE, bytes, eventId, told);
    }

    /** A CloudEvent as the shop makes them. */
    static String event(UUID id, String type, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/emporium/orders\",\"type\":\"%s\",\"subject\":\"1\",\"time\":\"%s\",\"datacontenttype\":\"application/json\",\"data\":%s}"
                .formatted(id, type, Instant.now(), data.replace("%EVENT%", id.toString()));
    }

    private static String data(Told order, @Nullable String more) {
        return "{\"id\":\"%EVENT%\",\"order_id\":" + order.orderId() + ",\"user_id\":" + order.userId()
                + ",\"order_number\":\"" + order.orderNumber() + "\"," + (more == null ? "" : more + ",") + "\"at\":\""
                + Instant.now() + "\"}";
    }
}
