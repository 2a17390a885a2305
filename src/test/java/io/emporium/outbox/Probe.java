package io.emporium.outbox;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** A consumer for tests: it counts how often an event took effect, in the database and so in the transaction. */
@Singleton
class Probe implements EventConsumer {
    /** What happened to something with a number. */
    record Probed(UUID id, long number, boolean poisonous, Instant at) implements DomainEvent {
        @Override
        public String type() {
            return "probe.probed";
        }

        @Override
        public String entityType() {
            return "probe";
        }

        @Override
        public long entityId() {
            return number;
        }
    }

    private final EntityManager database;
    private final Inbox inbox;
    /** How often a poisonous event was tried. */
    final AtomicInteger poisoned = new AtomicInteger();

    volatile boolean antidote;

    Probe(EntityManager database, Inbox inbox) {
        this.database = database;
        this.inbox = inbox;
    }

    @Incoming("probe")
    @RunOnVirtualThread
    void receive(byte[] message) {
        inbox.take(this, message);
    }

    @Override
    public String name() {
        return "probe";
    }

    @Override
    public List<String> types() {
        return List.of("probe.*");
    }

    @Override
    public void on(ReceivedEvent event) {
        Probed probed = event.as(Probed.class);
        database.createNativeQuery("INSERT INTO probe_effects (event_id) VALUES (:id)")
                .setParameter("id", probed.id())
                .executeUpdate();
        if (probed.poisonous() && !antidote) {
            poisoned.incrementAndGet();
            throw new IllegalStateException("poison\0ous");
        }
    }
}
