package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What providers told is kept as long as it is of use, and no longer. */
@QuarkusTest
class OldWebhooksTest {
    @Inject
    WebhookInbox inbox;

    @Inject
    EntityManager database;

    @Test
    void what_was_done_with_90_days_ago_is_forgotten_and_nothing_else() {
        String test = "evt_" + UUID.randomUUID();
        QuarkusTransaction.requiringNew().run(() -> {
            add(test + "-old", "done", "91 days");
            add(test + "-ignored", "ignored", "91 days");
            add(test + "-new", "done", "89 days");
            // A person has still to look at it.
            add(test + "-parked", "parked", "400 days");
        });
        inbox.forget();
        assertThat(left(test)).containsExactly(test + "-new", test + "-parked");
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("DELETE FROM webhook_events WHERE event_id LIKE :test || '%'")
                        .setParameter("test", test)
                        .executeUpdate());
    }

    private void add(String id, String status, String ago) {
        database.createNativeQuery("""
                        INSERT INTO webhook_events (provider, event_id, type, payload, status, received_at, done_at)
                        VALUES ('stripe', :id, 'test', '{}', :status, now() - CAST(:ago AS interval), now() - CAST(:ago AS interval))
                        """)
                .setParameter("id", id)
                .setParameter("status", status)
                .setParameter("ago", ago)
                .executeUpdate();
    }

    private List<String> left(String test) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "SELECT event_id FROM webhook_events WHERE event_id LIKE :test || '%' ORDER BY event_id",
                                String.class)
                        .setParameter("test", test)
                        .getResultList());
    }
}
