package io.emporium.notification.campaign;

import io.emporium.notification.campaign.CampaignRecipients.Next;
import io.emporium.notification.email.Promotions;
import io.emporium.notification.email.Promotions.Addressee;
import io.quarkus.qute.TemplateException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One step of a campaign at a time, each a transaction that holds the campaign's row: one worker in the cluster is at it, and
 * what a dead one has not committed has not happened. All times here are PostgreSQL's, the one clock of all processes.
 */
@ApplicationScoped
class CampaignWork {
    private static final int MAILS_A_STEP = 100;
    private final EntityManager database;
    private final Audience audience;
    private final CampaignRecipients recipients;
    private final CampaignPace pace;
    private final Promotions promotions;
    private final CampaignLinks links;
    private final SecureRandom chance = new SecureRandom();

    CampaignWork(
            EntityManager database,
            Audience audience,
            CampaignRecipients recipients,
            CampaignPace pace,
            Promotions promotions,
            CampaignLinks links) {
        this.database = database;
        this.audience = audience;
        this.recipients = recipients;
        this.pace = pace;
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
            case CANCELLED -> recipients.giveUp(campaignId) || !change(campaignId, "is_given_up = TRUE");
            case DRAFT, PAUSED, FINISHED -> false;
        };
    }

    private boolean begin(Campaigning campaign) {
        return change(campaign.id(), "status = 'sending', started_at = clock_timestamp()");
    }

    /** Writes the next mails, as many as the rate allows (low-level-design 5.6). */
    private boolean sendPromotional(Campaigning campaign, int most) {
        int allowed = Math.min(pace.allowance(campaign.id(), campaign.rate()), most);
        if (allowed <= 0) {
            return false;
        }
        List<Next> next = recipients.next(campaign.id(), allowed);
        if (next.isEmpty()) {
            if (!recipients.areAnyQueued(campaign.id())) {
                change(campaign.id(), "status = 'finished', finished_at = clock_timestamp()");
            }
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
        recipients.queued(ready.stream().collect(Collectors.toMap(Ready::recipientId, Ready::token)));
        recipients.skipped(against);
        pace.use(campaign.id(), ready.size());
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

    private boolean change(long campaignId, String to) {
        return database.createNativeQuery(
                                "UPDATE campaigns SET " + to
                                        + ", updated_at = clock_timestamp(), version = version + 1 WHERE campaign_id = :campaign")
                        .setParameter("campaign", campaignId)
                        .executeUpdate()
                == 1;
    }
}
