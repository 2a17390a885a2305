package io.emporium.watch;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Shopper;
import io.emporium.web.Permissions;
import io.emporium.web.ProbeResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What happens in the shop is in its metrics, and nothing of whom it happens to. */
@QuarkusTest
class MetricsTest {
    private static final Duration SOON = Duration.ofSeconds(180);
    private static final Duration WINDOW = Duration.ofMinutes(15);
    /** How long ago the gauge may have been read last. */
    private static final Duration READ_BEFORE = Duration.ofSeconds(10);

    @Inject
    EntityManager database;

    @TestHTTPResource
    URI door;

    @Test
    void a_purchase_is_counted_from_the_door_to_the_mail() {
        Scrape before = Scrape.now();
        Shopper ada = Shopper.registered();
        ada.paidOrder(Shopper.admin().createProduct("19.99", 1), 1);

        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            Scrape after = Scrape.now();
            more(before, after, "orders_total", "status", "pending");
            more(before, after, "orders_total", "status", "confirmed");
            more(before, after, "payments_attempts_total", "method", "credit_card", "outcome", "completed");
            more(before, after, "payments_processing_seconds_count", "method", "credit_card", "outcome", "completed");
            more(before, after, "stock_sold_out_total");
            more(before, after, "deliveries_total", "channel", "email", "outcome", "sent");
            more(before, after, "deliveries_sending_seconds_count", "channel", "email");
            more(before, after, "webhooks_received_total", "provider", "stripe");
            more(
                    before,
                    after,
                    "http_server_requests_seconds_count",
                    "method",
                    "POST",
                    "uri",
                    "/api/v1/orders",
                    "status",
                    "201");
        });
        recentlyEnded("completed");
    }

    @Test
    void what_goes_wrong_is_counted_too() {
        Shopper ada = Shopper.registered();
        Scrape before = Scrape.now();
        long order = ada.order(Shopper.admin().createProduct("19.99", 5), 1);
        ada.pay(order, "pm_card_chargeDeclined").then().statusCode(402);
        given().contentType(ContentType.JSON)
                .body(Map.of("email", ada.email, "password", "wrong-Passw0rd-" + UUID.randomUUID()))
                .post("/api/v1/auth/login")
                .then()
                .statusCode(401);
        given().get("/api/v1/products/999999999").then().statusCode(404);

        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            Scrape after = Scrape.now();
            more(before, after, "payments_attempts_total", "method", "credit_card", "outcome", "failed");
            more(before, after, "login_failures_total");
            more(
                    before,
                    after,
                    "http_server_requests_seconds_count",
                    "uri",
                    "/api/v1/products/{product_id}",
                    "status",
                    "404");
        });
        recentlyEnded("failed");
    }

    @Test
    void what_waits_and_who_is_there_is_read_now_and_then() {
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            Scrape now = Scrape.now();
            assertThat(now.names())
                    .contains(
                            "outbox_depth", "outbox_age_seconds", "orders_open", "database_size_bytes", "breaker_open");
            assertThat(now.values("of"))
                    .contains("credit_card", "paypal", "email", "promotions", "sms", "push")
                    .doesNotContain("bank_transfer");
            assertThat(now.sum("dependency_up", "name", "PostgreSQL")).isEqualTo(1);
            assertThat(now.sum("dependency_up", "name", "Redis")).isEqualTo(1);
            assertThat(now.sum("database_connections")).isPositive();
            assertThat(now.sum("database_connections_max")).isGreaterThan(now.sum("database_connections"));
            assertThat(now.sum("agroal_active_count") + now.sum("agroal_available_count"))
                    .isPositive();
        });
    }

    @Test
    void who_hangs_up_had_no_answer() throws Exception {
        String slow = "/api/v1/probe/slow";
        try (var client = new Socket(door.getHost(), door.getPort())) {
            client.getOutputStream()
                    .write(("GET " + slow + " HTTP/1.1\r\nHost: shop\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(ProbeResource.ASKED.tryAcquire(SOON.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        Awaitility.await()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(
                                Scrape.now().sum("http_server_requests_seconds_count", "uri", slow, "status", "none"))
                        .isEqualTo(1));
        ProbeResource.MAY_ANSWER.release();
        // What is said to nobody afterwards is no answer either.
        Awaitility.await()
                .during(Duration.ofSeconds(2))
                .atMost(SOON)
                .until(() -> Scrape.now().sum("http_server_requests_seconds_count", "uri", slow) == 1);
    }

    @Test
    void a_search_is_timed_by_who_found() {
        Scrape before = Scrape.now();
        given().get("/api/v1/products/search?q=mouse").then().statusCode(200);
        Scrape after = Scrape.now();
        assertThat(after.sum("search_seconds_count")).isGreaterThan(before.sum("search_seconds_count"));
    }

    @Test
    void nobody_makes_a_new_series_by_asking_for_something_new() {
        for (String path : new String[] {
            "/api/v1/products/8888888",
            "/api/v1/nothing/" + UUID.randomUUID(),
            "/" + UUID.randomUUID(),
            "/api/v1/orders/77777777",
            "/api/v1/unsubscribe/" + UUID.randomUUID(),
            "/;" + UUID.randomUUID()
        }) {
            given().urlEncodingEnabled(false).get(path);
        }
        Set<String> known = new TreeSet<>(Set.of("other"));
        Permissions.rows().forEach(row -> known.add(row.endpoint().split(" ")[1]));

        Scrape now = Scrape.now();
        assertThat(now.values("uri")).contains("other", "/api/v1/products/{product_id}");
        assertThat(now.values("uri"))
                .allSatisfy(uri -> assertThat(known.contains(uri) || uri.contains("probe"))
                        .as(uri)
                        .isTrue());
        assertThat(now.values("method")).doesNotContain("PROPFIND");
        // Neither an id nor an address anywhere: a label is one of a few words.
        now.all()
                .forEach(series -> series.labels()
                        .forEach((label, value) -> assertThat(value)
                                .as(series.name() + " " + label)
                                .doesNotContain("@")
                                .doesNotContainPattern("[0-9a-f]{8}-[0-9a-f]{4}")));
        // The JVM's own have some hundred; a label with an id in it has thousands soon.
        assertThat(now.all()).hasSizeLessThan(8_000);
    }

    /**
     * A gauge of the last quarter of an hour does not only grow: what other tests paid before leaves it meanwhile. It is what the
     * database says; read a little earlier, when older attempts were still in its window.
     */
    private void recentlyEnded(String outcome) {
        assertThat(ended(outcome, WINDOW)).isPositive();
        Awaitility.await()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(Scrape.now().sum("payments_recent", "outcome", outcome))
                        .isBetween((double) ended(outcome, WINDOW), (double) ended(outcome, WINDOW.plus(READ_BEFORE))));
    }

    private long ended(String outcome, Duration window) {
        return QuarkusTransaction.requiringNew().call(() -> (Long) database.createNativeQuery("""
                        SELECT count(*) FROM transactions
                         WHERE status = :outcome AND transaction_type = 'payment' AND created_at > now() - make_interval(secs => :window)
                        """, Long.class)
                .setParameter("outcome", outcome)
                .setParameter("window", window.toSeconds())
                .getSingleResult());
    }

    private static void more(Scrape before, Scrape after, String name, String... labels) {
        assertThat(after.sum(name, labels))
                .as(
                        "%s of %s",
                        name,
                        after.all().stream()
                                .filter(one -> one.name().equals(name))
                                .toList())
                .isGreaterThan(before.sum(name, labels));
    }
}
