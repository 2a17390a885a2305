package io.emporium.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Shopper;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.List;
import org.junit.jupiter.api.Test;

/** After a year nobody looks for it any more. */
@QuarkusTest
class OldNotificationsTest {
    @Inject
    OldNotifications old;

    @Inject
    EntityManager database;

    @Test
    void what_is_older_than_a_year_is_forgotten_and_nothing_else() {
        Shopper shopper = Shopper.registered();
        QuarkusTransaction.requiringNew().run(() -> {
            tell(shopper.userId, "old", "366 days");
            tell(shopper.userId, "new", "364 days");
        });
        old.forget();
        List<String> titles =
                shopper.request().get("/api/v1/notifications").jsonPath().getList("data.notifications.title");
        assertThat(titles).contains("new").doesNotContain("old");
    }

    private void tell(long userId, String title, String ago) {
        database.createNativeQuery("""
                        INSERT INTO notifications (user_id, type, title, message, event_id, created_at)
                        VALUES (:user, 'promotional', :title, 'm', gen_random_uuid(), now() - CAST(:ago AS interval))
                        """)
                .setParameter("user", userId)
                .setParameter("title", title)
                .setParameter("ago", ago)
                .executeUpdate();
    }
}
