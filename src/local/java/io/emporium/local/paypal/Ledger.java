package io.emporium.local.paypal;

import io.emporium.local.provider.Event;
import io.emporium.local.provider.Journal;
import io.emporium.local.provider.Json;
import io.emporium.local.provider.Outgoing;
import io.emporium.local.provider.Packed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Everything the fake knows, in memory and in its {@link Journal}. A change is one line of the journal: order, capture, events
 * and kept request id become true together or not at all. Nothing is shown to anybody before it is on the disk. Bounds: 100,000
 * orders (then creating is refused: reset), 5,000 finished events.
 */
final class Ledger implements Outgoing, AutoCloseable {
    private static final int MOST_ORDERS = 100_000;
    private static final int MOST_KEPT = 200_000;
    private static final int MOST_FINISHED_EVENTS = 5_000;
    private static final int MOST_EVENTS = 25_000;
    private static final int COMPACT_FROM_LINES = 5_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Journal journal;
    private final Signer signer;
    private final LinkedHashMap<String, Order> orders = new LinkedHashMap<>();
    private final LinkedHashMap<String, Capture> captures = new LinkedHashMap<>();
    private final LinkedHashMap<String, Refund> refunds = new LinkedHashMap<>();
    private final LinkedHashMap<String, Dispute> disputes = new LinkedHashMap<>();
    private final LinkedHashMap<String, Event> events = new LinkedHashMap<>();
    private final LinkedHashMap<String, Kept> kept = new LinkedHashMap<>();
    private String webhookUrl;
    private Predicate<String> wanted = type -> false;
    private Consumer<List<Event>> happened = made -> {};

    /** Opens the ledger in the folder and reads what is in it. Throws IOException where it is in use or damaged. */
    Ledger(Path folder, Signer signer) throws IOException {
        this.signer = signer;
        journal = new Journal(folder);
        int lines = journal.replay(this::take);
        trim();
        int objects = orders.size() + captures.size() + refunds.size() + disputes.size() + events.size() + kept.size();
        if (lines > COMPACT_FROM_LINES + 2 * objects) {
            journal.rewrite(snapshot());
        }
    }

    /** A change in the making: what it will put into the ledger, in order. It is applied as a whole, or dropped. */
    final class Change {
        private final List<Object> objects = new ArrayList<>();

        Ledger ledger() {
            return Ledger.this;
        }

        <T> T put(T object) {
            objects.add(object);
            return object;
        }

        /**
         * Adds an event.
         *
         * @param kind checkout-order, capture, refund or dispute
         * @param order which order it belongs to
         */
        void event(String type, String kind, String summary, Map<String, Object> resource, String order) {
            String id = "WH-" + Ids.next() + "-" + Ids.next();
            Map<String, Object> payload = Json.object(
                    "id", id,
                    "event_version", "1.0",
                    "create_time", Instant.ofEpochSecond(now()).toString(),
                    "resource_type", kind,
                    "resource_version", "2.0",
                    "event_type", type,
                    "summary", summary,
                    "resource", resource,
                    "links", List.of());
            put(new Event(
                    id,
                    now(),
                    type,
                    Json.text(resource, kind.equals("dispute") ? "dispute_id" : "id"),
                    order,
                    Packed.of(Json.write(payload)),
                    wanted.test(type),
                    0,
                    0));
        }
    }

    static long now() {
        return System.currentTimeMillis() / 1000;
    }

    /** Makes a change and comes back when it is durable; if {@code work} throws, nothing changed. */
    <T> T change(Function<Change, T> work) {
        T result;
        long position;
        List<Event> made = new ArrayList<>();
        lock.lock();
        try {
            Change change = new Change();
            result = work.apply(change);
            if (!change.objects.isEmpty()) {
                Map<String, Object> line = new LinkedHashMap<>();
                for (Object object : change.objects) {
                    put(object);
                    add(line, object);
                    if (object instanceof Event event) {
                        made.add(event);
                    }
                }
                trim();
                journal.append(line);
            }
            position = journal.appended();
        } finally {
            lock.unlock();
        }
        journal.awaitDurable(position);
        happened.accept(made);
        return result;
    }

    /** Looks, at one moment, at what is durable by the time this returns. */
    <T> T read(Supplier<T> look) {
        T seen;
        long position;
        lock.lock();
        try {
            seen = look.get();
            position = journal.appended();
        } finally {
            lock.unlock();
        }
        journal.awaitDurable(position);
        return seen;
    }

    @Override
    public void connect(Predicate<String> wanted, Consumer<List<Event>> happened) {
        this.wanted = wanted;
        this.happened = happened;
    }

    @Override
    public List<Event> outgoing() {
        return read(() -> List.copyOf(events.values()));
    }

    @Override
    public Event outgoing(String id) {
        return read(() -> events.get(id));
    }

