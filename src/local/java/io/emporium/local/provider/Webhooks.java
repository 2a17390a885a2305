package io.emporium.local.provider;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Delivers events to the merchant until it answers 2xx: at once, then after 0.2, 1, 5, 15, 30 and every 60 seconds, for three days.
 * At most four at a time, so their order is as a rule that of their making, and never promised. What is undelivered is in the ledger
 * and goes on after a restart.
 */
public final class Webhooks {
    private static final long[] DELAYS_MS = {200, 1_000, 5_000, 15_000, 30_000, 60_000};
    private static final long GIVE_UP_AFTER_SECONDS = 3 * 86_400;
    private static final long REVERSING_WINDOW_MS = 500;
    private static final int AT_ONCE = 4;

    private final Outgoing ledger;
    private final Supplier<Delivery> settings;
    private final HttpClient client;
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMs).thenComparingLong(Due::number));
    private final Set<String> queued = new HashSet<>();
    private long number;

    /** An event whose time comes; {@code number} keeps the order of those with the same time. */
    private record Due(String eventId, long atMs, long number) {}

    /** What the receiver answered; status 0 where it did not, then {@code body} says why. */
    public record Receipt(int status, String body) {
        boolean ok() {
            return status >= 200 && status < 300;
        }
    }

    public Webhooks(Outgoing ledger, Supplier<Delivery> settings) {
        this.ledger = ledger;
        this.settings = settings;
        client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(3))
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /** Begins to deliver, with what an earlier process left undelivered. */
    public void start() {
        ledger.connect(this::wants, this::offer);
        offer(ledger.outgoing());
        Thread.ofPlatform().daemon().name("webhooks").start(this::run);
    }

    private boolean wants(String type) {
        return settings.get().wants(type) && ledger.webhookUrl() != null;
    }

    private void offer(List<Event> events) {
        Delivery how = settings.get();
        long due = System.currentTimeMillis() + how.delayMs() + (how.reversed() ? REVERSING_WINDOW_MS : 0);
        lock.lock();
        try {
            for (Event event : events) {
                if (event.pending() && queued.add(event.id())) {
                    queue.add(new Due(event.id(), due, number++));
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Looks at the switches again. */
    public void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what is waiting: the ledger was reset. */
    public void forget() {
        lock.lock();
        try {
            queue.clear();
            queued.clear();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            try {
                List<Due> batch = next();
                free.acquire();
                Thread.ofVirtual().start(() -> {
                    try {
                        batch.forEach(this::deliver);
                    } finally {
                        free.release();
                    }
                });
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    // The event whose time has come; in reversed order all that wait for their first try, the newest first.
    private List<Due> next() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                Due head = queue.peek();
                if (head == null || settings.get().held()) {
                    changed.await();
                    continue;
                }
                long wait = head.atMs() - System.currentTimeMillis();
                if (wait > 0) {
                    changed.await(wait, TimeUnit.MILLISECONDS);
                    continue;
                }
                if (!settings.get().reversed()) {
                    return List.of(queue.remove());
                }
                List<Due> all = new ArrayList<>(queue);
                queue.clear();
                all.sort(Comparator.comparingLong(Due::number).reversed());
                return all;
            }
        } finally {
            lock.unlock();
        }
    }

    private void deliver(Due due) {
        Event event = ledger.outgoing(due.eventId());
        if (event == null || !event.pending()) {
            dropped(due);
            return;
        }
        Delivery how = settings.get();
        Receipt receipt = sendWithDuplicates(event, how);
        boolean again = !receipt.ok() && System.currentTimeMillis() / 1000 - event.created() < GIVE_UP_AFTER_SECONDS;
        ledger.tried(event.tried(receipt.status(), again));
        dropped(due);
        if (again) {
            long delay = DELAYS_MS[Math.min(event.attempts(), DELAYS_MS.length - 1)];
            lock.lock();
            try {
                if (queued.add(event.id())) {
                    queue.add(new Due(event.id(), System.currentTimeMillis() + delay, due.number()));
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    // All at once: that is when a receiver that looks before it writes takes an event twice.
    private Receipt sendWithDuplicates(Event event, Delivery how) {
        List<Thread> duplicates = new ArrayList<>();
        for (int i = 0; i < how.duplicates(); i++) {
            duplicates.add(Thread.ofVirtual().start(() -> send(event, how.signature(), how.offsetSeconds())));
        }
        Receipt receipt = send(event, how.signature(), how.offsetSeconds());
        for (Thread duplicate : duplicates) {
            try {
                duplicate.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return receipt;
    }

    private void dropped(Due due) {
        lock.lock();
        try {
            queued.remove(due.eventId());
        } finally {
            lock.unlock();
        }
    }

    /** Sends an event now, whatever the switches say, signed in the given way. Does not count as a try. */
    public Receipt send(Event event, String signature, long offsetSeconds) {
        return post(event.payload().text(), signature, offsetSeconds);
    }

    /** Posts any text as a webhook. */
    public Receipt post(String payload, String signature, long offsetSeconds) {
        String url = ledger.webhookUrl();
        if (url == null) {
            return new Receipt(0, "no webhook URL is set");
        }
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(20))
                    .header("Content-Type", "application/json; charset=utf-8")
                    .POST(HttpRequest.BodyPublishers.ofString(payload));
            ledger.headers(payload, signature, offsetSeconds).forEach(request::header);
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return new Receipt(response.statusCode(), new String(body.readNBytes(4096), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            return new Receipt(0, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Receipt(0, "interrupted");
        }
    }
}
