package io.emporium.notification.campaign;

import io.emporium.notification.email.Promotions;
import io.emporium.notification.email.Promotions.Addressee;
import io.quarkus.qute.TemplateException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One step of a campaign at a time, each a transaction that holds the campaign's row: one worker in the cluster is at it, and
 * what a dead one has not committed has not happened. All times here are PostgreSQL's, the one clock of all processes.
 */
@ApplicationScoped
class CampaignWork {
    private static final int MAILS_A_STEP = 100;
    private static final int CANCELLED_A_STEP = 5_000;
    // Of so many seconds' mails it waits that they are sent before it writes more.
    private static final int SECONDS_AHEAD = 2;
    private static final int LEAST_AHEAD = 20;

    private final EntityManager database;
    private final Audience audience;
    private final Promotions promotions;
    private final CampaignLinks links;
    private final SecureRandom chance = new SecureRandom();

    CampaignWork(EntityManager database, Audience audience, Promotions promotions, CampaignLinks links) {
        this.database = database;
        this.audience = audience;
        this.promotions = promotions;
        this.links = links;
    }

    /** Campaigns there may be something to do for, oldest first. */
    @Transactional
    List<Long> due() {
        return database.createNativeQuery("""
                        SELECT campaign_id FROM campaigns
                         WHERE status IN ('scheduled', 'sending', 'cancelled') AND NOT is_given_up
                           AND (status <> 'scheduled' OR scheduled_at <= clock_timestamp())
                         ORDER BY campaign_id LIMIT 100
                        """, Long.class).getResultList();
    }

    private record Campaigning(
            long id,
            CampaignStatus status,
            boolean isDue,
            boolean audienceComplete,
            int rate,
            UUID eventId,
            String subject,
            String title,
            String content,
            @Nullable String ctaText,
            @Nullable String ctaLink) {

        Promotions.Message message() {
            return new Promotions.Message(
                    eventId, subject, title, Markdown.html(content), Markdown.text(content), ctaText);
        }
    }

    /** @return whether there may be more to do at once */
    @Transactional
    boolean step(long campaignId) {
        return step(campaignId, MAILS_A_STEP);
    }

    /**
     * The same with one mail at most.
     *
     * @throws Spoilt if it could not be written for what is in it
     */
    @Transactional
    boolean stepWithOneMail(long campaignId) {
        return step(campaignId, 1);
    }

    /** There is a mail of a campaign that cannot be written, however often it is tried. */
    static final class Spoilt extends RuntimeException {
        private final long recipientId;

        Spoilt(long recipientId, RuntimeException why) {
            super(why);
            this.recipientId = recipientId;
        }

        long recipientId() {
            return recipientId;
        }
    }

    /** That one gets none; all others wait for it otherwise. */
    @Transactional
    void passOver(long recipientId) {
        database.createNativeQuery(
                        "UPDATE campaign_recipients SET status = 'failed' WHERE recipient_id = :id AND status = 'waiting'")
                .setParameter("id", recipientId)
                .executeUpdate();
    }

    private boolean step(long campaignId, int most) {
        List<Object[]> rows = database.createNativeQuery("""
                        SELECT status, coalesce(scheduled_at <= clock_timestamp(), TRUE), audience_at IS NOT NULL, rate,
                               event_id, subject, title, content, cta_text, cta_link
                          FROM campaigns WHERE campaign_id = :campaign FOR UPDATE SKIP LOCKED
                        """, Object[].class)
                .setParameter("campaign", campaignId)
                .getResultList();
        if (rows.isEmpty()) {
            return false;
        }
        Object[] row = rows.getFirst();
        var campaign = new Campaigning(
                campaignId,
                CampaignStatus.of((String) row[0]),
                (Boolean) row[1],
                (Boolean) row[2],
                ((Number) row[3]).intValue(),
                (UUID) row[4],
                (String) row[5],
                (String) row[6],
                (String) row[7],
                (String) row[8],
                (String) row[9]);
        return switch (campaign.status()) {
            case SCHEDULED -> campaign.isDue() && begin(campaign);
            case SENDING -> {
                if (!campaign.audienceComplete()) {
                    audience.grow(campaignId);
                    yield true;
                }
                yield sendPromotional(campaign, most);
            }
            case CANCELLED -> giveUp(campaignId);
            case DRAFT, PAUSED, FINISHED -> false;
        };
    }

