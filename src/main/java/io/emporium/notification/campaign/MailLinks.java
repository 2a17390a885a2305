package io.emporium.notification.campaign;

import io.emporium.identity.Consent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the links in a campaign's mails do: they belong to one recipient, and never expire. */
@ApplicationScoped
class MailLinks {
    private final EntityManager database;
    private final Consent consent;
    private final Clock clock;

    MailLinks(EntityManager database, Consent consent, Clock clock) {
        this.database = database;
        this.consent = consent;
        this.clock = clock;
    }

    /** Whether there is such a link; changes nothing. */
    @Transactional
    boolean canUnsubscribe(String token) {
        return LinkToken.ofUnsubscribe(token)
                .filter(known -> !recipients(known, "").isEmpty())
                .isPresent();
    }

    /**
     * Withdraws their consent to promotions; again is the same.
     *
     * @return whether there is such a link
     */
    @Transactional
    boolean unsubscribe(String token) {
        // The account first, as who erases it has it: of preferences and recipients each could have one, and wait for
        // the other.
        Optional<Object[]> found = LinkToken.ofUnsubscribe(token)
                .flatMap(known ->
                        recipients(known, " FOR KEY SHARE OF u").stream().findFirst());
        if (found.isEmpty()) {
            return false;
        }
        Instant now = clock.instant();
        consent.withdraw(((Number) found.get()[1]).longValue());
        database.createNativeQuery("""
                        UPDATE campaign_recipients SET unsubscribed_at = coalesce(unsubscribed_at, :now) WHERE recipient_id = :recipient
                        """)
                .setParameter("now", now)
                .setParameter("recipient", found.get()[0])
                .executeUpdate();
        return true;
    }

    private List<Object[]> recipients(LinkToken token, String lock) {
        return database.createNativeQuery("""
                        SELECT r.recipient_id, r.user_id FROM campaign_recipients r JOIN users u ON u.user_id = r.user_id
                         WHERE click_hash = :click AND unsubscribe_hash = :unsubscribe
                        """ + lock, Object[].class)
                .setParameter("click", token.clickHash())
                .setParameter("unsubscribe", token.unsubscribeHash())
                .getResultList();
    }

    /**
     * Notes that they followed the campaign's call to action.
     *
     * @return where that leads, as the campaign has it; empty where there is no such link
     */
    @Transactional
    Optional<String> follow(String token) {
        List<String> targets = LinkToken.ofClick(token)
                .map(known -> database.createNativeQuery("""
                                UPDATE campaign_recipients r SET clicked_at = coalesce(r.clicked_at, :now)
                                  FROM campaigns c
                                 WHERE r.click_hash = :click AND c.campaign_id = r.campaign_id AND c.cta_link IS NOT NULL
                                RETURNING c.cta_link
                                """, String.class)
                        .setParameter("now", clock.instant())
                        .setParameter("click", known.clickHash())
                        .getResultList())
                .orElse(List.of());
        return targets.stream().findFirst();
    }
}
