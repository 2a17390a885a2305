package io.emporium.local.stripe;

import io.emporium.local.provider.Event;
import io.emporium.local.provider.Journal;
import io.emporium.local.provider.Json;
import io.emporium.local.provider.KeptAnswer;
import io.emporium.local.provider.Outgoing;
import java.io.IOException;
import java.nio.file.Path;
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
 * Everything the fake knows, in memory and in its {@link Journal}. A change is one line of the journal: the intent, its charge, the
 * events and the answer kept under the idempotency key become true together or not at all. Nothing is shown to anybody before it is
 * on the disk. Bounds: 100,000 intents (then creating is refused: reset), 5,000 finished events, 100,000 kept answers.
 */
final class Ledger implements Outgoing, AutoCloseable {
    private static final int MOST_INTENTS = 100_000;
    private static final int MOST_FINISHED_EVENTS = 5_000;
    private static final int MOST_EVENTS = 25_000;
    private static final int MOST_ANSWERS = 100_000;
    private static final long ANSWER_KEPT_SECONDS = 25 * 3600;
    private static final int COMPACT_FROM_LINES = 5_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Journal journal;
    private final LinkedHashMap<String, Intent> intents = new LinkedHashMap<>();
    private final LinkedHashMap<String, Charge> charges = new LinkedHashMap<>();
    private final LinkedHashMap<String, Refund> refunds = new LinkedHashMap<>();
    private final LinkedHashMap<String, Dispute> disputes = new LinkedHashMap<>();
    private final LinkedHashMap<String, Customer> customers = new LinkedHashMap<>();
    private final LinkedHashMap<String, Method> methods = new LinkedHashMap<>();
    private final LinkedHashMap<String, Event> events = new LinkedHashMap<>();
    private final LinkedHashMap<String, KeptAnswer> answers = new LinkedHashMap<>();
    private Map<String, Object> webhook = Map.of();
    private Predicate<String> wanted = type -> false;
    private Consumer<List<Event>> happened = events -> {};
    private volatile String apiVersion = "2026-07-29.dahlia";

    /** Opens the ledger in the folder and reads what is in it. Throws IOException where it is in use or damaged. */
    Ledger(Path folder) throws IOException {
        journal = new Journal(folder);
        int lines = journal.replay(this::take);
        trimAnswers(now());
        trimEvents();
        // A compacted ledger has a line an object; it pays again when most lines are of no use any more.
        int objects = intents.size() + charges.size() + refunds.size() + events.size() + answers.size();
        if (lines > COMPACT_FROM_LINES + 2 * objects) {
            journal.rewrite(snapshot());
        }
    }

    @Override
    public void connect(Predicate<String> wanted, Consumer<List<Event>> happened) {
        this.wanted = wanted;
        this.happened = happened;
    }

    static long now() {
        return System.currentTimeMillis() / 1000;
    }

