package io.emporium.notification.delivery;

import io.emporium.outbox.Replayable;
import io.emporium.outbox.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The messages that leave the house, one row each, and what providers say became of them. Those that are being sent are
 * {@link InHand}.
 */
@ApplicationScoped
public class Deliveries implements Replayable {
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int ERROR_LENGTH = 1_000;

    private final EntityManager database;
    private final List<Sender> senders;
    private final MeterRegistry meters;
    private final Clock clock;

    Deliveries(EntityManager database, @All List<Sender> senders, MeterRegistry meters, Clock clock) {
        this.meters = meters;
        this.database = database;
        this.senders = senders;
        this.clock = clock;
    }

    /** What a provider says of a message that it took. */
    public enum News {
        SENT,
        DELIVERED,
        UNDELIVERED,
        BOUNCED;

        /** The states that this is news for. */
        private Set<String> from() {
            return this == SENT ? Set.of("pending", "parked") : Set.of("pending", "parked", "sent");
        }
    }

    /** Whether messages can leave by it. */
    public boolean isOn(Channel channel) {
        return senders.stream().anyMatch(sender -> sender.channel() == channel && sender.isOn());
    }

    /** Writes a message and leaves it to be sent; again is fine. Of a channel that is off nothing is written. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void add(Message message) {
        if (isOn(message.channel())) {
            insert(message, "pending", null);
        }
    }

    /** Writes a message that cannot be sent, for those who wonder where it is. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void addSkipped(Message message, String reason) {
        if (isOn(message.channel())) {
            insert(message, "skipped", reason);
        }
    }

    private void insert(Message message, String status, @Nullable String reason) {
        Message.About about = message.about();
        database.createNativeQuery("""
                        INSERT INTO deliveries (user_id, channel, purpose, type, event_id, recipient, subject, body_text, body_html,
                               segments, about_type, about_id, status, last_error, traceparent, next_try_at, created_at)
                        VALUES (:user, :channel, :purpose, :type, :event, :recipient, CAST(:subject AS varchar), :text,
                                CAST(:html AS text), CAST(:segments AS smallint), CAST(:aboutType AS varchar),
                                CAST(:aboutId AS bigint), :status, CAST(:reason AS text),
                                CAST(:trace AS varchar), :now, :now)
                        ON CONFLICT (event_id, type, channel, md5(recipient)) DO NOTHING
                        """)
                .setParameter("user", message.userId())
                .setParameter("channel", message.channel().code())
                .setParameter("purpose", message.purpose().code())
                .setParameter("type", message.type())
                .setParameter("event", message.eventId())
                .setParameter("recipient", message.recipient())
                .setParameter("subject", message.subject())
                .setParameter("text", message.text())
                .setParameter("html", message.html())
                .setParameter("segments", message.segments())
                .setParameter("aboutType", about == null ? null : about.type())
                .setParameter("aboutId", about == null ? null : about.id())
                .setParameter("status", status)
                .setParameter("reason", reason)
                .setParameter("trace", Traces.current())
                .setParameter("now", clock.instant())
                .executeUpdate();
    }

    /** How many mails of some types somebody has been written since. */
    @Transactional(Transactional.TxType.MANDATORY)
    public long mailsSince(long userId, List<String> types, Instant since) {
        return ((Number) database.createNativeQuery("""
                        SELECT count(*) FROM deliveries
                         WHERE user_id = :user AND channel = 'email' AND type IN (:types) AND created_at > :since
                        """, Long.class)
                        .setParameter("user", userId)
                        .setParameter("types", types)
                        .setParameter("since", since)
                        .getSingleResult())
                .longValue();
    }

    /**
     * Takes a provider's word for what became of a message. Late, repeated and out of order it changes nothing: no state is
     * left for an earlier one, and of two last words the first holds.
     *
     * @param providerId its name for the message; another than the one we know is about another try and passed over
     * @param reason why it did not arrive; null where it did
     * @return whether it was news
     */
    @Transactional
    public boolean heard(
            long deliveryId, Channel channel, @Nullable String providerId, News news, @Nullable String reason) {
        boolean isNews = database.createNativeQuery("""
                                UPDATE deliveries SET status = :status, sent_at = coalesce(sent_at, :now), claimed_at = NULL,
                                       provider_id = coalesce(provider_id, CAST(:provider AS varchar)), last_error = CAST(:error AS text)
                                 WHERE delivery_id = :id AND channel = :channel AND status IN (:from)
                                   AND (provider_id IS NULL OR provider_id = coalesce(CAST(:provider AS varchar), provider_id))
                                """)
                        .setParameter("status", news.name().toLowerCase(Locale.ROOT))
                        .setParameter("now", clock.instant())
                        .setParameter("provider", providerId)
                        .setParameter("error", reason == null ? null : shorten(reason))
                        .setParameter("id", deliveryId)
                        .setParameter("channel", channel.code())
                        .setParameter("from", news.from())
                        .executeUpdate()
                == 1;
        if (isNews) {
            meters.counter(
                            "deliveries.reported",
                            "channel",
                            channel.code(),
                            "news",
                            news.name().toLowerCase(Locale.ROOT))
                    .increment();
        }
        return isNews;
    }

    /** Which of a provider's names for messages are those of messages that we know it has. */
    @Transactional
    public Set<String> known(Channel channel, List<String> providerIds) {
        if (providerIds.isEmpty()) {
            return Set.of();
        }
        List<String> known = database.createNativeQuery(
                        "SELECT provider_id FROM deliveries WHERE channel = :channel AND provider_id IN (:ids)",
                        String.class)
                .setParameter("channel", channel.code())
                .setParameter("ids", providerIds)
                .getResultList();
        return Set.copyOf(known);
    }

    /** Whom a mail was for, if there is one of that number and event; nobody is erased while it is dealt with. */
    @Transactional
    public Optional<String> recipient(long deliveryId, UUID eventId) {
        List<String> found = database.createNativeQuery(
                        "SELECT recipient FROM deliveries WHERE delivery_id = :id AND event_id = :event FOR UPDATE",
                        String.class)
                .setParameter("id", deliveryId)
                .setParameter("event", eventId)
                .getResultList();
        return found.stream().findFirst();
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
     * Removes what was over and done with 30 days after it was written; it holds personal data that nobody asks for any more.
     *
     * @return how many, {@code limit} at most
     */
    @Transactional
    int forget(int limit) {
        return database.createNativeQuery("""
                        DELETE FROM deliveries WHERE delivery_id IN (
                            SELECT delivery_id FROM deliveries
                             WHERE status NOT IN ('pending', 'parked') AND created_at < :before
                             LIMIT :limit FOR UPDATE SKIP LOCKED)
                        """)
                .setParameter("before", clock.instant().minus(KEPT))
                .setParameter("limit", limit)
                .executeUpdate();
    }

    /** A reason as it is kept. */
    static String shorten(String reason) {
        return PlainLine.of(reason, ERROR_LENGTH);
    }
}
