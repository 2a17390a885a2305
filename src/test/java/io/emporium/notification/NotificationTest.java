package io.emporium.notification;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.emporium.LocalServerSwitch;
import io.emporium.order.OrderEvent.OrderCancelled;
import io.emporium.order.OrderEvent.OrderConfirmed;
import io.emporium.order.OrderEvent.OrderDelivered;
import io.emporium.order.OrderEvent.OrderPlaced;
import io.emporium.order.OrderEvent.OrderShipped;
import io.emporium.outbox.DomainEvent;
import io.emporium.outbox.Outbox;
import io.emporium.payment.PaymentEvent.PaymentCompleted;
import io.emporium.payment.PaymentEvent.PaymentFailed;
import io.emporium.payment.PaymentEvent.RefundSucceeded;
import io.emporium.shared.Money;
import io.emporium.web.Caller;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.security.AttributeType;
import io.quarkus.test.security.SecurityAttribute;
import io.quarkus.test.security.TestSecurity;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a customer is told of an order, in the shop and by mail (low-level-design 4.6, 5.6). */
@QuarkusTest
class NotificationTest {
    private static final long READER = 910_001;
    private static final String HOSTILE = "<script>alert(1)</script>\r\nBcc: all@example.com & \"co\"";
    private static final Money TOTAL = Money.of(new BigDecimal("2599.98"), "USD");

    @Inject
    Outbox outbox;

    @Inject
    EntityManager database;

    private String email;
    private long userId;
    private long orderId;
    private String orderNumber;

    @BeforeEach
    void order() {
        email = "n" + UUID.randomUUID() + "@example.com";
        order(HOSTILE);
    }

