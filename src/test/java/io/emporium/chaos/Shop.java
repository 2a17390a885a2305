package io.emporium.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.emporium.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The processes, each started again when it has died, and the way to one that lives, for customers and for webhooks. Two
 * serve whenever one is killed; a third is there so that the next kill need not wait for a start.
 */
final class Shop implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(120);
    private static final int TRIES = 3;
    static final List<String> PROCESSES = List.of("a", "b", "c");
    private static final String API = "/api/v1/";
    private static final String STRIPE = API + "payments/webhooks/stripe";
    private static final String TWILIO = API + "notifications/webhooks/twilio";

    /** @param nanos when, by {@link System#nanoTime} */
    record Death(ShopProcess process, long nanos) {}

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final List<ShopProcess> processes = new ArrayList<>();
    private final BlockingQueue<Death> deaths = new LinkedBlockingQueue<>();
    private final List<Duration> starts = new ArrayList<>();
    private final AtomicInteger failedStarts = new AtomicInteger();
    private final HttpServer balancer;
    private final Findings findings;
    private volatile boolean closing;

    Shop(Findings findings) throws IOException {
        this.findings = findings;
        balancer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        balancer.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        balancer.createContext(STRIPE, exchange -> forward(exchange, STRIPE, "Stripe-Signature"));
        balancer.createContext(TWILIO, exchange -> forward(exchange, TWILIO, "X-Twilio-Signature"));
        balancer.start();
    }

    /** Where the providers find the API and send their webhooks: to whichever process lives. */
    String api() {
        return "http://127.0.0.1:" + balancer.getAddress().getPort() + API;
    }

    /** One after the other, since the first makes the schema; and before them one that only makes their AOT cache. */
    void open(Map<String, String> environment) throws InterruptedException {
        open(environment, PROCESSES);
    }

    void open(Map<String, String> environment, List<String> names) throws InterruptedException {
        var first = new ShopProcess("training", FreePort.next(), environment, (_, _) -> {});
        first.start();
        if (!becomesReady(first)) {
            throw new IllegalStateException("No process starts, see target/chaos/shop-training.log");
        }
        first.endInOrder();
        for (String name : names) {
            add(environment, name);
        }
    }

    /** One more, which may see other servers than those that were opened. */
    void add(Map<String, String> environment, String name) {
        var process = new ShopProcess(name, FreePort.next(), environment, this::died);
        processes.add(process);
        start(process);
        if (!process.isReady()) {
            throw new IllegalStateException(
                    "Process " + name + " did not start, see target/chaos/shop-" + name + ".log");
        }
    }

    private void died(ShopProcess process, boolean served) {
        if (closing || process.endsInOrder()) {
            return;
        }
        if (!served && process.exitCode() == ShopProcess.KILLED) {
            // It came by an armed point before it was ready, and is being started by whoever waits for that.
            deaths.add(new Death(process, System.nanoTime()));
            return;
        }
        if (!served) {
            failedStarts.incrementAndGet();
            Findings.say("process " + process.name() + " ended in its start with " + process.exitCode());
            return;
        }
        deaths.add(new Death(process, System.nanoTime()));
        if (process.exitCode() != ShopProcess.KILLED) {
            findings.note("Process " + process.name() + " ended by itself with " + process.exitCode());
        }
        Thread.ofVirtual().start(() -> start(process));
    }

    /** Ends it in order, as a new release would, and starts it again. Returns how long it took to end. */
    Duration restart(ShopProcess process) throws InterruptedException {
        long begun = System.nanoTime();
        process.endInOrder();
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        if (process.exitCode() != ShopProcess.ENDED) {
            findings.note("Process " + process.name() + " was asked to end and did with " + process.exitCode());
        }
        start(process);
        return took;
    }

    /** On a machine that is short of processors a start can miss the database; whoever runs a process starts it again. */
    private void start(ShopProcess process) {
        for (int tries = 0; tries < TRIES && !closing; tries++) {
            long begun = System.nanoTime();
            process.start();
            if (becomesReady(process)) {
                synchronized (starts) {
                    starts.add(Duration.ofNanos(System.nanoTime() - begun));
                }
                return;
            }
        }
        if (!closing) {
            findings.note("Process " + process.name() + " does not start");
        }
    }

    private boolean becomesReady(ShopProcess process) {
        long deadline = System.nanoTime() + START.toNanos();
        HttpRequest health = HttpRequest.newBuilder(process.ready())
                .timeout(Duration.ofSeconds(2))
                .build();
        while (System.nanoTime() < deadline && !closing) {
            try {
                if (http.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    process.isReady(true);
                    return true;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (IOException notYet) {
                if (!process.isAlive()) {
                    return false;
                }
                pause(50);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    /** The next process that dies; null if none does in time. */
    @Nullable
    Death nextDeath(Duration within) throws InterruptedException {
        return deaths.poll(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One that serves; waits while there is none. */
    ShopProcess any() {
        List<ShopProcess> ready = await(1);
        return ready.get(ThreadLocalRandom.current().nextInt(ready.size()));
    }

    List<ShopProcess> processes() {
        return processes;
    }

    /** The two or more that serve, once there are as many. */
    List<ShopProcess> awaitTwo() {
        return await(2);
    }

    void awaitAll() {
        await(processes.size());
    }

    private List<ShopProcess> await(int count) {
        while (true) {
            List<ShopProcess> ready =
                    processes.stream().filter(ShopProcess::isReady).toList();
            if (ready.size() >= count) {
                return ready;
            }
            pause(20);
        }
    }

    /** How long each start took, to readiness. */
    List<Duration> starts() {
        synchronized (starts) {
            return List.copyOf(starts);
        }
    }

    /** What each process that serves has in memory, in megabytes, by Linux' own count. */
    Map<String, Long> memory() throws IOException {
        Map<String, Long> each = new TreeMap<>();
        for (ShopProcess process : processes) {
            Path status = Path.of("/proc", Long.toString(process.pid()), "status");
            if (process.isReady() && Files.exists(status)) {
                Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .forEach(line -> each.put(process.name(), Long.parseLong(line.replaceAll("\\D", "")) / 1024));
            }
        }
        return each;
    }

    int failedStarts() {
        return failedStarts.get();
    }

    private void forward(HttpExchange exchange, String path, String signature) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            HttpRequest request = HttpRequest.newBuilder(any().at(path))
                    .timeout(Duration.ofSeconds(30))
                    .header(
                            "Content-Type",
                            String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")))
                    .header(
                            signature,
                            String.valueOf(exchange.getRequestHeaders().getFirst(signature)))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            int status;
            try {
                status = http.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            } catch (IOException died) {
                status = 502;
            }
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        for (ShopProcess process : processes) {
            process.close();
        }
        balancer.stop(0);
    }
}