    /** Not waited for: if it is lost in a crash the event is delivered once more, as webhooks are. */
    @Override
    public void tried(Event event) {
        lock.lock();
        try {
            // Unless a reset took it away meanwhile.
            if (events.replace(event.id(), event) != null) {
                journal.append(event.triedLine());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String webhookUrl() {
        return read(() -> webhookUrl);
    }

    @Override
    public Map<String, String> headers(String payload, String signature, long offsetSeconds) {
        return signer.headers(payload, signature, offsetSeconds);
    }

    void webhookUrl(String url) {
        long position;
        lock.lock();
        try {
            webhookUrl = url;
            position = journal.append(Json.object("webhook_url", url));
        } finally {
            lock.unlock();
        }
        journal.awaitDurable(position);
    }

    /** As if every PayPal-Request-Id were older than PayPal keeps it. */
    void forgetRequestIds() throws IOException {
        lock.lock();
        try {
            kept.clear();
            journal.rewrite(snapshot());
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything but where the webhooks go. */
    void reset() throws IOException {
        lock.lock();
        try {
            List.of(orders, captures, refunds, disputes, events, kept).forEach(Map::clear);
            journal.rewrite(snapshot());
        } finally {
            lock.unlock();
        }
    }

    // What follows is called inside change() or read().

    void refuseIfFull() {
        if (orders.size() >= MOST_ORDERS) {
            throw PayPalError.failed(500);
        }
    }

    /** Throws PayPalError 404 where it is not there, or its time has run out. */
    Order order(String id) {
        Order order = orders.get(id);
        if (order == null || order.isGone(now())) {
            throw PayPalError.notFound();
        }
        return order;
    }

    Capture capture(String id) {
        Capture capture = captures.get(id);
        if (capture == null) {
            throw PayPalError.notFound();
        }
        return capture;
    }

    Refund refund(String id) {
        Refund refund = refunds.get(id);
        if (refund == null) {
            throw PayPalError.notFound();
        }
        return refund;
    }

    Dispute dispute(String id) {
        Dispute dispute = disputes.get(id);
        if (dispute == null) {
            throw PayPalError.notFound();
        }
        return dispute;
    }

    List<Dispute> disputesOf(Capture capture) {
        return disputes.values().stream()
                .filter(dispute -> dispute.capture().equals(capture.id()))
                .toList();
    }

    /** What can still go back: what was not given back, and not taken by a dispute. */
    Amount left(Capture capture) {
        Amount left = capture.left();
        for (Dispute dispute : disputesOf(capture)) {
            left = dispute.taken() == null ? left : left.minus(dispute.taken());
        }
        return left;
    }

    List<Capture> capturesOf(Order order) {
        return captures.values().stream()
                .filter(capture -> capture.order().equals(order.id()))
                .toList();
    }

    List<Refund> refundsOf(Order order) {
        List<String> ids = capturesOf(order).stream().map(Capture::id).toList();
        return refunds.values().stream()
                .filter(refund -> ids.contains(refund.capture()))
                .toList();
    }

    Kept kept(String key) {
        Kept known = kept.get(key);
        return known == null || known.until() < now() ? null : known;
    }

    List<Order> orders() {
        return List.copyOf(orders.values());
    }

    List<Capture> captures() {
        return List.copyOf(captures.values());
    }

    List<Refund> refunds() {
        return List.copyOf(refunds.values());
    }

    List<Dispute> disputes() {
        return List.copyOf(disputes.values());
    }

    private void put(Object object) {
        switch (object) {
            case Order order -> orders.put(order.id(), order);
            case Capture capture -> captures.put(capture.id(), capture);
            case Refund refund -> refunds.put(refund.id(), refund);
            case Dispute dispute -> disputes.put(dispute.id(), dispute);
            case Event event -> events.put(event.id(), event);
            case Kept id -> kept.put(id.key(), id);
            default -> throw new IllegalArgumentException(object.getClass().getName());
        }
    }

    private static void add(Map<String, Object> line, Object object) {
        switch (object) {
            case Order order -> add(line, "orders", order.state());
            case Capture capture -> add(line, "captures", capture.state());
            case Refund refund -> add(line, "refunds", refund.state());
            case Dispute dispute -> add(line, "disputes", dispute.state());
            case Event event -> add(line, "events", event.state());
            case Kept id -> add(line, "kept", id.state());
            default -> throw new IllegalArgumentException(object.getClass().getName());
        }
    }

    @SuppressWarnings("unchecked")
    private static void add(Map<String, Object> line, String kind, Map<String, Object> state) {
        ((List<Object>) line.computeIfAbsent(kind, k -> new ArrayList<>())).add(state);
    }

    private void take(Map<String, Object> line) {
        Json.maps(line, "orders").stream().map(Order::from).forEach(this::put);
        Json.maps(line, "captures").stream().map(Capture::from).forEach(this::put);
        Json.maps(line, "refunds").stream().map(Refund::from).forEach(this::put);
        Json.maps(line, "disputes").stream().map(Dispute::from).forEach(this::put);
        Json.maps(line, "events").stream().map(Event::from).forEach(this::put);
        Json.maps(line, "kept").stream().map(Kept::from).forEach(this::put);
        if (line.containsKey("webhook_url")) {
            webhookUrl = Json.text(line, "webhook_url");
        }
        Event tried = events.get(Json.text(line, "tried"));
        if (tried != null) {
            put(tried.triedAsIn(line));
        }
    }

    private List<Map<String, Object>> snapshot() {
        List<Map<String, Object>> lines = new ArrayList<>();
        lines.add(Json.object("webhook_url", webhookUrl));
        List.of(orders, captures, refunds, disputes, events, kept)
                .forEach(kind -> kind.values().forEach(object -> {
                    Map<String, Object> line = new LinkedHashMap<>();
                    add(line, object);
                    lines.add(line);
                }));
        return lines;
    }

    private void trim() {
        Iterator<Kept> oldest = kept.values().iterator();
        while (oldest.hasNext() && kept.size() > MOST_KEPT) {
            oldest.next();
            oldest.remove();
        }
        // In batches, so that a long row of undelivered events is not walked for each new one.
        if (events.size() > MOST_FINISHED_EVENTS + 500) {
            Iterator<Event> first = events.values().iterator();
            while (first.hasNext() && events.size() > MOST_FINISHED_EVENTS) {
                if (!first.next().pending() || events.size() > MOST_EVENTS) {
                    first.remove();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
