package io.emporium.identity;

import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** What somebody keeps in their own account. */
@ApplicationScoped
class UserService {
    private static final int MOST_DEVICES = 20;

    private final EntityManager database;
    private final Clock clock;

    UserService(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Transactional
    User get(long userId) {
        return User.<User>findByIdOptional(userId).orElseThrow(() -> Refusal.notFound("User"));
    }

    @Transactional
    User update(long userId, UserUpdate update) {
        User user = get(userId);
        Instant now = clock.instant();
        user.rename(
                Optional.ofNullable(update.firstName()).orElse(user.firstName()),
                Optional.ofNullable(update.lastName()).orElse(user.lastName()),
                now);
        String phone = update.phone();
        if (phone != null) {
            user.callAt(phone.isEmpty() ? null : phone, now);
        }
        return user;
    }

    @Transactional
    PreferencesView preferences(long userId) {
        return PreferencesView.of(NotificationPreferences.of(userId));
    }

    @Transactional
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
                               promotional_since = CASE WHEN excluded.promotional_emails
                                   THEN coalesce(kept.promotional_since, excluded.promotional_since) END,
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

    @Transactional
    void registerDevice(long userId, String fcmToken) {
        // The cast to bytea reads backslashes as escapes; the request's pattern lets none through.
        database.createNativeQuery("""
                        INSERT INTO devices (user_id, fcm_token, created_at, last_seen_at)
                        VALUES (:user, :token, :now, :now)
                        ON CONFLICT (sha256(CAST(fcm_token AS bytea))) DO UPDATE
                           SET user_id = excluded.user_id, last_seen_at = excluded.last_seen_at
                        """)
                .setParameter("user", userId)
                .setParameter("token", fcmToken)
                .setParameter("now", clock.instant())
                .executeUpdate();
        database.createNativeQuery("""
                        DELETE FROM devices WHERE device_id IN (
                            SELECT device_id FROM devices WHERE user_id = :user
                             ORDER BY last_seen_at DESC, device_id DESC OFFSET :most)
                        """)
                .setParameter("user", userId)
                .setParameter("most", MOST_DEVICES)
                .executeUpdate();
    }

    @Transactional
    void removeDevice(long userId, String fcmToken) {
        int removed = database.createNativeQuery("""
                        DELETE FROM devices
                         WHERE sha256(CAST(fcm_token AS bytea)) = sha256(CAST(CAST(:token AS varchar) AS bytea))
                           AND user_id = :user
                        """)
                .setParameter("token", fcmToken)
                .setParameter("user", userId)
                .executeUpdate();
        if (removed == 0) {
            throw Refusal.notFound("Device");
        }
    }
}
