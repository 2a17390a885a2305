package io.emporium.identity;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * Over which channels somebody wants to hear from the shop (low-level-design 3.2.10, 4.6.3). Who never chose gets messages
 * about their orders on every channel, and no promotion: that takes consent (promise 8).
 */
@Entity
@Immutable
@Table(name = "user_preferences")
public class NotificationPreferences extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "preference_id")
    @Nullable
    Long preferenceId;

    @Column(name = "user_id")
    long userId;

    @Column(name = "email_notifications")
    boolean email = true;

    @Column(name = "sms_notifications")
    boolean sms = true;

    @Column(name = "push_notifications")
    boolean push = true;

    @Column(name = "promotional_emails")
    boolean promotional;

    /** For Hibernate. */
    protected NotificationPreferences() {}

    NotificationPreferences(long userId) {
        this.userId = userId;
    }

    public boolean email() {
        return email;
    }

    public boolean sms() {
        return sms;
    }

    public boolean push() {
        return push;
    }

    /** Whether they consented to promotions. */
    public boolean promotional() {
        return promotional;
    }

    /** What they chose, or what holds for those who never did. */
    public static NotificationPreferences of(long userId) {
        return NotificationPreferences.<NotificationPreferences>find("userId", userId)
                .firstResultOptional()
                .orElseGet(() -> new NotificationPreferences(userId));
    }
}
