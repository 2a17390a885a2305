package io.emporium.outbox;

import io.emporium.shared.Batches;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Removes what nobody asks for any more: events taken 30 days ago. In batches, each a
 * transaction of its own, so that no lock is held for long. An inbox row stays while its event may be sent again.
 */
@ApplicationScoped
class Housekeeping {
    static final Duration KEPT = Duration.ofDays(30);
    private static final int BATCH = 1_000;

    private final EntityManager database;
    private final Clock clock;

    Housekeeping(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Scheduled(
            every = "1h",
            delayed = "1m",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void purge() {
        Instant before = clock.instant().minus(KEPT);
        inBatches("""
                DELETE FROM outbox WHERE position IN (
                    SELECT position FROM outbox WHERE taken_at < :before LIMIT :batch FOR UPDATE SKIP LOCKED)
                """, before);
        // Looked up one by one: joined, the whole outbox would be read.
        inBatches("""
                DELETE FROM inbox WHERE message_id IN (
                    SELECT message_id FROM inbox
                     WHERE status = 'done' AND done_at < :before
                       AND coalesce((SELECT taken_at IS NOT NULL FROM outbox WHERE outbox.event_id = inbox.event_id), TRUE)
                     ORDER BY done_at LIMIT :batch FOR UPDATE SKIP LOCKED)
                """, before);
    }

    private void inBatches(String delete, Instant before) {
        Batches.workOff(
                BATCH,
                batch -> QuarkusTransaction.requiringNew()
                        .call(() -> database.createNativeQuery(delete)
                                .setParameter("before", before)
                                .setParameter("batch", batch)
                                .executeUpdate()));
    }
}
