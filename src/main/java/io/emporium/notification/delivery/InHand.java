package io.emporium.notification.delivery;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a line has in hand: taken for a minute, tried once, and what came of that. Whose claim has ended changes
 * nothing that somebody else has decided meanwhile.
 */
@ApplicationScoped
class InHand {
    /** How often a message is tried before it is parked. */
    static final int TRIES = 5;

    private static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2));
    /**
     * Longer than a batch may take: who claimed one and is silent after that has died. By PostgreSQL's clock: one whose own is
     * a minute ahead would take what others have in hand, and send it a second time.
     */
    static final Duration CLAIM = Duration.ofSeconds(60);

    /** So long the provider may say "not yet" before it is a try. */
    private static final Duration PATIENCE = Duration.ofHours(4);

    private static final Duration SHORTEST_DEFERRAL = Duration.ofSeconds(30);
    private static final Duration LONGEST_DEFERRAL = Duration.ofMinutes(30);

    /** What {@link #held} reads. Rows that were written before they said so are about what was told in the shop with them. */
    private static final String HELD = """
            d.delivery_id, d.channel, d.purpose, d.user_id, d.event_id, d.type, d.recipient, d.subject, d.body_text,
            d.body_html, d.about_type,
            CASE WHEN d.about_id IS NULL AND d.type = 'payment_receipt' THEN (
                SELECT told.related_entity_id FROM notifications told
                 WHERE told.user_id = d.user_id AND told.type = d.type AND told.event_id = d.event_id)
                 ELSE d.about_id END,
            due.claimed_at, d.status, d.list_unsubscribe, d.traceparent, d.send_by
            """;
    /** Rows that were written before they said what they are for. */
    private static final Set<String> ABOUT_ACCOUNTS = Set.of("verify_email", "password_reset", "password_changed");

    private final EntityManager database;
    private final Suppressions suppressions;
    private final Clock clock;

    InHand(EntityManager database, Suppressions suppressions, Clock clock) {
        this.database = database;
        this.suppressions = suppressions;
        this.clock = clock;
    }

    /**
     * Takes messages that are due in hand, for a minute: all but those of campaigns, which stand before none of these.
     *
     * @param isAsking whether they are to find out if the provider is back: who has failed least goes first
     */
    @Transactional
    List<Delivery> claim(Channel channel, int most, boolean isAsking) {
        List<Object[]> rows = database.createNativeQuery(
                        """
                        WITH due AS (
                            SELECT delivery_id, claimed_at FROM deliveries
                             WHERE status = 'pending' AND channel = :channel AND next_try_at <= statement_timestamp()
                               AND campaign_recipient_id IS NULL
                             ORDER BY %s next_try_at, delivery_id LIMIT :most FOR UPDATE SKIP LOCKED)
                        UPDATE deliveries d SET next_try_at = statement_timestamp() + CAST(:claim AS interval),
                               claimed_at = coalesce(due.claimed_at, statement_timestamp())
                          FROM due WHERE d.delivery_id = due.delivery_id
                        RETURNING %s
                        """.formatted(isAsking ? "attempts," : "", HELD), Object[].class)
                .setParameter("channel", channel.code())
                .setParameter("most", most)
                .setParameter("claim", CLAIM.toString())
                .getResultList();
        return rows.stream().map(InHand::held).toList();
    }

    /** As {@link #claim}, of campaigns: one that is stopped keeps its mails, one that is cancelled gives them up. */
    @Transactional
    List<Delivery> claimPromotions(int most, boolean isAsking) {
        List<Object[]> rows;
        List<Delivery> claimed;
        do {
            rows = database.createNativeQuery("""
                            WITH due AS (
                                SELECT d.delivery_id, d.claimed_at, c.status = 'cancelled' AS cancelled
                                  FROM deliveries d JOIN campaign_recipients r ON r.recipient_id = d.campaign_recipient_id
                                  JOIN campaigns c ON c.campaign_id = r.campaign_id
                                 WHERE d.status = 'pending' AND d.next_try_at <= statement_timestamp() AND c.status <> 'paused'
                                 ORDER BY %s d.next_try_at, d.delivery_id LIMIT :most FOR UPDATE OF d SKIP LOCKED)
                            UPDATE deliveries d
                               SET next_try_at = statement_timestamp() + CAST(:claim AS interval),
                                   status = CASE WHEN cancelled THEN 'skipped' ELSE d.status END,
                                   last_error = CASE WHEN cancelled THEN 'the campaign was cancelled' ELSE d.last_error END,
                                   claimed_at = CASE WHEN NOT cancelled THEN coalesce(due.claimed_at, statement_timestamp()) END
                              FROM due WHERE d.delivery_id = due.delivery_id
                            RETURNING %s
                            """.formatted(isAsking ? "d.attempts," : "", HELD), Object[].class)
                    .setParameter("most", most)
                    .setParameter("claim", CLAIM.toString())
                    .getResultList();
            claimed = rows.stream()
                    .filter(row -> "pending".equals(row[13]))
                    .map(InHand::held)
                    .toList();
        } while (claimed.isEmpty() && !rows.isEmpty());
        return claimed;
    }

    private static Delivery held(Object[] row) {
        return new Delivery(
                ((Number) row[0]).longValue(),
                Channel.valueOf(((String) row[1]).toUpperCase(Locale.ROOT)),
                ABOUT_ACCOUNTS.contains((String) row[5])
                        ? Purpose.ACCOUNT
                        : Purpose.valueOf(((String) row[2]).toUpperCase(Locale.ROOT)),
                number(row[3]),
                (UUID) row[4],
                (String) row[5],
                (String) row[6],
                (String) row[7],
                (String) row[8],
                (String) row[9],
                (String) row[10],
                number(row[11]),
                (Instant) row[12],
                (String) row[14],
                (String) row[15],
                (Instant) row[16]);
    }

    private static @Nullable Long number(@Nullable Object value) {
        return value == null ? null : ((Number) value).longValue();
    }

    @Transactional
    void sent(Delivery delivery, @Nullable String providerId) {
        database.createNativeQuery("""
                        UPDATE deliveries SET status = 'sent', sent_at = :now, attempts = attempts + 1, last_error = NULL,
                               claimed_at = NULL, provider_id = CAST(:provider AS varchar)
                         WHERE delivery_id = :id AND status = 'pending'
                        """)
                .setParameter("now", clock.instant())
                .setParameter("provider", providerId)
                .setParameter("id", delivery.id())
                .executeUpdate();
    }

    /** A try that came to nothing: the next one after a growing pause, and after five it is parked. */
    @Transactional
    void failed(Delivery delivery, String reason, boolean isUnsure) {
        Instant now = clock.instant();
        List<Integer> tried = database.createNativeQuery("""
                        UPDATE deliveries SET attempts = attempts + 1, last_error = :error,
                               claimed_at = CASE WHEN :unsure THEN claimed_at END
                         WHERE delivery_id = :id AND status = 'pending' RETURNING attempts
                        """, Integer.class)
                .setParameter("error", Deliveries.shorten(reason))
                .setParameter("unsure", isUnsure)
                .setParameter("id", delivery.id())
                .getResultList();
        if (tried.isEmpty()) {
            return;
        }
        boolean parked = tried.getFirst() >= TRIES;
        database.createNativeQuery(
                        "UPDATE deliveries SET status = :status, next_try_at = :next WHERE delivery_id = :id")
                .setParameter("status", parked ? "parked" : "pending")
                .setParameter("next", parked ? now : now.plus(PAUSES.get(tried.getFirst() - 1)))
                .setParameter("id", delivery.id())
                .executeUpdate();
    }

    /**
     * The provider wants it later: it waits for half as long again as it has waited until now, half an hour at most. For some
     * hours that is no try.
     */
    @Transactional
    void deferred(Delivery delivery, String reason, boolean isUnsure) {
        Instant now = clock.instant();
        database.createNativeQuery("""
                        UPDATE deliveries
                           SET attempts = CASE WHEN created_at < :patient THEN attempts + 1 ELSE attempts END,
                               status = CASE WHEN created_at < :patient AND attempts + 1 >= :tries THEN 'parked' ELSE status END,
                               next_try_at = GREATEST(:soonest, LEAST(:latest,
                                   CAST(:now AS timestamptz) + (CAST(:now AS timestamptz) - created_at) / 2)),
                               last_error = :error, claimed_at = CASE WHEN :unsure THEN claimed_at END
                         WHERE delivery_id = :id AND status = 'pending'
                        """)
                .setParameter("unsure", isUnsure)
                .setParameter("patient", now.minus(PATIENCE))
                .setParameter("tries", TRIES)
                .setParameter("soonest", now.plus(SHORTEST_DEFERRAL))
                .setParameter("latest", now.plus(LONGEST_DEFERRAL))
                .setParameter("now", now)
                .setParameter("error", Deliveries.shorten(reason))
                .setParameter("id", delivery.id())
                .executeUpdate();
    }

    /** There is nobody to take it: it waits, and no try is counted. */
    @Transactional
    void postponed(Delivery delivery, Duration pause, String reason, boolean isUnsure) {
        database.createNativeQuery("""
                        UPDATE deliveries SET next_try_at = :next, last_error = :error,
                               claimed_at = CASE WHEN :unsure THEN claimed_at END
                         WHERE delivery_id = :id AND status = 'pending'
                        """)
                .setParameter("next", clock.instant().plus(pause))
                .setParameter("error", Deliveries.shorten(reason))
                .setParameter("unsure", isUnsure)
                .setParameter("id", delivery.id())
                .executeUpdate();
    }

    @Transactional
    void skipped(Delivery delivery, String reason) {
        over(delivery, "skipped", reason);
    }

    /** Nobody waits for it any more: it is as if it had not been written. */
    @Transactional
    void dropped(Delivery delivery) {
        database.createNativeQuery("DELETE FROM deliveries WHERE delivery_id = :id AND status = 'pending'")
                .setParameter("id", delivery.id())
                .executeUpdate();
    }

    @Transactional
    void undeliverable(Delivery delivery, String reason) {
        over(delivery, "undelivered", reason);
    }

    @Transactional
    void bounced(Delivery delivery, String reason) {
        if (!over(delivery, "bounced", reason)) {
            // Whose it was may have left meanwhile: nothing of theirs is written any more.
            return;
        }
        suppressions.add(delivery.recipient(), Suppressions.Reason.HARD_BOUNCE, Deliveries.shorten(reason));
    }

    /** @return whether it was still waiting */
    private boolean over(Delivery delivery, String status, String reason) {
        return database.createNativeQuery("""
                        UPDATE deliveries SET status = :status, last_error = :error, claimed_at = NULL,
                               attempts = attempts + CASE WHEN :status = 'skipped' THEN 0 ELSE 1 END
                         WHERE delivery_id = :id AND status = 'pending'
                        """)
                        .setParameter("status", status)
                        .setParameter("error", Deliveries.shorten(reason))
                        .setParameter("id", delivery.id())
                        .executeUpdate()
                == 1;
    }
}
