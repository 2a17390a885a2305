package io.emporium.notification.delivery;

import io.emporium.identity.User;
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
    private static final Duration CAPPED = Duration.ofHours(1);

    private final EntityManager database;
    private final List<Sender> senders;
    private final DeliverySettings settings;
    private final MeterRegistry meters;
    private final Clock clock;

    Deliveries(
            EntityManager database,
            @All List<Sender> senders,
            DeliverySettings settings,
            MeterRegistry meters,
            Clock clock) {
        this.settings = settings;
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

    /**
     * Writes a message and leaves it to be sent; again is fine. Of a channel that is off nothing is written, and who has had
     * enough in the last hour is not sent it.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void add(Message message) {
        if (!isOn(message.channel())) {
            return;
        }
        int most = most(message);
        if (hasHad(most, message)) {
            insert(message, "skipped", "more than " + most + " in an hour");
        } else {
            insert(message, "pending", null);
        }
    }

    /** An hour's. A device's token is nobody else's. */
    private int most(Message message) {
        return switch (message.channel()) {
            case EMAIL ->
                User.<User>findByIdOptional(message.userId())
                                .filter(User::isEmailVerified)
                                .isPresent()
                        ? settings.mailsAnHour()
                        : settings.mailsAnHourUnverified();
            case SMS -> settings.smsAnHour();
            case PUSH -> Integer.MAX_VALUE;
        };
    }

    /** Mails about the account itself have limits where they are asked for, and must not be missing behind others. */
    private boolean hasHad(int most, Message message) {
        if (message.channel() == Channel.PUSH || message.purpose() == Purpose.ACCOUNT) {
            return false;
        }
        // As the index has it (V37). Two at once may both find room: one more is no flood.
        return (Boolean) database.createNativeQuery("""
                        SELECT count(*) >= :most FROM (
                            SELECT 1 FROM deliveries
                             WHERE md5(recipient) = md5(:recipient) AND channel = :channel AND created_at > :since
                               AND status <> 'skipped' AND purpose <> 'account' AND channel <> 'push'
                               AND campaign_recipient_id IS NULL LIMIT :most) had
                        """, Boolean.class)
                .setParameter("most", most)
                .setParameter("recipient", message.recipient())
                .setParameter("channel", message.channel().code())
                .setParameter("since", clock.instant().minus(CAPPED))
                .getSingleResult();
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
        Instant now = clock.instant();
        database.createNativeQuery("""
                        INSERT INTO deliveries (user_id, channel, purpose, type, event_id, recipient, subject, body_text, body_html,
                               segments, about_type, about_id, status, last_error, traceparent, next_try_at, created_at, send_by)
                        VALUES (:user, :channel, :purpose, :type, :event, :recipient, CAST(:subject AS varchar), :text,
                                CAST(:html AS text), CAST(:segments AS smallint), CAST(:aboutType AS varchar),
                                CAST(:aboutId AS bigint), :status, CAST(:reason AS text),
                                CAST(:trace AS varchar), :now, :now, :sendBy)
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
                .setParameter("now", now)
                .setParameter("sendBy", now.plus(settings.wait(message.channel())))
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
        Instant now = clock.instant();
        // Whoever replays it wants it sent, however old it is.
        return database.createNativeQuery("""
                                UPDATE deliveries SET status = 'pending', attempts = 0, next_try_at = :now,
                                       send_by = CASE WHEN send_by IS NULL THEN NULL WHEN channel = 'email' THEN CAST(:mails AS timestamptz)
                                                      ELSE CAST(:phones AS timestamptz) END
                                 WHERE delivery_id = :id AND status = 'parked'
                                """)
                        .setParameter("now", now)
                        .setParameter("mails", now.plus(settings.mailsWait()))
                        .setParameter("phones", now.plus(settings.phonesWait()))
                        .setParameter("id", messageId)
                        .executeUpdate()
                == 1;
    }

    /**
     * Ends what has waited too long and is in nobody's hand: of a channel that was turned off nobody else would.
     *
     * @return how many, {@code limit} at most
     */
    @Transactional
    int giveUp(int limit) {
        return database.createNativeQuery("""
                        UPDATE deliveries SET status = 'skipped', last_error = :why, claimed_at = NULL WHERE delivery_id IN (
                            SELECT delivery_id FROM deliveries
                             WHERE status = 'pending' AND next_try_at <= statement_timestamp() AND send_by < :now
                             LIMIT :limit FOR UPDATE SKIP LOCKED)
                        """)
                .setParameter("why", Permission.TOO_LATE)
                .setParameter("now", clock.instant())
                .setParameter("limit", limit)
                .executeUpdate();
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