    /** Makes a change and comes back when it is durable; if {@code work} throws, nothing changed. */
    <T> T change(Origin origin, Function<Change, T> work) {
        T result;
        long position;
        List<Event> made;
        lock.lock();
        try {
            Change change = new Change(this, origin, wanted);
            result = work.apply(change);
            Map<String, Object> line = change.line();
            if (!line.isEmpty()) {
                change.objects().forEach(this::put);
                trimAnswers(now());
                trimEvents();
                journal.append(line);
            }
            position = journal.appended();
            made = change.events();
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

    /** Records a try to deliver. Not waited for: if it is lost in a crash the event is delivered once more, as webhooks are. */
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
    public List<Event> outgoing() {
        return read(() -> List.copyOf(events.values()));
    }

    @Override
    public Event outgoing(String id) {
        return read(() -> events.get(id));
    }

    @Override
    public String webhookUrl() {
        return Json.text(read(() -> webhook), "url");
    }

    @Override
    public Map<String, String> headers(String payload, String signature, long offsetSeconds) {
        String header =
                Signature.header(signature, payload, Json.text(read(() -> webhook), "secret"), now() + offsetSeconds);
        String agent = "Stripe/1.0 (fake of Emporium's local mode)";
        return header == null ? Map.of("User-Agent", agent) : Map.of("User-Agent", agent, "Stripe-Signature", header);
    }

    void webhook(String url, String secret) {
        long position;
        lock.lock();
        try {
            webhook = Json.object("url", url, "secret", secret);
            position = journal.append(Map.of("webhook", webhook));
        } finally {
            lock.unlock();
        }
        journal.awaitDurable(position);
    }

    /** Forgets everything but where the webhooks go. */
    void reset() throws IOException {
        lock.lock();
        try {
            List.of(intents, charges, refunds, disputes, customers, methods, events, answers)
                    .forEach(Map::clear);
            journal.rewrite(snapshot());
        } finally {
            lock.unlock();
        }
    }

    // What follows is called inside change() or read().

    void refuseIfFull() {
        if (intents.size() >= MOST_INTENTS) {
            throw StripeError.failed(500, "The fake Stripe's ledger is full: POST /_fake/reset.");
        }
    }

    Intent intent(String id) {
        return intents.get(id);
    }

    Charge charge(String id) {
        return charges.get(id);
    }

    Refund refund(String id) {
        return refunds.get(id);
    }

    Dispute dispute(String id) {
        return disputes.get(id);
    }

    Customer customer(String id) {
        return customers.get(id);
    }

    Method method(String id) {
        return methods.get(id);
    }

    LinkedHashMap<String, Customer> customers() {
        return customers;
    }

    LinkedHashMap<String, Method> methods() {
        return methods;
    }

    Event event(String id) {
        return events.get(id);
    }

    KeptAnswer answer(String key) {
        KeptAnswer kept = answers.get(key);
        return kept == null || kept.at() < now() - ANSWER_KEPT_SECONDS ? null : kept;
    }

    LinkedHashMap<String, Intent> intents() {
        return intents;
    }

    LinkedHashMap<String, Charge> charges() {
        return charges;
    }

    LinkedHashMap<String, Refund> refunds() {
        return refunds;
    }

    LinkedHashMap<String, Dispute> disputes() {
        return disputes;
    }

    LinkedHashMap<String, Event> events() {
        return events;
    }

    Map<String, Object> webhook() {
        return webhook;
    }

    /** The Stripe-Version that the merchant's client spoke last: what events are made in that no call of the merchant caused. */
    String apiVersion() {
        return apiVersion;
    }

    void apiVersion(String spoken) {
        apiVersion = spoken;
    }

    private void put(Object object) {
        switch (object) {
            case Intent intent -> intents.put(intent.id(), intent);
            case Charge charge -> charges.put(charge.id(), charge);
            case Refund refund -> refunds.put(refund.id(), refund);
            case Dispute dispute -> disputes.put(dispute.id(), dispute);
            case Customer customer -> customers.put(customer.id(), customer);
            case Method method -> methods.put(method.id(), method);
            case Event event -> events.put(event.id(), event);
            case KeptAnswer answer -> answers.put(answer.key(), answer);
            default -> throw new IllegalArgumentException(object.getClass().getName());
        }
    }

    private void take(Map<String, Object> line) {
        Json.maps(line, "intents").stream().map(Intent::from).forEach(this::put);
        Json.maps(line, "charges").stream().map(Charge::from).forEach(this::put);
        Json.maps(line, "refunds").stream().map(Refund::from).forEach(this::put);
        Json.maps(line, "disputes").stream().map(Dispute::from).forEach(this::put);
        Json.maps(line, "customers").stream().map(Customer::from).forEach(this::put);
        Json.maps(line, "methods").stream().map(Method::from).forEach(this::put);
        Json.maps(line, "events").stream().map(Event::from).forEach(this::put);
        Json.maps(line, "answers").stream().map(KeptAnswer::from).forEach(this::put);
        Json.maps(line, "intents").forEach(state -> apiVersion = Json.text(state, "api_version"));
        if (line.containsKey("webhook")) {
            webhook = Json.map(line, "webhook");
        }
        Event event = events.get(Json.text(line, "tried"));
        if (event != null) {
            put(event.triedAsIn(line));
        }
    }

    private List<Map<String, Object>> snapshot() {
        List<Map<String, Object>> lines = new ArrayList<>();
        lines.add(Map.of("webhook", webhook));
        intents.values().forEach(intent -> lines.add(Map.of("intents", List.of(intent.state()))));
        charges.values().forEach(charge -> lines.add(Map.of("charges", List.of(charge.state()))));
        refunds.values().forEach(refund -> lines.add(Map.of("refunds", List.of(refund.state()))));
        disputes.values().forEach(dispute -> lines.add(Map.of("disputes", List.of(dispute.state()))));
        customers.values().forEach(customer -> lines.add(Map.of("customers", List.of(customer.state()))));
        methods.values().forEach(method -> lines.add(Map.of("methods", List.of(method.state()))));
        events.values().forEach(event -> lines.add(Map.of("events", List.of(event.state()))));
        answers.values().forEach(answer -> lines.add(Map.of("answers", List.of(answer.state()))));
        return lines;
    }

    private void trimAnswers(long now) {
        Iterator<KeptAnswer> oldest = answers.values().iterator();
        while (oldest.hasNext()) {
            KeptAnswer answer = oldest.next();
            if (answers.size() <= MOST_ANSWERS && answer.at() >= now - ANSWER_KEPT_SECONDS) {
                return;
            }
            oldest.remove();
        }
    }

    private void trimEvents() {
        // In batches, so that a long row of undelivered events is not walked for each new one.
        if (events.size() > MOST_FINISHED_EVENTS + 500) {
            Iterator<Event> oldest = events.values().iterator();
            while (oldest.hasNext() && events.size() > MOST_FINISHED_EVENTS) {
                if (!oldest.next().pending() || events.size() > MOST_EVENTS) {
                    oldest.remove();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
