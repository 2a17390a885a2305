package io.emporium.watch;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.LocalServerSwitch;
import io.emporium.Management;
import io.emporium.Shopper;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Alerts and dashboards ask for what the shop tells, and tell when something is wrong and when it is right again. */
@QuarkusTest
class AlertsTest {
    private static final Path OPERATIONS = Path.of("docs/operations.md");

    /** Told when it first happens, which here is in other tests: a mail that comes back, a limit that is hit, a full collection. */
    private static final Set<String> LATER = Set.of(
            "deliveries_reported_total",
            "rate_limit_refusals_total",
            "cache_lookups_total",
            "jvm_gc_pause_seconds_sum");

    @TempDir
    Path folder;

    /** Everything that is counted is there from the first time on: so let it happen once. */
    private static Shopper once() {
        Shopper admin = Shopper.admin();
        Shopper ada = Shopper.registered();
        long product = admin.createProduct("19.99", 2);
        long order = ada.paidOrder(product, 2);
        long declined = ada.order(admin.createProduct("19.99", 5), 1);
        ada.pay(declined, "pm_card_chargeDeclined").then().statusCode(402);
        given().contentType(ContentType.JSON)
                .body(Map.of("email", ada.email, "password", "wrong-Passw0rd-" + UUID.randomUUID()))
                .post("/api/v1/auth/login")
                .then()
                .statusCode(401);
        // On a machine that stands still both may take longer than somebody waits.
        Awaitility.await()
                .until(() -> given().get("/api/v1/products/search?q=mouse").statusCode() == 200);
        given().get("/api/v1/products").then().statusCode(200);
        ada.request().contentType(ContentType.JSON).body(Map.of()).post("/api/v1/orders/" + order + "/cancel");
        return ada;
    }

    @Test
    void every_metric_that_is_asked_for_is_told() {
        once();
        Set<String> asked = new TreeSet<>();
        WatchFiles.alerts().forEach(alert -> asked.addAll(WatchFiles.metrics(alert.query())));
        WatchFiles.panels().forEach(panel -> asked.addAll(WatchFiles.metrics(panel.query())));
        asked.removeAll(LATER);
        assertThat(asked).contains("payments_recent", "outbox_age_seconds", "http_server_requests_seconds_bucket");

        Awaitility.await()
                .atMost(Duration.ofSeconds(180))
                .untilAsserted(() -> assertThat(Scrape.now().names()).containsAll(asked));
    }

    @Test
    void each_alert_says_how_bad_it_is_and_where_it_stands_what_to_do() throws IOException {
        Set<String> anchors = new TreeSet<>();
        for (String line : Files.readAllLines(OPERATIONS)) {
            if (line.startsWith("#")) {
                anchors.add(
                        line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", ""));
            }
        }
        Set<String> names = new TreeSet<>();
        for (WatchFiles.Alert alert : WatchFiles.alerts()) {
            assertThat(names.add(alert.name())).as(alert.name()).isTrue();
            assertThat(alert.rule().at("/labels/severity").asText()).isIn("page", "ticket");
            assertThat(alert.rule().at("/annotations/summary").asText()).isNotBlank();
            String url = alert.rule().at("/annotations/runbook_url").asText();
            assertThat(url).isEqualTo("docs/operations.md#" + alert.name().toLowerCase(Locale.ROOT));
            assertThat(anchors).contains(url.split("#")[1]);
            assertThat(Path.of("docker/prometheus/alerts-test.yml")).content().contains("alertname: " + alert.name());
        }
    }

    @Test
    @EnabledIf("io.emporium.watch.Prometheus#isHere")
    void prometheus_takes_the_rules_and_each_fires_when_it_should_and_only_then() throws Exception {
        assertThat(Prometheus.promtool("check", "rules", WatchFiles.RULES.toString()))
                .isEmpty();
        assertThat(Prometheus.promtool("test", "rules", "docker/prometheus/alerts-test.yml"))
                .isEmpty();
    }

    @Test
    @EnabledIf("io.emporium.watch.Prometheus#isHere")
    void an_alert_fires_while_a_server_is_away_and_clears_when_it_is_back() throws Exception {
        try (var prometheus = new Prometheus(folder, Management.port(), quicker())) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(prometheus.series("dependency_up{name=\"Redis\"} == 1"))
                            .isEqualTo(1));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(prometheus.firing())
                            .doesNotContain("DependencyAway", "OutboxOld", "ShopDown", "NoWorker"));

            var redis = new LocalServerSwitch("redis");
            var broker = new LocalServerSwitch("rabbitmq");
            redis.stop();
            broker.stop();
            try {
                once();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(90))
                        .untilAsserted(() -> assertThat(prometheus.firing()).contains("DependencyAway", "OutboxOld"));
            } finally {
                redis.start();
                broker.start();
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(120))
                    .untilAsserted(() -> assertThat(prometheus.firing()).doesNotContain("DependencyAway", "OutboxOld"));
        }
    }

    @Test
    @EnabledIf("io.emporium.watch.Prometheus#isHere")
    void each_panel_shows_something_after_a_run() throws Exception {
        try (var prometheus = new Prometheus(folder, Management.port(), WatchFiles.RULES)) {
            for (int i = 0; i < 3; i++) {
                once();
                Thread.sleep(1_500);
            }
            Awaitility.await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                for (WatchFiles.Panel panel : WatchFiles.panels()) {
                    if (WatchFiles.isForeign(panel.query())
                            || WatchFiles.metrics(panel.query()).stream().anyMatch(LATER::contains)) {
                        continue;
                    }
                    String query = panel.query().replace("$__rate_interval", "1m");
                    assertThat(prometheus.series(query))
                            .as(panel.dashboard() + " " + panel.title() + ": " + query)
                            .isPositive();
                }
            });
        }
    }

    /** The same rules, that wait for seconds in place of minutes. */
    private Path quicker() throws IOException {
        Path rules = folder.resolve("alerts.yml");
        Files.writeString(
                rules,
                Files.readString(WatchFiles.RULES)
                        .replaceAll("(?m)^( +for: ).*$", "$12s")
                        .replace("outbox_age_seconds) > 120", "outbox_age_seconds) > 5"));
        assertThat(Files.readString(rules)).contains("> 5");
        return rules;
    }
}