    /** These orders are written by hand, without stock and money: what looks at the whole shop must not find them. */
    @AfterEach
    void clearAway() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(count(
                                "SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL) + (SELECT count(*) FROM inbox"
                                        + " WHERE status = 'received')"))
                        .isZero());
        sql("DELETE FROM outbox WHERE entity_type IN ('order', 'payment') AND entity_id = " + orderId);
        sql("DELETE FROM transactions WHERE order_id = " + orderId);
        sql("DELETE FROM order_items WHERE order_id = " + orderId);
        sql("DELETE FROM orders WHERE order_id = " + orderId);
    }

    @Test
    void a_confirmed_order_is_told_in_the_shop_and_by_mail() {
        publish(new OrderConfirmed(UUID.randomUUID(), orderId, userId, orderNumber, TOTAL, Instant.now()));
        JsonPath mail = onlyMail();
        assertThat(mail.getString("subject")).isEqualTo("Order Confirmation - " + orderNumber);
        String text = mail.getString("text");
        String html = mail.getString("html");
        assertThat(text)
                .contains(
                        orderNumber,
                        "USD 2,599.98",
                        "2 x Lamp <b>\"bright\"</b> & Co",
                        "USD 1,299.99",
                        "1 Main St",
                        "Springfield, IL 62701")
                .contains("Dear <script>alert(1)</script> Bcc: all@example.com & \"co\",");
        assertThat(html)
                .contains(
                        orderNumber, "USD 2,599.98", "1 Main St", "Lamp &lt;b&gt;&quot;bright&quot;&lt;/b&gt; &amp; Co")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt; Bcc: all@example.com &amp; &quot;co&quot;")
                .doesNotContain("<script", "&amp;lt;", "&amp;amp;");
        assertThat(mail.getString("headers")).doesNotContainIgnoringCase("bcc:");
        assertThat(text("SELECT title || '|' || message || '|' || type FROM notifications WHERE user_id = " + userId))
                .isEqualTo("Order Confirmed|Your order " + orderNumber + " has been confirmed|order_confirmation");
    }

    /** The address may be a stranger's, and the name anybody's words to them. */
    @Test
    void a_mail_to_an_address_that_is_not_verified_calls_nobody_by_name() {
        sql("UPDATE users SET email_verified_at = NULL WHERE user_id = " + userId);
        publish(new OrderDelivered(UUID.randomUUID(), orderId, userId, orderNumber, Instant.now()));
        JsonPath mail = onlyMail();
        assertThat(mail.getString("text")).contains("Dear customer,").doesNotContain("<script>alert(1)</script>");
        assertThat(mail.getString("html")).contains("Dear customer,");
    }

    @Test
    void every_event_of_an_order_has_its_message() {
        Instant now = Instant.now();
        publish(new OrderPlaced(UUID.randomUUID(), orderId, userId, orderNumber, TOTAL, now));
        publish(new OrderShipped(
                UUID.randomUUID(), orderId, userId, orderNumber, "UPS", "1Z<999>", LocalDate.of(2026, 1, 15), now));
        publish(new OrderShipped(UUID.randomUUID(), orderId, userId, orderNumber, null, null, null, now));
        publish(new OrderDelivered(UUID.randomUUID(), orderId, userId, orderNumber, now));
        publish(new OrderCancelled(UUID.randomUUID(), orderId, userId, orderNumber, "expired", now));
        pay();
        publish(new PaymentCompleted(
                UUID.randomUUID(), orderId, userId, orderNumber, "TXN-1", "credit_card", TOTAL, now));
        publish(new PaymentFailed(
                UUID.randomUUID(), orderId, userId, orderNumber, "TXN-2", "credit_card", TOTAL, "card_declined", now));
        publish(new RefundSucceeded(UUID.randomUUID(), orderId, userId, orderNumber, 1, TOTAL, now));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(mails()).hasSize(7));
        assertThat(mails().stream().map(mail -> mail.get("subject")).toList())
                .containsExactlyInAnyOrder(
                        "Shipping Update - " + orderNumber,
                        "Shipping Update - " + orderNumber,
                        "Order Delivered - " + orderNumber,
                        "Order Cancelled - " + orderNumber,
                        "Payment Receipt - " + orderNumber,
                        "Payment Failed - " + orderNumber,
                        "Refund - " + orderNumber);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> count("SELECT count(*) FROM notifications WHERE user_id = " + userId) == 8);
        String tracked =
                text("SELECT body_text FROM deliveries WHERE user_id = " + userId + " AND body_text LIKE '%1Z<999>%'");
        assertThat(tracked).contains("Carrier: UPS", "Tracking number: 1Z<999>", "Estimated delivery: 15 January 2026");
        String untracked = text("SELECT body_text FROM deliveries WHERE user_id = " + userId
                + " AND type = 'shipping_update' AND body_text NOT LIKE '%1Z%'");
        assertThat(untracked).doesNotContain("Carrier", "Tracking", "null");
        assertThat(text("SELECT body_text FROM deliveries WHERE user_id = " + userId + " AND type = 'payment_receipt'"))
                .contains("TXN-1", "USD 2,599.98", "Credit card");
        assertThat(count("SELECT count(*) FROM deliveries WHERE user_id = " + userId
                        + " AND (body_text LIKE '%NOT_FOUND%' OR body_html ~ '[{][a-z#/]')"))
                .isZero();
    }

    @Test
    void an_event_told_twice_is_one_notification_and_one_mail() {
        var event = new OrderConfirmed(UUID.randomUUID(), orderId, userId, orderNumber, TOTAL, Instant.now());
        publish(event);
        onlyMail();
        // As after a restore of the inbox: only the rows' own constraints are left to tell.
        sql("DELETE FROM inbox WHERE event_id = '" + event.id() + "'");
        sql("UPDATE outbox SET sent_at = NULL WHERE event_id = '" + event.id() + "'");
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        count("SELECT count(*) FROM inbox WHERE status = 'done' AND event_id = '" + event.id() + "'")
                                == 1);
        assertThat(count("SELECT count(*) FROM notifications WHERE user_id = " + userId))
                .isEqualTo(1);
        assertThat(count("SELECT count(*) FROM deliveries WHERE user_id = " + userId))
                .isEqualTo(1);
        onlyMail();
    }

    @Test
    void who_wants_no_mail_gets_none() {
        sql("INSERT INTO user_preferences (user_id, email_notifications) VALUES (" + userId + ", false)");
        var event = new OrderConfirmed(UUID.randomUUID(), orderId, userId, orderNumber, TOTAL, Instant.now());
        publish(event);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> count("SELECT count(*) FROM notifications WHERE user_id = " + userId) == 1);
        assertThat(count("SELECT count(*) FROM deliveries WHERE user_id = " + userId))
                .isZero();
    }

    @Test
    void mails_wait_for_a_mail_server_that_is_away_and_use_up_no_tries() throws Exception {
        var smtp = new LocalServerSwitch("smtp");
        smtp.stop();
        try {
            for (int i = 0; i < 8; i++) {
                publish(new OrderDelivered(UUID.randomUUID(), orderId, userId, orderNumber, Instant.now()));
            }
            Thread.sleep(9_000);
            assertThat(count(
                            "SELECT count(*) FROM deliveries WHERE status = 'pending' AND attempts = 0 AND last_error IS NOT NULL AND user_id = "
                                    + userId))
                    .isPositive();
            assertThat(count(
                            "SELECT count(*) FROM deliveries WHERE (status <> 'pending' OR attempts > 0) AND user_id = "
                                    + userId))
                    .isZero();
        } finally {
            smtp.start();
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(mails()).hasSize(8));
    }

    @Test
    void a_mail_that_is_refused_is_parked_after_five_tries_and_sent_when_replayed() {
        sql("UPDATE users SET email = 'no address at all' WHERE user_id = " + userId);
        publish(new OrderConfirmed(UUID.randomUUID(), orderId, userId, orderNumber, TOTAL, Instant.now()));
        String row = " FROM deliveries WHERE user_id = " + userId;
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> {
                    sql(
                            "UPDATE deliveries SET next_try_at = now() WHERE status = 'pending' AND attempts > 0 AND next_try_at < now() + interval '3 minutes' AND user_id = "
                                    + userId);
                    return "parked".equals(text("SELECT status" + row));
                });
        assertThat(count("SELECT attempts" + row)).isEqualTo(5);
        long number = count("SELECT delivery_id" + row);
        assertThat(count("SELECT count(*) FROM parked_messages WHERE id = " + number))
                .isEqualTo(1);
        sql("UPDATE deliveries SET recipient = '" + email + "' WHERE user_id = " + userId);
        assertThat(QuarkusTransaction.requiringNew()
                        .call(() -> replayables.stream().anyMatch(it -> it.replay(number))))
                .isTrue();
        onlyMail();
    }

    @Inject
    @io.quarkus.arc.All
    List<io.emporium.outbox.Replayable> replayables;

    @Test
    void a_mail_sent_again_after_a_crash_has_the_same_message_id() {
        publish(new OrderConfirmed(UUID.randomUUID(), orderId, userId, orderNumber, TOTAL, Instant.now()));
        onlyMail();
        // It is with the customer before it is marked.
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        count("SELECT count(*) FROM deliveries WHERE status = 'sent' AND user_id = " + userId) == 1);
        sql("UPDATE deliveries SET status = 'pending', sent_at = NULL, next_try_at = now() WHERE user_id = " + userId);
        await().atMost(Duration.ofSeconds(30)).until(() -> mails().size() == 2);
        var ids = mails().stream()
                .map(mail -> messageId(mail(mail.get("id")).getString("headers")))
                .distinct()
                .toList();
        assertThat(ids).hasSize(1);
        assertThat(ids.getFirst()).contains("@");
    }

    private static String messageId(String headers) {
        var found =
                java.util.regex.Pattern.compile("(?i)message-id[^<]*(<[^>]*>)").matcher(headers);
        assertThat(found.results().count()).as(headers).isEqualTo(1);
        found.reset();
        found.find();
        return found.group(1);
    }

    @Test
    @TestSecurity(
            user = "reader",
            roles = "customer",
            attributes = @SecurityAttribute(key = Caller.USER_ID, value = "" + READER, type = AttributeType.LONG))
    void a_customer_reads_their_own_notifications_page_by_page() {
        sql("INSERT INTO users (user_id, email, password_hash, first_name, last_name) VALUES (" + READER
                + ", 'reader@example.com', 'x', 'Rea', 'Der') ON CONFLICT DO NOTHING");
        sql("DELETE FROM notifications WHERE user_id = " + READER);
        for (int i = 1; i <= 25; i++) {
            sql("INSERT INTO notifications (user_id, type, title, message, event_id, is_read, created_at) VALUES ("
                    + READER
                    + ", 'order_confirmation', 'Order Confirmed', 'number " + i + "', gen_random_uuid(), " + (i > 5)
                    + ", timestamptz '2026-01-15 10:00:00Z' + interval '" + i + " seconds')");
        }
        String list = "/api/v1/notifications";
        given().get(list)
                .then()
                .statusCode(200)
                .body("success", equalTo(true))
                .body("data.notifications", hasSize(20))
                .body("data.notifications[0].message", equalTo("number 25"))
                .body("data.notifications[0].is_read", equalTo(true))
                .body("data.notifications[0].created_at", equalTo("2026-01-15T10:00:25Z"))
                .body("data.pagination.current_page", equalTo(1))
                .body("data.pagination.total_pages", equalTo(2))
                .body("data.pagination.total_items", equalTo(25))
                .body("data.pagination.unread_count", equalTo(5));
        given().queryParam("page", 2).get(list).then().body("data.notifications", hasSize(5));
        given().queryParam("unread_only", true)
                .queryParam("limit", 2)
                .get(list)
                .then()
                .body("data.notifications", hasSize(2))
                .body("data.pagination.total_items", equalTo(5))
                .body("data.pagination.total_pages", equalTo(3));
        long first = count("SELECT min(notification_id) FROM notifications WHERE user_id = " + READER);
        for (int again = 0; again < 2; again++) {
            given().put(list + "/" + first + "/read")
                    .then()
                    .statusCode(200)
                    .body("message", equalTo("Notification marked as read"));
        }
        given().get(list).then().body("data.pagination.unread_count", equalTo(4));
        given().put(list + "/read").then().statusCode(200);
        given().get(list).then().body("data.pagination.unread_count", equalTo(0));
        given().queryParam("limit", 101).get(list).then().statusCode(400);

        sql("INSERT INTO notifications (user_id, type, title, message, event_id) VALUES (" + userId
                + ", 'x', 'x', 'x', gen_random_uuid())");
        long foreign = count("SELECT notification_id FROM notifications WHERE user_id = " + userId);
        given().put(list + "/" + foreign + "/read").then().statusCode(404);
        given().put(list + "/read").then().statusCode(200);
        assertThat(count("SELECT count(*) FROM notifications WHERE NOT is_read AND user_id = " + userId))
                .isEqualTo(1);
    }

    @Test
    void nobody_reads_notifications_signed_out() {
        given().get("/api/v1/notifications").then().statusCode(401);
    }

    private void publish(DomainEvent event) {
        QuarkusTransaction.requiringNew().run(() -> outbox.append(event));
    }

    private JsonPath onlyMail() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(mails()).hasSize(1));
        return mail(mails().getFirst().get("id"));
    }

    private List<Map<String, Object>> mails() {
        return given().queryParam("to", email).get(mailPage()).jsonPath().getList("mails");
    }

    private static JsonPath mail(Object id) {
        return given().get(mailPage() + "/" + id).jsonPath();
    }

    private static String mailPage() {
        return ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
    }

    private void order(String firstName) {
        QuarkusTransaction.requiringNew().run(() -> {
            userId = id(
                    "INSERT INTO users (email, password_hash, first_name, last_name, email_verified_at) VALUES (:a, 'x', :b, 'Doe', now()) RETURNING user_id",
                    email,
                    firstName);
            orderNumber = "ORD-2026-" + userId + "9";
            orderId = id("""
                    INSERT INTO orders (user_id, order_number, status, payment_method, payment_status, total_amount, currency,
                        ship_to_name, ship_to_line1, ship_to_city, ship_to_state, ship_to_postal_code, ship_to_country, expires_at)
                    VALUES (CAST(:a AS bigint), :b, 'confirmed', 'credit_card', 'completed', 2599.98, 'USD',
                        'Jane Doe', '1 Main St', 'Springfield', 'IL', '62701', 'USA', now()) RETURNING order_id
                    """, Long.toString(userId), orderNumber);
            String name = "Lamp <b>\"bright\"</b> & Co";
            long product = id(
                    "INSERT INTO products (name, price, category, sku) VALUES (:a, 1299.99, 'Lamps', :b) RETURNING product_id",
                    name,
                    UUID.randomUUID().toString());
            id(
                    """
                    INSERT INTO order_items (order_id, product_id, product_name, sku, quantity, price, subtotal)
                    VALUES (CAST(:a AS bigint),
                    """ + product + ", :b, 'LAMP-1', 2, 1299.99, 2599.98) RETURNING order_item_id",
                    Long.toString(orderId),
                    name);
        });
    }

    /** Without the money there is no receipt to attach. After a cancellation, which would give it back. */
    private void pay() {
        sql(
                "INSERT INTO transactions (order_id, user_id, transaction_reference, transaction_type, payment_method, amount,"
                        + " currency, status) VALUES (" + orderId + ", " + userId + ", 'pay_" + orderNumber
                        + "', 'payment', 'credit_card', 2599.98, 'USD', 'completed')");
    }

    private long id(String insert, String a, String b) {
        return ((Number) database.createNativeQuery(insert)
                        .setParameter("a", a)
                        .setParameter("b", b)
                        .getSingleResult())
                .longValue();
    }

    private long count(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query).getSingleResult()).longValue());
    }

    private String text(String query) {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<?> rows = database.createNativeQuery(query).getResultList();
            return rows.isEmpty() ? null : (String) rows.getFirst();
        });
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }
}
