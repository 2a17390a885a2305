package io.emporium.notification;

import static org.hamcrest.Matchers.equalTo;

import io.emporium.Shopper;
import io.emporium.order.OrderEvent.OrderPlaced;
import io.emporium.shared.Money;
import io.emporium.web.CacheTest;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much there is to read is known at once, though it is kept. */
@QuarkusTest
@TestProfile(CacheTest.Kept.class)
class UnreadCountTest {
    private static final String LIST = "/api/v1/notifications";

    @Inject
    NotificationService notifications;

    @Inject
    OldNotifications old;

    @Inject
    EntityManager database;

    private Shopper shopper;

    @BeforeEach
    void somebodyWhoWasTold() {
        shopper = Shopper.registered();
        assertUnread(0);
        tell();
        assertUnread(1);
    }

    @Test
    void it_is_kept() {
        // Whoever took longer than a lease holds has not kept it.
        for (int i = 0; i < 3; i++) {
            assertUnread(1);
        }
        behindTheShopsBack("UPDATE notifications SET is_read = true WHERE user_id = " + shopper.userId);
        assertUnread(1);
    }

    @Test
    void what_is_new_is_counted_at_once() {
        tell();
        assertUnread(2);
    }

    @Test
    void what_was_read_is_not_counted_any_more() {
        tell();
        assertUnread(2);
        int newest = shopper.request().get(LIST).then().extract().path("data.notifications[0].notification_id");

        shopper.json().put(LIST + "/" + newest + "/read").then().statusCode(200);
        assertUnread(1);

        shopper.json().put(LIST + "/read").then().statusCode(200);
        assertUnread(0);
    }

    @Test
    void what_another_has_read_is_still_to_be_read() {
        int mine = shopper.request().get(LIST).then().extract().path("data.notifications[0].notification_id");

        Shopper.registered().json().put(LIST + "/" + mine + "/read").then().statusCode(404);

        assertUnread(1);
    }

    @Test
    void what_is_forgotten_because_it_is_old_is_not_counted_any_more() {
        tell();
        assertUnread(2);
        behindTheShopsBack("UPDATE notifications SET created_at = now() - interval '366 days' WHERE user_id = "
                + shopper.userId
                + " AND notification_id = (SELECT min(notification_id) FROM notifications WHERE user_id = "
                + shopper.userId + ")");

        old.forget();

        assertUnread(1);
    }

    private void assertUnread(int count) {
        shopper.request().get(LIST).then().statusCode(200).body("data.pagination.unread_count", equalTo(count));
    }

    private void tell() {
        QuarkusTransaction.requiringNew()
                .run(() -> notifications.tellOrderPlaced(new OrderPlaced(
                        UUID.randomUUID(),
                        987_654_321,
                        shopper.userId,
                        "ORD-2026-987654321",
                        Money.of(new BigDecimal("49.99"), "USD"),
                        Instant.now())));
    }

    private void behindTheShopsBack(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }
}
