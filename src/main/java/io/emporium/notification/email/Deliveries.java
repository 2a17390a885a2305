package io.emporium.notification.email;

import io.emporium.identity.User;
import io.emporium.outbox.Replayable;
import io.quarkus.qute.Engine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The messages that leave the house, one row each, written out in full when the event is taken: sending one needs nothing
 * but its row.
 */
@ApplicationScoped
public class Deliveries implements Replayable {
    static final int TRIES = 5;
    private static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2));
    // Longer than a send may take with its retries: who claimed it and is silent after that has died.
    private static final Duration CLAIM = Duration.ofSeconds(60);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int ERROR_LENGTH = 1_000;

    private final EntityManager database;
    private final Engine templates;
    private final Optional<String> shopUrl;
    private final Clock clock;

    Deliveries(
            EntityManager database,
            Engine templates,
            @ConfigProperty(name = "emporium.shop-url") Optional<String> shopUrl,
            Clock clock) {
        this.database = database;
        this.templates = templates;
        this.shopUrl = shopUrl;
        this.clock = clock;
    }

    /** A mail in hand. */
    record Mail(
            long id,
            UUID eventId,
            String recipient,
            String subject,
            String text,
            @Nullable String html) {}

    /**
     * Writes a mail and leaves it to be sent; an event makes one of a type for a recipient, however often it is told.
     *
     * @param type also the name of its templates, {@code templates/mail/<type>.html} and {@code .txt}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void add(User customer, UUID eventId, String type, String subject, Letter letter) {
        Map<String, Object> values = new HashMap<>(letter.values());
        values.put("subject", subject);
        shopUrl.ifPresent(
                url -> values.put("link", url + "/orders/" + letter.values().get("order_id")));
        database.createNativeQuery("""
                        INSERT INTO deliveries (user_id, channel, type, event_id, recipient, subject, body_text, body_html, next_try_at, created_at)
                        VALUES (:user, 'email', :type, :event, :recipient, :subject, :text, :html, :now, :now)
                        ON CONFLICT (event_id, type, channel, md5(recipient)) DO NOTHING
                        """)
                .setParameter("user", customer.userId())
                .setParameter("type", type)
                .setParameter("event", eventId)
                .setParameter("recipient", customer.email())
                .setParameter("subject", Letter.line(subject))
                .setParameter("text", render(type + ".txt", values))
                .setParameter("html", render(type + ".html", values))
                .setParameter("now", clock.instant())
                .executeUpdate();
    }

    private String render(String template, Map<String, Object> values) {
        return Objects.requireNonNull(templates.getTemplate("mail/" + template), template)
                .render(values);
    }

    /** Takes mails that are due in hand, for a minute. */
    @Transactional
    List<Mail> claim(int most) {
        Instant now = clock.instant();
        List<Object[]> rows = database.createNativeQuery("""
                        WITH due AS (
                            SELECT delivery_id FROM deliveries
                             WHERE status = 'pending' AND channel = 'email' AND next_try_at <= :now
                             ORDER BY next_try_at, delivery_id LIMIT :most FOR UPDATE SKIP LOCKED)
                        UPDATE deliveries SET next_try_at = :until FROM due WHERE deliveries.delivery_id = due.delivery_id
                        RETURNING deliveries.delivery_id, event_id, recipient, subject, body_text, body_html
                        """, Object[].class)
                .setParameter("now", now)
                .setParameter("most", most)
                .setParameter("until", now.plus(CLAIM))
                .getResultList();
        return rows.stream()
                .map(row -> new Mail(
                        ((Number) row[0]).longValue(),
                        (UUID) row[1],
                        (String) row[2],
                        (String) row[3],
                        (String) row[4],
                        (String) row[5]))
                .toList();
    }

    @Transactional
    void sent(Mail mail) {
        database.createNativeQuery("""
                        UPDATE deliveries SET status = 'sent', sent_at = :now, attempts = attempts + 1, last_error = NULL
                         WHERE delivery_id = :id AND status = 'pending'
                        """)
                .setParameter("now", clock.instant())
                .setParameter("id", mail.id())
                .executeUpdate();
    }

    /** The server does not want this mail: tried again with growing delay, parked after five tries. */
    @Transactional
    void refused(Mail mail, String reason) {
        Instant now = clock.instant();
        List<Integer> tried = database.createNativeQuery("""
                        UPDATE deliveries SET attempts = attempts + 1, last_error = :error
                         WHERE delivery_id = :id AND status = 'pending' RETURNING attempts
                        """, Integer.class)
                .setParameter("error", shorten(reason))
                .setParameter("id", mail.id())
                .getResultList();
        if (tried.isEmpty()) {
            return;
        }
        boolean parked = tried.getFirst() >= TRIES;
        database.createNativeQuery(
                        "UPDATE deliveries SET status = :status, next_try_at = :next WHERE delivery_id = :id")
                .setParameter("status", parked ? "parked" : "pending")
                .setParameter("next", parked ? now : now.plus(PAUSES.get(tried.getFirst() - 1)))
                .setParameter("id", mail.id())
                .executeUpdate();
    }

    /** There is no server to want it: it waits, and no try is counted. */
    @Transactional
    void postponed(Mail mail, Duration pause, String reason) {
        database.createNativeQuery("""
                        UPDATE deliveries SET next_try_at = :next, last_error = :error
                         WHERE delivery_id = :id AND status = 'pending'
                        """)
                .setParameter("next", clock.instant().plus(pause))
                .setParameter("error", shorten(reason))
                .setParameter("id", mail.id())
                .executeUpdate();
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean replay(long messageId) {
        return database.createNativeQuery("""
                                UPDATE deliveries SET status = 'pending', attempts = 0, next_try_at = :now
                                 WHERE delivery_id = :id AND status = 'parked'
                                """)
                        .setParameter("now", clock.instant())
                        .setParameter("id", messageId)
                        .executeUpdate()
                == 1;
    }

    /**
     * Removes mails sent 30 days ago; they hold personal data that nobody asks for any more.
     *
     * @return how many, {@code limit} at most
     */
    @Transactional
    int forgetSent(int limit) {
        return database.createNativeQuery("""
                        DELETE FROM deliveries WHERE delivery_id IN (
                            SELECT delivery_id FROM deliveries WHERE status = 'sent' AND sent_at < :before
                             LIMIT :limit FOR UPDATE SKIP LOCKED)
                        """)
                .setParameter("before", clock.instant().minus(KEPT))
                .setParameter("limit", limit)
                .executeUpdate();
    }

    private static String shorten(String reason) {
        return Letter.line(reason.substring(0, Math.min(reason.length(), ERROR_LENGTH)));
    }
}
