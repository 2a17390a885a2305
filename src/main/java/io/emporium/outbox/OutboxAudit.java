package io.emporium.outbox;

import io.quarkus.arc.All;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/**
 * Looks whether what was sent has arrived. An event counts as delivered when each of the shop's own consumers that awaits
 * its type has its inbox row; the broker's confirm is only a reason to wait for that. What has not arrived 15 s after it
 * was sent goes once more, and the inbox passes over what it has: so a foreign or lost acknowledgement, a message that no
 * queue took, a queue that was deleted (its silent channel is connected anew) and a broker that lost its data all heal without anybody looking.
 *
 * <p>The pause grows fourfold with each repetition, up to 15 min: while a consumer works off a long backlog, what waits in
 * it is repeated a few times, not over and over.
 */
@ApplicationScoped
class OutboxAudit {
    private static final int BATCH = 1_000;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(15);
    private static final Duration BEFORE_RESENDING = Duration.ofSeconds(5);
    private static final int PAUSE_GROWS_BY = 4;
    private static final int PAUSE_AT_MOST = 60;

    /** SQL for the time of the first or next audit of a row that is sent at {@code :now}. */
    static final String NEXT = "CAST(:now AS timestamptz) + least(power(" + PAUSE_GROWS_BY + ", least(resends, 10)), "
            + PAUSE_AT_MOST + ") * interval '" + FIRST_PAUSE.toSeconds() + " seconds'";

    private final EntityManager database;
    private final EventsConnector connector;
    private final Clock clock;
    private final String[] consumers;
    private final String[] types;

    OutboxAudit(
            EntityManager database,
            @All List<EventConsumer> consumers,
            @Connector(EventsConnector.NAME) EventsConnector connector,
            Clock clock) {
        this.database = database;
        this.connector = connector;
        this.clock = clock;
        List<String> names = new ArrayList<>();
        List<String> patterns = new ArrayList<>();
        for (EventConsumer consumer : consumers) {
            for (String type : consumer.types()) {
                names.add(consumer.name());
                patterns.add(regex(type));
            }
        }
        this.consumers = names.toArray(String[]::new);
        this.types = patterns.toArray(String[]::new);
    }

    // As a topic exchange reads it: a star is one word.
    private static String regex(String type) {
        return "^" + type.replace(".", "\\.").replace("*", "[^.]+") + "$";
    }

    private record Audited(long rows, long missing, List<String> lackedBy) {}

    @Scheduled(
            every = "5s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void audit() {
        Audited audited;
        do {
            audited = QuarkusTransaction.requiringNew().call(this::auditBatch);
            if (audited.missing() > 0) {
                Log.warnf(
                        "%d events were sent and did not arrive at %s: they are sent again",
                        audited.missing(), audited.lackedBy());
                audited.lackedBy().forEach(connector::missed);
            }
        } while (audited.rows() == BATCH);
    }

    private Audited auditBatch() {
        Instant now = clock.instant();
        Object[] audited = (Object[]) database.createNativeQuery("""
                        WITH due AS (
                            SELECT position, event_id, type FROM outbox
                             WHERE audit_at <= :now AND sent_at IS NOT NULL ORDER BY audit_at LIMIT :batch FOR UPDATE SKIP LOCKED),
                        lacking AS (
                            SELECT due.position, awaits.consumer
                              FROM due
                              JOIN unnest(CAST(:consumers AS text[]), CAST(:types AS text[])) AS awaits (consumer, type)
                                ON due.type ~ awaits.type
                             WHERE NOT EXISTS (SELECT 1 FROM inbox
                                                WHERE inbox.consumer = awaits.consumer AND inbox.event_id = due.event_id)),
                        missing AS (SELECT DISTINCT position FROM lacking),
                        audited AS (
                            UPDATE outbox
                               SET audit_at = NULL,
                                   taken_at = CASE WHEN missing.position IS NULL THEN CAST(:now AS timestamptz) END,
                                   sent_at = CASE WHEN missing.position IS NULL THEN outbox.sent_at END,
                                   -- A channel that is connected anew for it has its queue by then.
                                   claimed_until = CASE WHEN missing.position IS NOT NULL THEN CAST(:later AS timestamptz) END,
                                   resends = outbox.resends + CASE WHEN missing.position IS NULL THEN 0 ELSE 1 END
                              FROM due LEFT JOIN missing USING (position)
                             WHERE outbox.position = due.position
                            RETURNING outbox.taken_at)
                        SELECT count(*), count(*) FILTER (WHERE taken_at IS NULL),
                               (SELECT string_agg(DISTINCT consumer, ',') FROM lacking)
                          FROM audited
                        """, Object[].class)
                .setParameter("now", now)
                .setParameter("later", now.plus(BEFORE_RESENDING))
                .setParameter("batch", BATCH)
                .setParameter("consumers", consumers)
                .setParameter("types", types)
                .getSingleResult();
        return new Audited(
                ((Number) audited[0]).longValue(),
                ((Number) audited[1]).longValue(),
                audited[2] == null ? List.of() : List.of(((String) audited[2]).split(",", -1)));
    }
}
