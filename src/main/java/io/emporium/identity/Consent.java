package io.emporium.identity;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;

/**
 * Consent to promotions, for whoever sends them: {@link NotificationPreferences#promotional()} says whether it is there,
 * {@code user_preferences} since when, and when it was withdrawn. It is given by its owner alone, in the preferences.
 */
@ApplicationScoped
public class Consent {
    private final EntityManager database;
    private final Clock clock;

    Consent(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Withdraws it, by an unsubscribe link for example; the other preferences stay as they are.
     *
     * @return whether it was there
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean withdraw(long userId) {
        return database.createNativeQuery("""
                                UPDATE user_preferences
                                   SET promotional_emails = FALSE, promotional_withdrawn_at = :now, updated_at = :now
                                 WHERE user_id = :user AND promotional_emails
                                """)
                        .setParameter("now", clock.instant())
                        .setParameter("user", userId)
                        .executeUpdate()
                == 1;
    }

    void prefer(long userId, PreferencesView wanted) {
        // Since when they consent is kept through later saves, and starts anew after a withdrawal.
        database.createNativeQuery("""
                        INSERT INTO user_preferences AS kept (user_id, email_notifications, sms_notifications,
                               push_notifications, promotional_emails, promotional_since, created_at, updated_at)
                        VALUES (:user, :email, :sms, :push, :promotional,
                                CASE WHEN :promotional THEN CAST(:now AS timestamptz) END, :now, :now)
                        ON CONFLICT (user_id) DO UPDATE
                           SET email_notifications = excluded.email_notifications,
                               sms_notifications = excluded.sms_notifications,
                               push_notifications = excluded.push_notifications,
                               promotional_emails = excluded.promotional_emails,
                               promotional_since = CASE WHEN excluded.promotional_emails AND NOT kept.promotional_emails
                                   THEN excluded.promotional_since ELSE kept.promotional_since END,
                               promotional_withdrawn_at = CASE WHEN excluded.promotional_emails THEN NULL
                                   WHEN kept.promotional_emails THEN excluded.updated_at
                                   ELSE kept.promotional_withdrawn_at END,
                               updated_at = excluded.updated_at
                        """)
                .setParameter("user", userId)
                .setParameter("email", wanted.emailNotifications())
                .setParameter("sms", wanted.smsNotifications())
                .setParameter("push", wanted.pushNotifications())
                .setParameter("promotional", wanted.promotionalEmails())
                .setParameter("now", clock.instant())
                .executeUpdate();
    }
}
