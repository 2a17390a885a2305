package io.emporium.notification;

import io.emporium.shared.PersonalData;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import java.util.List;

/** What somebody was told: in the shop, and by what left the house. */
@ApplicationScoped
class NotificationData implements PersonalData {
    private final EntityManager database;
    private final Event<UnreadCounts.Changed> changes;

    NotificationData(EntityManager database, Event<UnreadCounts.Changed> changes) {
        this.database = database;
        this.changes = changes;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("notifications", """
                        SELECT type, title, message, is_read, created_at FROM notifications WHERE user_id = ? ORDER BY notification_id
                        """),
                // Without the text: a row waits for a secret's place to be filled, and what was sent is in their
                // mailbox.
                new Section("messages", """
                        SELECT channel, type, recipient, subject, status, created_at, sent_at FROM deliveries
                         WHERE user_id = ? ORDER BY delivery_id
                        """),
                new Section("campaigns", """
                        SELECT c.title, r.status, r.clicked_at, r.unsubscribed_at FROM campaign_recipients r JOIN campaigns c USING (campaign_id)
                         WHERE r.user_id = ? ORDER BY r.recipient_id
                        """));
    }

    /** That they were in a campaign's audience stays in its counts: a number and no name. */
    @Override
    public void erase(long userId) {
        // Found by what was sent there, for the account may have lost its address by now.
        // Waits for whoever has one in hand, and sees after that what a bounce has left.
        List<String> addresses = database.createNativeQuery("""
                        WITH gone AS (DELETE FROM deliveries WHERE user_id = :user RETURNING recipient, channel)
                        SELECT CAST(recipient AS text) FROM gone WHERE channel = 'email'
                        UNION SELECT CAST(email AS text) FROM users WHERE user_id = :user
                        """, String.class)
                .setParameter("user", userId)
                .getResultList();
        database.createNativeQuery(
                        "DELETE FROM suppressions WHERE address = ANY (CAST(CAST(:addresses AS text[]) AS citext[]))")
                .setParameter("addresses", addresses.toArray(String[]::new))
                .executeUpdate();
        // Their mail is gone and says nothing any more of what became of it; a campaign that waited for it would do so
        // for ever.
        database.createNativeQuery("""
                        UPDATE campaign_recipients SET status = 'skipped', skipped_because = 'inactive'
                         WHERE user_id = :user AND status IN ('waiting', 'queued')
                        """).setParameter("user", userId).executeUpdate();
        database.createNativeQuery("DELETE FROM notifications WHERE user_id = :user")
                .setParameter("user", userId)
                .executeUpdate();
        changes.fire(new UnreadCounts.Changed(userId));
    }
}
