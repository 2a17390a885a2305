package io.emporium.notification;

import io.emporium.shared.Page;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.quarkus.panache.common.Parameters;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a customer reads in the shop (low-level-design 3.2.9). An event tells a user once. */
@Entity
@Table(name = "notifications")
class Notification extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "notification_id")
    Long notificationId;

    @Column(name = "user_id", updatable = false)
    long userId;

    @Column(updatable = false)
    String type;

    @Column(updatable = false)
    String title;

    @Column(updatable = false)
    String message;

    @Column(name = "is_read")
    boolean isRead;

    @Nullable
    @Column(name = "related_entity_type", updatable = false)
    String relatedEntityType;

    @Nullable
    @Column(name = "related_entity_id", updatable = false)
    Long relatedEntityId;

    @Column(name = "event_id", updatable = false)
    UUID eventId;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    /**
     * @param aboutType what kind of thing it is about: order or product
     * @param aboutId which one
     * @return whether it is new: the event may have told the user before
     */
    static boolean tell(
            long userId,
            UUID eventId,
            String type,
            String title,
            String message,
            String aboutType,
            long aboutId,
            Instant now) {
        return getEntityManager()
                        .createNativeQuery("""
                                INSERT INTO notifications (user_id, type, title, message, related_entity_type, related_entity_id, event_id, created_at)
                                VALUES (:user, :type, :title, :message, :aboutType, :aboutId, :event, :now)
                                ON CONFLICT (user_id, type, event_id) DO NOTHING
                                """)
                        .setParameter("user", userId)
                        .setParameter("type", type)
                        .setParameter("title", title)
                        .setParameter("message", message)
                        .setParameter("aboutType", aboutType)
                        .setParameter("aboutId", aboutId)
                        .setParameter("event", eventId)
                        .setParameter("now", now)
                        .executeUpdate()
                == 1;
    }

    /** Newest first. */
    static Page<Notification> pageOf(long userId, boolean unreadOnly, int page, int limit) {
        String which = unreadOnly ? "userId = :user AND isRead = false" : "userId = :user";
        Parameters user = Parameters.with("user", userId);
        var items = Notification.<Notification>find(which + " ORDER BY createdAt DESC, notificationId DESC", user)
                .page(page - 1, limit)
                .list();
        return new Page<>(items, page, limit, count(which, user));
    }

    static long unread(long userId) {
        return count("userId = ?1 AND isRead = false", userId);
    }

    /** @return whether there is one of that number for that user; reading it twice is reading it */
    static boolean read(long notificationId, long userId) {
        return update("isRead = true WHERE notificationId = ?1 AND userId = ?2", notificationId, userId) == 1;
    }

    static int readAll(long userId) {
        return update("isRead = true WHERE userId = ?1 AND isRead = false", userId);
    }
}
