package io.emporium.notification;

import io.emporium.notification.OutboxView.ParkedView;
import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts what has not left yet and lists what was parked. */
@ApplicationScoped
class OutboxState {
    private final EntityManager database;
    private final Clock clock;

    OutboxState(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Transactional
    OutboxView view(int page, int limit) {
        Object[] unsent = (Object[]) database.createNativeQuery(
                        "SELECT count(*), min(occurred_at) FROM outbox WHERE sent_at IS NULL", Object[].class)
                .getSingleResult();
        @Nullable Instant oldest = (Instant) unsent[1];
        Page<ParkedView> parked = parked(page, limit);
        return new OutboxView(
                ((Number) unsent[0]).longValue(),
                oldest,
                oldest == null
                        ? 0
                        : Math.max(0, Duration.between(oldest, clock.instant()).toSeconds()),
                parked.items(),
                Pagination.of(parked));
    }

    private Page<ParkedView> parked(int page, int limit) {
        List<Object[]> rows = database.createNativeQuery("""
                        SELECT id, consumer, type, attempts, last_error, received_at FROM parked_messages
                         ORDER BY id DESC LIMIT :limit OFFSET :offset
                        """, Object[].class)
                .setParameter("limit", limit)
                .setParameter("offset", Page.offset(page, limit))
                .getResultList();
        long total = ((Number) database.createNativeQuery("SELECT count(*) FROM parked_messages", Long.class)
                        .getSingleResult())
                .longValue();
        List<ParkedView> views = rows.stream()
                .map(row -> new ParkedView(
                        ((Number) row[0]).longValue(),
                        (String) row[1],
                        (String) row[2],
                        ((Number) row[3]).intValue(),
                        (String) row[4],
                        (Instant) row[5]))
                .toList();
        return new Page<>(views, page, limit, total);
    }
}
