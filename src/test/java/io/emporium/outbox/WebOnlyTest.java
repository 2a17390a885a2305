package io.emporium.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.junit.jupiter.api.Test;

/** A process that only answers requests ({@code EMPORIUM_WORKER=false}). */
@QuarkusTest
@TestProfile(WebOnlyTest.WebOnly.class)
class WebOnlyTest {

    /** As serverless has it. */
    public static final class WebOnly implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("emporium.worker", "false");
        }
    }

    @Inject
    Outbox outbox;

    @Inject
    EntityManager database;

    @Inject
    @Connector(EventsConnector.NAME)
    EventsConnector connector;

    @Test
    void it_leaves_events_to_the_workers() throws Exception {
        UUID id = UUID.randomUUID();
        QuarkusTransaction.requiringNew().run(() -> outbox.append(new Probe.Probed(id, 1, false, Instant.now())));
        Thread.sleep(Duration.ofSeconds(4));
        assertThat(connector.receives()).isFalse();
        Object sent = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "SELECT count(sent_at) FROM outbox WHERE event_id = '" + id + "'", Long.class)
                        .getSingleResult());
        assertThat(sent).isEqualTo(0L);
    }
}
