package io.emporium.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emporium.Management;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Emporium is there before its broker is. */
@QuarkusTest
@TestProfile(StartWithoutBrokerTest.NoBrokerYet.class)
@EnabledIf("io.emporium.outbox.RabbitMqServer#isInstalled")
class StartWithoutBrokerTest {

    /** The address of a broker that is not started. */
    public static final class NoBrokerYet implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(RabbitMqServer.class, Map.of("started", "false")));
        }
    }

    @Inject
    Outbox outbox;

    @Inject
    EntityManager database;

    @Test
    void it_is_ready_without_one_and_delivers_when_it_comes() throws Exception {
        awaitReady();
        UUID id = UUID.randomUUID();
        QuarkusTransaction.requiringNew().run(() -> {
            database.createNativeQuery("CREATE TABLE IF NOT EXISTS probe_effects (event_id uuid)")
                    .executeUpdate();
            outbox.append(new Probe.Probed(id, 1, false, Instant.now()));
        });
        // Long enough for the relay to have tried, and to have given its channel up more than once.
        Thread.sleep(Duration.ofSeconds(25));
        assertThat(effects(id)).isZero();
        awaitReady();

        Objects.requireNonNull(RabbitMqServer.running).startServer();
        await().atMost(Duration.ofSeconds(60)).until(() -> effects(id) == 1);
    }

    private static void awaitReady() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> Management.asked().get("/q/health/ready").then().statusCode(200));
    }

    private long effects(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> (Long) database.createNativeQuery(
                        "SELECT count(*) FROM probe_effects WHERE event_id = '" + id + "'", Long.class)
                .getSingleResult());
    }
}
