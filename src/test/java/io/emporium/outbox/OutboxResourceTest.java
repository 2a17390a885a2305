package io.emporium.outbox;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;

import io.emporium.outbox.Probe.Probed;
import io.emporium.shared.Money;
import io.emporium.web.Caller;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.security.AttributeType;
import io.quarkus.test.security.SecurityAttribute;
import io.quarkus.test.security.TestSecurity;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an admin sees of the events and does about the parked ones; what is forgotten, and how events are written. */
@QuarkusTest
class OutboxResourceTest {
    private static final String ADMIN_ID = "920001";

    @Inject
    EntityManager database;

    @Inject
    Housekeeping housekeeping;

    @Inject
    CloudEvents cloudEvents;

    @Test
    @TestSecurity(
            user = "admin",
            roles = Caller.ADMIN,
            attributes = @SecurityAttribute(key = Caller.USER_ID, value = ADMIN_ID, type = AttributeType.LONG))
    void an_admin_sees_a_parked_message_and_has_it_tried_again() {
        sql("CREATE TABLE IF NOT EXISTS probe_effects (event_id uuid)");
        sql("INSERT INTO users (user_id, email, password_hash, first_name, last_name, role) VALUES (" + ADMIN_ID
                + ", 'replayer@example.com', 'x', 'Ad', 'Min', 'admin') ON CONFLICT DO NOTHING");
        UUID id = UUID.randomUUID();
        String payload = cloudEvents.write(new Probed(id, 1, false, Instant.now()));
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("""
                        INSERT INTO inbox (consumer, event_id, type, payload, status, attempts, last_error)
                        VALUES ('probe', :id, 'probe.probed', :payload, 'parked', 5, 'java.lang.IllegalStateException: poison')
                        """)
                        .setParameter("id", id)
                        .setParameter("payload", payload)
                        .executeUpdate());
        long number = count("SELECT message_id FROM inbox WHERE event_id = '" + id + "'");

        given().queryParam("limit", 1)
                .get("/api/v1/admin/outbox")
                .then()
                .statusCode(200)
                .body("data.unsent", greaterThanOrEqualTo(0))
                .body("data.oldest_age_seconds", greaterThanOrEqualTo(0))
                .body("data.parked", hasSize(1))
                .body("data.parked[0].id", equalTo((int) number))
                .body("data.parked[0].consumer", equalTo("probe"))
                .body("data.parked[0].attempts", equalTo(5))
                .body("data.parked[0].last_error", equalTo("java.lang.IllegalStateException: poison"))
                .body("data.pagination.items_per_page", equalTo(1));
        String key = UUID.randomUUID().toString();
        for (int again = 0; again < 2; again++) {
            given().header("Idempotency-Key", key)
                    .post("/api/v1/admin/outbox/parked/" + number + "/replay")
                    .then()
                    .statusCode(200);
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> count("SELECT count(*) FROM probe_effects WHERE event_id = '" + id + "'") == 1);
        given().post("/api/v1/admin/outbox/parked/" + number + "/replay").then().statusCode(404);
        assertThat(count("SELECT count(*) FROM audit_log WHERE action = 'outbox.replayed' AND entity_id = '" + number
                        + "'"))
                .isEqualTo(1);
    }

    @Test
    @TestSecurity(
            user = "customer",
            roles = "customer",
            attributes = @SecurityAttribute(key = Caller.USER_ID, value = "1", type = AttributeType.LONG))
    void a_customer_does_not_see_the_outbox() {
        given().get("/api/v1/admin/outbox").then().statusCode(403);
        given().post("/api/v1/admin/outbox/parked/1/replay").then().statusCode(403);
    }

    @Test
    void what_was_sent_and_taken_a_month_ago_is_forgotten_and_nothing_else() {
        UUID old = UUID.randomUUID();
        UUID young = UUID.randomUUID();
        UUID parked = UUID.randomUUID();
        sent(old, 31);
        sent(young, 29);
        sql("INSERT INTO inbox (consumer, event_id, type, payload, status, done_at) VALUES ('gone', '" + old
                + "', 'x', 'x', 'done', now() - interval '31 days')");
        sql("INSERT INTO inbox (consumer, event_id, type, payload, status, received_at) VALUES ('gone', '" + parked
                + "', 'x', 'x', 'parked', now() - interval '31 days')");
        housekeeping.purge();
        assertThat(count("SELECT count(*) FROM outbox WHERE event_id = '" + old + "'"))
                .isZero();
        assertThat(count("SELECT count(*) FROM outbox WHERE event_id = '" + young + "'"))
                .isEqualTo(1);
        assertThat(count("SELECT count(*) FROM inbox WHERE event_id = '" + old + "'"))
                .isZero();
        assertThat(count("SELECT count(*) FROM inbox WHERE event_id = '" + parked + "'"))
                .isEqualTo(1);
    }

    /** An event with money, as orders have. */
    record Priced(UUID id, Money total, Instant at) implements DomainEvent {
        @Override
        public String type() {
            return "probe.priced";
        }

        @Override
        public String entityType() {
            return "probe";
        }

        @Override
        public long entityId() {
            return 7;
        }
    }

    @Test
    void an_event_is_a_cloud_event_whose_amounts_are_exact_and_have_a_currency() {
        var event = new Priced(
                UUID.fromString("0b8f1c1e-0000-4000-8000-000000000001"),
                Money.of(new BigDecimal("1000.00"), "USD"),
                Instant.parse("2026-01-15T10:00:00Z"));
        String written = cloudEvents.write(event);
        assertThat(written)
                .isEqualTo("{\"specversion\":\"1.0\",\"id\":\"0b8f1c1e-0000-4000-8000-000000000001\","
                        + "\"source\":\"/emporium/probes\",\"type\":\"probe.priced\",\"subject\":\"7\","
                        + "\"time\":\"2026-01-15T10:00:00Z\",\"datacontenttype\":\"application/json\","
                        + "\"data\":{\"id\":\"0b8f1c1e-0000-4000-8000-000000000001\","
                        + "\"total\":{\"amount\":1000.00,\"currency\":\"USD\"},\"at\":\"2026-01-15T10:00:00Z\"}}");
        assertThat(cloudEvents.read(written.getBytes(StandardCharsets.UTF_8)).as(Priced.class))
                .isEqualTo(event);
    }

    private void sent(UUID id, int daysAgo) {
        sql(
                "INSERT INTO outbox (event_id, type, entity_type, entity_id, payload, occurred_at, sent_at, taken_at) VALUES ('"
                        + id + "', 'x', 'x', 1, '{}', now(), now() - interval '40 days', now() - interval '" + daysAgo
                        + " days')");
    }

    private long count(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query).getSingleResult()).longValue());
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }
}
