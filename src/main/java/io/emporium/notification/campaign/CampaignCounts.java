package io.emporium.notification.campaign;

import jakarta.persistence.EntityManager;

/** What has become of the recipients of a campaign, in numbers. */
record CampaignCounts(
        boolean audienceComplete,
        long recipients,
        long queued,
        long sent,
        long failed,
        long bounced,
        long skipped,
        long unsubscribed,
        long clicked) {

    static CampaignCounts of(EntityManager database, long campaignId) {
        Object[] row = (Object[]) database.createNativeQuery("""
                        SELECT (SELECT audience_at IS NOT NULL FROM campaigns WHERE campaign_id = :campaign),
                               count(*),
                               count(*) FILTER (WHERE status IN ('waiting', 'queued')),
                               count(*) FILTER (WHERE status = 'sent'),
                               count(*) FILTER (WHERE status = 'failed'),
                               count(*) FILTER (WHERE status = 'bounced'),
                               count(*) FILTER (WHERE status = 'skipped'),
                               count(unsubscribed_at), count(clicked_at)
                          FROM campaign_recipients WHERE campaign_id = :campaign
                        """, Object[].class)
                .setParameter("campaign", campaignId)
                .getSingleResult();
        return new CampaignCounts(
                (Boolean) row[0],
                number(row[1]),
                number(row[2]),
                number(row[3]),
                number(row[4]),
                number(row[5]),
                number(row[6]),
                number(row[7]),
                number(row[8]));
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }
}
