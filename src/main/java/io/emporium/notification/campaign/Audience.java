package io.emporium.notification.campaign;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;

/**
 * Makes the list of those a campaign goes to: users who have consented and whose address is
 * theirs, by their number, a thousand a step. A step looks at
 * no more than that many, however few of them fit.
 */
@ApplicationScoped
class Audience {
    static final int STEP = 1_000;

    /** What an order that is paid, and was not given back as a whole, is. */
    private static final String BOUGHT = "o.status IN ('confirmed', 'processing', 'shipped', 'delivered')";

    private final EntityManager database;

    Audience(EntityManager database) {
        this.database = database;
    }

    /** Looks at the next ones. The campaign's row is locked. */
    @Transactional(Transactional.TxType.MANDATORY)
    void grow(long campaignId) {
        List<?> last = database.createNativeQuery("""
                        WITH consenting AS (
                            SELECT p.user_id FROM user_preferences p
                             WHERE p.promotional_emails
                               AND p.user_id > (SELECT audience_up_to FROM campaigns WHERE campaign_id = :campaign)
                             ORDER BY p.user_id LIMIT :step),
                        meant AS (
                            INSERT INTO campaign_recipients (campaign_id, user_id)
                            SELECT c.campaign_id, u.user_id
                              FROM campaigns c CROSS JOIN consenting JOIN users u USING (user_id) JOIN user_preferences p USING (user_id)
                             WHERE c.campaign_id = :campaign AND u.is_active AND u.email_verified_at IS NOT NULL AND p.email_notifications
                               AND (c.bought_category IS NULL OR EXISTS (
                                    SELECT 1 FROM orders o JOIN order_items i USING (order_id) JOIN products g USING (product_id)
                                     WHERE o.user_id = u.user_id AND g.category = c.bought_category AND %s))
                               AND (c.spent_at_least IS NULL OR c.spent_at_least <= (
                                    SELECT sum(t.amount) FROM orders o JOIN transactions t USING (order_id)
                                     WHERE o.user_id = u.user_id AND t.status = 'completed' AND t.currency = c.currency))
                               AND (c.inactive_since IS NULL OR (
                                    u.created_at < c.inactive_since AT TIME ZONE 'UTC'
                                    AND NOT EXISTS (SELECT 1 FROM orders o
                                         WHERE o.user_id = u.user_id AND o.created_at >= c.inactive_since AT TIME ZONE 'UTC')
                                    AND NOT EXISTS (SELECT 1 FROM sessions s
                                         WHERE s.user_id = u.user_id AND s.last_used_at >= c.inactive_since AT TIME ZONE 'UTC')))
                             ORDER BY u.user_id
                            ON CONFLICT (campaign_id, user_id) DO NOTHING)
                        SELECT max(user_id) FROM consenting
                        """.formatted(BOUGHT), Long.class)
                .setParameter("campaign", campaignId)
                .setParameter("step", STEP)
                .getResultList();
        if (last.getFirst() == null) {
            database.createNativeQuery(
                            "UPDATE campaigns SET audience_at = clock_timestamp() WHERE campaign_id = :campaign")
                    .setParameter("campaign", campaignId)
                    .executeUpdate();
        } else {
            database.createNativeQuery("UPDATE campaigns SET audience_up_to = :last WHERE campaign_id = :campaign")
                    .setParameter("last", last.getFirst())
                    .setParameter("campaign", campaignId)
                    .executeUpdate();
        }
    }
}
