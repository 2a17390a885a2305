package io.emporium.outbox;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.IntSupplier;

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
        inBatches(() -> delete("""
                DELETE FROM outbox WHERE position IN (
                    SELECT position FROM outbox WHERE taken_at < :before LIMIT :batch FOR UPDATE SKIP LOCKED)
                """, before));
        // Looked up one by one: joined, the whole outbox would be read.
        inBatches(() -> delete("""
                DELETE FROM inbox WHERE message_id IN (
                    SELECT message_id FROM inbox
                     WHERE status = 'done' AND done_at < :before
                       AND coalesce((SELECT taken_at IS NOT NULL FROM outbox WHERE outbox.event_id = inbox.event_id), TRUE)
                     ORDER BY done_at LIMIT :batch FOR UPDATE SKIP LOCKED)
                """, before));
    }

    private int delete(String statement, Instant before) {
        return database.createNativeQuery(statement)
                .setParameter("before", before)
                .setParameter("batch", BATCH)
                .executeUpdate();
    }

    private static void inBatches(IntSupplier deleteBatch) {
        int deleted;
        do {
            deleted = QuarkusTransaction.requiringNew().call(deleteBatch::getAsInt);
        } while (deleted == BATCH);
    }
}
