package io.emporium.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Shopper;
import io.emporium.identity.Crowd;
import io.emporium.inventory.StockCount;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * How many orders a second the shop takes of one product, and of many: {@code ./mvnw test -Dtest=FlashSaleBench}, with
 * {@code -Demporium.bench.distance=1} for a database one millisecond away. Buyers, carts and sessions are made before; each
 * buyer waits for an answer and is followed by the next. Not run by a build: its name does not end in Test.
 */
@QuarkusTest
@TestProfile(FlashSaleBench.Far.class)
class FlashSaleBench {
    private static final int ORDERS = Integer.getInteger("emporium.bench.orders", 1_500);
    private static final int[] AT_ONCE = {1, 16, 64};
    private static final int SHELF = 64;
    private static final int SPARE = 7;
    private static final String DISTANCE = System.getProperty("emporium.bench.distance", "0");

    /** The workers are off: what they do after an order is not what is measured. */
    public static class Far implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new java.util.HashMap<>(Map.of("emporium.worker", "false"));
            if (!DISTANCE.equals("0")) {
                settings.put(
                        "quarkus.datasource.jdbc.additional-jdbc-properties.socketFactory", "io.emporium.FarSockets");
                settings.put("quarkus.datasource.jdbc.additional-jdbc-properties.socketFactoryArg", DISTANCE);
            }
            return settings;
        }
    }

    private enum Way {
        WHOLE("/test/whole-lock/orders", 1),
        ONE("/api/v1/orders", 1),
        MANY("/api/v1/orders", SHELF);

        private final String path;
        private final int products;

        Way(String path, int products) {
            this.path = path;
            this.products = products;
        }
    }

    private record Result(Way way, int atOnce, double perSecond, double medianMs, double p99Ms, int refused) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-5s %2d buyers at once: %6.0f orders/s, median %6.1f ms, p99 %6.1f ms, %d refused",
                    way,
                    atOnce,
                    perSecond,
                    medianMs,
                    p99Ms,
                    refused);
        }
    }

    @TestHTTPResource("/")
    URI shop;

    @Inject
    Crowd crowd;

    @Inject
    StockCount stockCount;

    @Inject
    EntityManager database;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void orders_a_second_of_one_product_and_of_many() throws Exception {
        for (Way way : Way.values()) {
            sell(way, 16, ORDERS);
        }
        List<Result> results = new ArrayList<>();
        for (int atOnce : AT_ONCE) {
            for (Way way : Way.values()) {
                results.add(sell(way, atOnce, atOnce == 1 ? ORDERS / 4 : ORDERS));
            }
        }
        System.out.println("Database " + DISTANCE + " ms away, " + ORDERS + " orders a line, "
                + Runtime.getRuntime().availableProcessors() + " cores");
        results.forEach(System.out::println);
    }

    private Result sell(Way way, int atOnce, int orders) throws Exception {
        List<Long> products = products(way.products, orders);
        List<Shopper> buyers = crowd.come(orders);
        fillCarts(buyers, products);
        var queue = new ConcurrentLinkedQueue<>(buyers.stream()
                .map(buyer -> HttpRequest.newBuilder(shop.resolve(way.path))
                        .timeout(Duration.ofSeconds(60))
                        .header("Authorization", "Bearer " + buyer.token)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"shipping_address_id\":" + buyer.addressId()
                                + ",\"payment_method\":\"credit_card\"}"))
                        .build())
                .toList());
        long[] took = new long[orders];
        var taken = new AtomicInteger();
        var refused = new AtomicInteger();
        long start = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(atOnce)) {
            for (int i = 0; i < atOnce; i++) {
                threads.submit(() -> {
                    HttpRequest next;
                    while ((next = queue.poll()) != null) {
                        long asked = System.nanoTime();
                        int status = client.send(next, HttpResponse.BodyHandlers.discarding())
                                .statusCode();
                        took[taken.getAndIncrement()] = System.nanoTime() - asked;
                        if (status / 100 != 2) {
                            refused.incrementAndGet();
                        }
                    }
                    return null;
                });
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        // Whoever waited too long for a connection was told so, and has taken nothing.
        assertThat(left(products)).isEqualTo(SPARE + refused.get());
        Arrays.sort(took);
        return new Result(
                way,
                atOnce,
                (orders - refused.get()) / seconds,
                took[orders / 2] / 1e6,
                took[(int) (orders * 0.99)] / 1e6,
                refused.get());
    }

    /** As many pieces as there are buyers, and a few more. */
    private List<Long> products(int count, int orders) {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<Long> ids = database.createNativeQuery("""
                            INSERT INTO products (name, price, category, sku)
                            SELECT 'Flash', 9.99, 'flash', 'FLASH-' || gen_random_uuid() FROM generate_series(1, :count) RETURNING product_id
                            """, Long.class)
                    .setParameter("count", count)
                    .getResultList();
            for (int i = 0; i < count; i++) {
                int quantity = (orders + count - 1 - i) / count + (i == 0 ? SPARE : 0);
                stockCount.set(ids.get(i), quantity, "received", null);
            }
            return ids;
        });
    }

    private void fillCarts(List<Shopper> buyers, List<Long> products) {
        QuarkusTransaction.requiringNew().run(() -> {
            Long[] users = buyers.stream().map(buyer -> buyer.userId).toArray(Long[]::new);
            Long[] wanted = new Long[users.length];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = products.get(i % products.size());
            }
            database.createNativeQuery("""
                            WITH wanted AS (
                                SELECT * FROM unnest(CAST(:users AS bigint[]), CAST(:products AS bigint[])) AS w (user_id, product_id)),
                            filled AS (INSERT INTO carts (user_id) SELECT user_id FROM wanted RETURNING cart_id, user_id)
                            INSERT INTO cart_items (cart_id, product_id) SELECT cart_id, product_id FROM filled JOIN wanted USING (user_id)
                            """)
                    .setParameter("users", users)
                    .setParameter("products", wanted)
                    .executeUpdate();
            database.createNativeQuery("ANALYZE users, sessions, carts, cart_items, orders, products")
                    .executeUpdate();
        });
    }

    private long left(List<Long> products) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(
                                        "SELECT sum(stock_quantity) FROM products WHERE product_id = ANY (:products)")
                                .setParameter("products", products.toArray(Long[]::new))
                                .getSingleResult())
                        .longValue());
    }
}
