package io.emporium.notification.campaign;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.math.BigDecimal;

/** How fast a campaign goes: at its rate, and no further ahead of the mail server than a moment. */
@ApplicationScoped
class CampaignPace {
    // Of so many seconds' mails it waits that they are sent before it writes more.
    private static final int SECONDS_AHEAD = 2;
    private static final int LEAST_AHEAD = 20;
    // Full and greylisting mailboxes put their mails off for hours, and the others do not wait for them; but a whole
    // audience may be at such a provider.
    private static final int MOST_PUT_OFF = 1_000;

    private final EntityManager database;

    CampaignPace(EntityManager database) {
        this.database = database;
    }

    /**
     * How many mails may be written now: what the rate has left, of a second at most, and not before the last ones have left.
     * Those count that are in somebody's hand, due, or due in a moment, as all are while the mail server is away.
     */
    int allowance(long campaignId, int rate) {
        int ahead = Math.max(LEAST_AHEAD, SECONDS_AHEAD * rate);
        return ((Number) database.createNativeQuery("""
                        SELECT LEAST(
                               floor(rate * extract(EPOCH FROM clock_timestamp() - GREATEST(paced_until, clock_timestamp() - interval '1 second'))),
                               :ahead - waiting.soon,
                               :most - waiting.ever)
                          FROM campaigns c CROSS JOIN LATERAL (
                               SELECT count(*) AS ever,
                                      count(*) FILTER (WHERE d.claimed_at IS NOT NULL
                                                          OR d.next_try_at <= clock_timestamp() + interval '10 seconds') AS soon
                                 FROM (SELECT recipient_id FROM campaign_recipients
                                        WHERE campaign_id = c.campaign_id AND status = 'queued' LIMIT :most) r
                                 JOIN deliveries d ON d.campaign_recipient_id = r.recipient_id) waiting
                         WHERE c.campaign_id = :campaign
                        """, BigDecimal.class)
                        .setParameter("ahead", ahead)
                        .setParameter("most", ahead + MOST_PUT_OFF)
                        .setParameter("campaign", campaignId)
                        .getSingleResult())
                .intValue();
    }

    /** So many have been written. */
    void use(long campaignId, int mails) {
        database.createNativeQuery("""
                        UPDATE campaigns
                           SET paced_until = GREATEST(paced_until, clock_timestamp() - interval '1 second')
                                           + make_interval(secs => CAST(:mails AS double precision) / rate)
                         WHERE campaign_id = :campaign
                        """)
                .setParameter("mails", mails)
                .setParameter("campaign", campaignId)
                .executeUpdate();
    }
}