    private boolean begin(Campaigning campaign) {
        return change(campaign.id(), "status = 'sending', started_at = clock_timestamp()");
    }

    private boolean giveUp(long campaignId) {
        int givenUp = database.createNativeQuery("""
                        UPDATE campaign_recipients SET status = 'skipped', skipped_because = 'cancelled'
                         WHERE recipient_id IN (SELECT recipient_id FROM campaign_recipients
                                                 WHERE campaign_id = :campaign AND status = 'waiting' LIMIT :most)
                        """)
                .setParameter("campaign", campaignId)
                .setParameter("most", CANCELLED_A_STEP)
                .executeUpdate();
        return givenUp == CANCELLED_A_STEP || !change(campaignId, "is_given_up = TRUE");
    }

    /** One who is next, and what speaks against writing to them: consent is asked for again, not only when the list was made. */
    private record Next(
            long recipientId,
            long userId,
            String email,
            String firstName,
            @Nullable String against) {}

    /** Writes the next mails, as many as the rate allows (low-level-design 5.6). */
    private boolean sendPromotional(Campaigning campaign, int most) {
        int allowed = Math.min(allowance(campaign), most);
        if (allowed <= 0) {
            return false;
        }
        List<Next> next = next(campaign.id(), allowed);
        if (next.isEmpty()) {
            finishIfDone(campaign.id());
            return false;
        }
        List<Ready> ready = new ArrayList<>();
        Map<Long, String> against = new HashMap<>();
        for (Next one : next) {
            if (one.against() == null) {
                ready.add(addressed(campaign, one));
            } else {
                against.put(one.recipientId(), one.against());
            }
        }
        Set<Addressee> written = written(campaign, ready);
        ready.stream()
                .filter(mail -> !written.contains(mail.to()))
                .forEach(mail -> against.put(mail.recipientId(), "address_taken"));
        ready.removeIf(mail -> !written.contains(mail.to()));
        queued(ready);
        skipped(against);
        use(campaign, ready.size());
        return true;
    }

    private Set<Addressee> written(Campaigning campaign, List<Ready> ready) {
        try {
            return promotions.send(
                    campaign.message(), ready.stream().map(Ready::to).toList());
        } catch (RuntimeException fault) {
            if (ready.size() == 1 && isOfWhatIsWritten(fault)) {
                throw new Spoilt(ready.getFirst().recipientId(), fault);
            }
            throw fault;
        }
    }

