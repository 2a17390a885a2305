package io.emporium.outbox;

import io.emporium.shared.Batches;
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
 * was sent is missing and goes once more, unless those that lack it have lately taken only what was sent before it: a
 * queue keeps its order, so it waits in there, and is looked for again 15 s later. The pause before the next repetition grows
 * fourfold, up to 15 min.
 *
 * <p>The inbox passes over what it has. So a foreign or lost acknowledgement, a message that no queue took, a queue that was
 * deleted (its silent channel is connected anew) and a broker that lost its data all heal without anybody looking.
 */
@ApplicationScoped
class OutboxAudit {
    private static final int BATCH = 1_000;
    /** So many of the latest inbox rows tell how far the consumers have come. */
    private static final int LATEST = 2_000;
    /** Two relays send side by side and several messages are in hand at once: so much later one may be that was not overtaken. */
    private static final Duration OUT_OF_ORDER = Duration.ofSeconds(5);

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

    private record Audited(int rows, long missing, List<String> lackedBy) {}

    @Scheduled(
            every = "5s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void audit() {
        Batches.workOff(BATCH, batch -> {
            Audited audited = QuarkusTransaction.requiringNew().call(() -> auditBatch(batch));
            if (audited.missing() > 0) {
                Log.warnf(
                        "%d events were sent and did not arrive at %s: they are sent again",
                        audited.missing(), audited.lackedBy());
                audited.lackedBy().forEach(connector::missed);
            }
            return audited.rows();
        });
    }

    private Audited auditBatch(int batch) {
        Instant now = clock.instant();
        Object[] audited = (Object[]) database.createNativeQuery("""
                        WITH due AS (
                            SELECT position, event_id, type, sent_at FROM outbox
                             WHERE audit_at <= :now AND sent_at IS NOT NULL ORDER BY audit_at LIMIT :batch FOR UPDATE SKIP LOCKED),
                        -- Who has taken something lately, and how far they are.
                        working AS (
                            SELECT latest.consumer, max(sent.sent_at) AS reached
                              FROM (SELECT consumer, event_id, received_at FROM inbox ORDER BY message_id DESC LIMIT :latest) latest
                              JOIN outbox sent USING (event_id)
                             WHERE latest.received_at > :lately
                             GROUP BY latest.consumer),
                        lacking AS (
                            SELECT due.position, awaits.consumer,
                                   coalesce(working.reached <= due.sent_at + CAST(:out_of_order AS interval), FALSE) AS is_behind
                              FROM due
                              JOIN unnest(CAST(:consumers AS text[]), CAST(:types AS text[])) AS awaits (consumer, type)
                                ON due.type ~ awaits.type
                              LEFT JOIN working USING (consumer)
                             WHERE NOT EXISTS (SELECT 1 FROM inbox
                                                WHERE inbox.consumer = awaits.consumer AND inbox.event_id = due.event_id)),
                        late AS (SELECT position, bool_or(NOT is_behind) AS is_missing FROM lacking GROUP BY position),
                        audited AS (
                            UPDATE outbox
                               SET audit_at = CASE WHEN NOT late.is_missing THEN CAST(:again AS timestamptz) END,
                                   taken_at = CASE WHEN late.position IS NULL THEN CAST(:now AS timestamptz) END,
                                   sent_at = CASE WHEN late.is_missing THEN NULL ELSE outbox.sent_at END,
                                   -- A channel that is connected anew for it has its queue by then.
                                   claimed_until = CASE WHEN late.is_missing THEN CAST(:later AS timestamptz) END,
                                   resends = outbox.resends + CASE WHEN late.is_missing THEN 1 ELSE 0 END
                              FROM due LEFT JOIN late USING (position)
                             WHERE outbox.position = due.position
                            RETURNING late.is_missing)
                        SELECT count(*), count(*) FILTER (WHERE is_missing),
                               (SELECT string_agg(DISTINCT consumer, ',') FROM lacking WHERE NOT is_behind)
                          FROM audited
                        """, Object[].class)
                .setParameter("now", now)
                .setParameter("lately", now.minus(FIRST_PAUSE))
                .setParameter("latest", LATEST)
                .setParameter("out_of_order", OUT_OF_ORDER.toString())
                .setParameter("again", now.plus(FIRST_PAUSE))
                .setParameter("later", now.plus(BEFORE_RESENDING))
                .setParameter("batch", batch)
                .setParameter("consumers", consumers)
                .setParameter("types", types)
                .getSingleResult();
        return new Audited(
                ((Number) audited[0]).intValue(),
                ((Number) audited[1]).longValue(),
                audited[2] == null ? List.of() : List.of(((String) audited[2]).split(",", -1)));
    }
}
