package io.emporium.notification;

import io.emporium.outbox.NotAWorker;
import io.emporium.shared.Batches;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Forgets what somebody was told so long ago that they do not look for it any more. */
@ApplicationScoped
class OldNotifications {
    private static final int BATCH = 1_000;

    private final EntityManager database;
    private final Event<UnreadCounts.Changed> changes;
    private final Duration kept;
    private final Clock clock;

    OldNotifications(
            EntityManager database,
            Event<UnreadCounts.Changed> changes,
            @ConfigProperty(name = "emporium.notification.kept") Duration kept,
            Clock clock) {
        this.database = database;
        this.changes = changes;
        this.kept = kept;
        this.clock = clock;
    }

    /** In batches, each a transaction of its own, so that no lock is held for long. */
    @Scheduled(
            every = "1h",
            delayed = "4m",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void forget() {
        Instant before = clock.instant().minus(kept);
        Batches.workOff(BATCH, batch -> QuarkusTransaction.requiringNew().call(() -> forget(before, batch)));
    }

    private int forget(Instant before, int batch) {
        List<Long> told = database.createNativeQuery("""
                        DELETE FROM notifications WHERE notification_id IN (
                            SELECT notification_id FROM notifications WHERE created_at < :before
                             ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED)
                        RETURNING user_id
                        """, Long.class)
                .setParameter("before", before)
                .setParameter("batch", batch)
                .getResultList();
        new HashSet<>(told).forEach(userId -> changes.fire(new UnreadCounts.Changed(userId)));
        return told.size();
    }
}