    /** SQL's classes 22 and 23: the database is there, and will not have this. */
    static boolean isOfWhatIsWritten(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState().startsWith("22") || sql.getSQLState().startsWith("23");
            }
            if (cause instanceof TemplateException) {
                return true;
            }
        }
        return false;
    }

    private record Ready(long recipientId, Addressee to, LinkToken token) {}

    private Ready addressed(Campaigning campaign, Next one) {
        LinkToken token = LinkToken.random(chance);
        var to = new Addressee(
                one.recipientId(),
                one.userId(),
                one.email(),
                one.firstName(),
                campaign.ctaLink() == null ? null : links.click(token.click()),
                links.unsubscribe(token.unsubscribe()));
        return new Ready(one.recipientId(), to, token);
    }

    /** How many mails may be written now: what the rate has left, of a second at most, and not before the last ones have left. */
    private int allowance(Campaigning campaign) {
        int ahead = Math.max(LEAST_AHEAD, SECONDS_AHEAD * campaign.rate());
        return ((Number) database.createNativeQuery("""
                        SELECT LEAST(
                               floor(rate * extract(EPOCH FROM clock_timestamp() - GREATEST(paced_until, clock_timestamp() - interval '1 second'))),
                               :ahead - (SELECT count(*) FROM (SELECT 1 FROM campaign_recipients r
                                          WHERE r.campaign_id = campaigns.campaign_id AND r.status = 'queued' LIMIT :ahead) waiting))
                          FROM campaigns WHERE campaign_id = :campaign
                        """, BigDecimal.class)
                        .setParameter("ahead", ahead)
                        .setParameter("campaign", campaign.id())
                        .getSingleResult())
                .intValue();
    }

    private void use(Campaigning campaign, int mails) {
        database.createNativeQuery("""
                        UPDATE campaigns
                           SET paced_until = GREATEST(paced_until, clock_timestamp() - interval '1 second')
                                           + make_interval(secs => CAST(:mails AS double precision) / rate)
                         WHERE campaign_id = :campaign
                        """)
                .setParameter("mails", mails)
                .setParameter("campaign", campaign.id())
                .executeUpdate();
    }

    private List<Next> next(long campaignId, int most) {
        List<Object[]> rows = database.createNativeQuery("""
                        SELECT r.recipient_id, r.user_id, CAST(u.email AS text), u.first_name,
                               CASE WHEN NOT u.is_active THEN 'inactive'
                                    WHEN NOT coalesce(p.promotional_emails AND p.email_notifications, FALSE) THEN 'no_consent'
                                    -- Whoever consented need not be whom the address belongs to.
                                    WHEN u.email_verified_at IS NULL THEN 'no_consent'
                                    WHEN EXISTS (SELECT 1 FROM suppressions s WHERE s.address = u.email) THEN 'suppressed' END
                          FROM (SELECT recipient_id, user_id FROM campaign_recipients
                                 WHERE campaign_id = :campaign AND status = 'waiting' ORDER BY recipient_id LIMIT :most) r
                          JOIN users u USING (user_id) LEFT JOIN user_preferences p USING (user_id)
                         ORDER BY r.recipient_id
                        """, Object[].class)
                .setParameter("campaign", campaignId)
                .setParameter("most", most)
                .getResultList();
        return rows.stream()
                .map(row -> new Next(
                        ((Number) row[0]).longValue(),
                        ((Number) row[1]).longValue(),
                        (String) row[2],
                        (String) row[3],
                        (String) row[4]))
                .toList();
    }

    private void queued(List<Ready> mails) {
        if (mails.isEmpty()) {
            return;
        }
        database.createNativeQuery("""
                        UPDATE campaign_recipients r
                           SET status = 'queued', click_hash = decode(q.click, 'hex'), unsubscribe_hash = decode(q.unsubscribe, 'hex')
                          FROM unnest(CAST(:recipients AS bigint[]), CAST(:clicks AS text[]), CAST(:unsubscribes AS text[]))
                               AS q (recipient_id, click, unsubscribe)
                         WHERE r.recipient_id = q.recipient_id AND r.status = 'waiting'
                        """)
                .setParameter(
                        "recipients", mails.stream().map(Ready::recipientId).toArray(Long[]::new))
                .setParameter("clicks", hashes(mails, LinkToken::clickHash))
                .setParameter("unsubscribes", hashes(mails, LinkToken::unsubscribeHash))
                .executeUpdate();
    }

    private static String[] hashes(List<Ready> mails, Function<LinkToken, byte[]> hash) {
        return mails.stream()
                .map(mail -> HexFormat.of().formatHex(hash.apply(mail.token())))
                .toArray(String[]::new);
    }

    private void skipped(Map<Long, String> against) {
        if (against.isEmpty()) {
            return;
        }
        List<Map.Entry<Long, String>> all = List.copyOf(against.entrySet());
        database.createNativeQuery("""
                        UPDATE campaign_recipients r SET status = 'skipped', skipped_because = s.because
                          FROM unnest(CAST(:recipients AS bigint[]), CAST(:reasons AS text[])) AS s (recipient_id, because)
                         WHERE r.recipient_id = s.recipient_id AND r.status = 'waiting'
                        """)
                .setParameter("recipients", all.stream().map(Map.Entry::getKey).toArray(Long[]::new))
                .setParameter("reasons", all.stream().map(Map.Entry::getValue).toArray(String[]::new))
                .executeUpdate();
    }

    private void finishIfDone(long campaignId) {
        List<?> left = database.createNativeQuery("""
                        SELECT 1 FROM campaign_recipients WHERE campaign_id = :campaign AND status = 'queued' LIMIT 1
                        """)
                .setParameter("campaign", campaignId)
                .getResultList();
        if (left.isEmpty()) {
            change(campaignId, "status = 'finished', finished_at = clock_timestamp()");
        }
    }

    private boolean change(long campaignId, String to) {
        return database.createNativeQuery(
                                "UPDATE campaigns SET " + to
                                        + ", updated_at = clock_timestamp(), version = version + 1 WHERE campaign_id = :campaign")
                        .setParameter("campaign", campaignId)
                        .executeUpdate()
                == 1;
    }
}
