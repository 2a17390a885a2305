package io.emporium.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * Random walks through the shop, four at once, each step foretold by a model ({@link Walk}): carts, stock, orders, payments
 * and refunds. {@code -Dfuzz.walks=500} for the whole of it, {@code -Dfuzz.seed=…} for one that was printed.
 */
@QuarkusTest
class WalkTest {
    private static final int WALKS = Integer.getInteger("fuzz.walks", 40);
    private static final int STEPS = 40;
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int AT_ONCE = 4;

    @TestHTTPResource
    URI door;

    @Inject
    Invariants invariants;

    @Inject
    DataSource database;

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger steps = new AtomicInteger();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Map<Long, Long> refunded = new ConcurrentHashMap<>();
    private final Map<String, Integer> reached = new ConcurrentSkipListMap<>();

    @Test
    void the_shop_does_what_the_model_foretells() throws Exception {
        System.out.println("Walks: " + WALKS + " x " + STEPS + ", -Dfuzz.seed=" + SEED);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofPlatform().name("walk-" + i).start(this::walk));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println("Walks: " + steps + " requests, orders " + reached);
        assertThat(faults).as("seed " + SEED).isEmpty();
        assertThat(reached)
                .as("what walks have come to")
                .containsKeys("CANCELLED", "CONFIRMED")
                .containsAnyOf(
                        Map.entry("SHIPPED", reached.getOrDefault("SHIPPED", 0)),
                        Map.entry("DELIVERED", reached.getOrDefault("DELIVERED", 0)));
        await().atMost(Duration.ofSeconds(60))
                .pollInSameThread()
                .untilAsserted(() -> assertThat(otherwiseRefunded()).isEmpty());
        invariants.hold();
    }

    private void walk() {
        Shopper admin = Shopper.admin();
        for (int i = next.getAndIncrement(); i < WALKS; i = next.getAndIncrement()) {
            try (var line = new RawHttp(door.getPort())) {
                var walk = new Walk(new SplittableRandom(SEED * 1_000_003 + i), line, Newcomers.registered(), admin);
                steps.addAndGet(walk.go(STEPS).size());
                refunded.putAll(walk.refunded());
                walk.reached().forEach((status, count) -> reached.merge(status.toString(), count, Integer::sum));
            } catch (Exception | AssertionError other) {
                faults.add("walk " + i + ": " + other);
            }
        }
    }

    /** Orders of which more or less went back than the model knows. */
    private List<String> otherwiseRefunded() throws SQLException {
        List<String> others = new ArrayList<>();
        try (var connection = database.getConnection();
                var refunds = connection.prepareStatement(
                        "SELECT coalesce(-sum(amount), 0) FROM transactions WHERE order_id = ? AND transaction_type = 'refund' AND status = 'completed'")) {
            for (Map.Entry<Long, Long> order : refunded.entrySet()) {
                refunds.setLong(1, order.getKey());
                try (var row = refunds.executeQuery()) {
                    row.next();
                    if (row.getBigDecimal(1).movePointRight(2).longValue() != order.getValue()) {
                        others.add("order " + order.getKey() + ": " + row.getBigDecimal(1) + ", foretold "
                                + order.getValue() + " cents");
                    }
                }
            }
        }
        return others;
    }
}
