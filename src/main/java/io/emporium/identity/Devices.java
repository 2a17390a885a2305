package io.emporium.identity;

import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;

/** The devices that customers want push messages on: at most 20 each, the ones last seen, and each one's alone. */
@ApplicationScoped
public class Devices {
    private static final int MOST = 20;

    private final EntityManager database;
    private final Clock clock;

    Devices(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Firebase Cloud Messaging's tokens of somebody's devices, the one last seen first. */
    @Transactional
    public List<String> tokensOf(long userId) {
        return database.createNativeQuery("""
                        SELECT fcm_token FROM devices WHERE user_id = :user ORDER BY last_seen_at DESC, device_id DESC
                        """, String.class)
                .setParameter("user", userId)
                .getResultList();
    }

    /** Whether it still is: somebody else may have signed in there since. */
    @Transactional
    public boolean isOf(String fcmToken, long userId) {
        return !database.createNativeQuery("""
                        SELECT device_id FROM devices
                         WHERE sha256(CAST(fcm_token AS bytea)) = sha256(CAST(CAST(:token AS varchar) AS bytea))
                           AND user_id = :user
                        """)
                .setParameter("token", fcmToken)
                .setParameter("user", userId)
                .getResultList()
                .isEmpty();
    }

    /** The app is no longer on that device: whoever's it was. */
    @Transactional
    public void forget(String fcmToken) {
        database.createNativeQuery("""
                        DELETE FROM devices
                         WHERE sha256(CAST(fcm_token AS bytea)) = sha256(CAST(CAST(:token AS varchar) AS bytea))
                        """).setParameter("token", fcmToken).executeUpdate();
    }

    @Transactional
    void register(long userId, String fcmToken) {
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
                .setParameter("most", MOST)
                .executeUpdate();
    }

    @Transactional
    void remove(long userId, String fcmToken) {
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
