package io.emporium.notification.campaign;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whom campaigns go to: a row a recipient, which waits, is queued with a mail, or is skipped and says why. */
@ApplicationScoped
class CampaignRecipients {
    private static final int CANCELLED_A_STEP = 5_000;

    private final EntityManager database;

    CampaignRecipients(EntityManager database) {
        this.database = database;
    }

    /** One who is next, and what speaks against writing to them: consent is asked for again, not only when the list was made. */
    record Next(
            long recipientId,
            long userId,
            String email,
            String firstName,
            @Nullable String against) {}

    /** Those who are next, so many at most. */
    List<Next> next(long campaignId, int most) {
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

    /** They have a mail now, with those links in it. */
    void queued(Map<Long, LinkToken> mails) {
        if (mails.isEmpty()) {
            return;
        }
        List<Map.Entry<Long, LinkToken>> all = List.copyOf(mails.entrySet());
        database.createNativeQuery("""
                        UPDATE campaign_recipients r
                           SET status = 'queued', click_hash = decode(q.click, 'hex'), unsubscribe_hash = decode(q.unsubscribe, 'hex')
                          FROM unnest(CAST(:recipients AS bigint[]), CAST(:clicks AS text[]), CAST(:unsubscribes AS text[]))
                               AS q (recipient_id, click, unsubscribe)
                         WHERE r.recipient_id = q.recipient_id AND r.status = 'waiting'
                        """)
                .setParameter("recipients", all.stream().map(Map.Entry::getKey).toArray(Long[]::new))
                .setParameter("clicks", hashes(all, LinkToken::clickHash))
                .setParameter("unsubscribes", hashes(all, LinkToken::unsubscribeHash))
                .executeUpdate();
    }

    private static String[] hashes(List<Map.Entry<Long, LinkToken>> mails, Function<LinkToken, byte[]> hash) {
        return mails.stream()
                .map(mail -> HexFormat.of().formatHex(hash.apply(mail.getValue())))
                .toArray(String[]::new);
    }

    /** They get none, and why. */
    void skipped(Map<Long, String> against) {
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

    boolean areAnyQueued(long campaignId) {
        return !database.createNativeQuery("""
                        SELECT 1 FROM campaign_recipients WHERE campaign_id = :campaign AND status = 'queued' LIMIT 1
                        """)
                .setParameter("campaign", campaignId)
                .getResultList()
                .isEmpty();
    }

    /**
     * Those who still wait get none, some thousand at a time.
     *
     * @return whether there may be more
     */
    boolean giveUp(long campaignId) {
        int givenUp = database.createNativeQuery("""
                        UPDATE campaign_recipients SET status = 'skipped', skipped_because = 'cancelled'
                         WHERE recipient_id IN (SELECT recipient_id FROM campaign_recipients
                                                 WHERE campaign_id = :campaign AND status = 'waiting' LIMIT :most)
                        """)
                .setParameter("campaign", campaignId)
                .setParameter("most", CANCELLED_A_STEP)
                .executeUpdate();
        return givenUp == CANCELLED_A_STEP;
    }

    /** That one gets none; all others wait for it otherwise. */
    @Transactional
    void passOver(long recipientId) {
        database.createNativeQuery(
                        "UPDATE campaign_recipients SET status = 'failed' WHERE recipient_id = :id AND status = 'waiting'")
                .setParameter("id", recipientId)
                .executeUpdate();
    }
}
