package io.emporium.identity;

import static io.emporium.identity.Customers.PASSWORD;
import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What the shop keeps about somebody: told, and erased (docs/accounts.md). */
@QuarkusTest
class PrivacyTest {
    private static final String ME = "/api/v1/users/me";

    /**
     * Where a row can be somebody's. Whoever adds a column adds its table to a {@link io.emporium.shared.PersonalData}, or says
     * here why it may stay: a number alone says nobody's name.
     */
    private static final List<String> ROWS_OF_USERS = List.of(
            "account_requests.user_id",
            "addresses.user_id",
            "api_keys.user_id",
            "audit_log.actor_id",
            "campaign_recipients.user_id",
            "campaigns.created_by",
            "carts.user_id",
            "deliveries.user_id",
            "devices.user_id",
            "fraud_assessments.user_id",
            "idempotency_keys.user_id",
            "notifications.user_id",
            "order_status_history.actor_id",
            "orders.user_id",
            "payment_issues.resolved_by",
            "refunds.decided_by",
            "refunds.requested_by",
            "reviews.decided_by",
            "second_factors.user_id",
            "sessions.user_id",
            "sign_in_challenges.user_id",
            "stock_ledger.actor_id",
            "stripe_customers.user_id",
            "transactions.user_id",
            "user_identities.user_id",
            "user_preferences.user_id");

    @Inject
    Rows rows;

    @Inject
    Erasure erasure;

    @Inject
    Invariants invariants;

    @Inject
    DataSource connections;

    private static Response erase(String token, String password) {
        return Customers.with(token).body(Map.of("password", password)).delete(ME);
    }

    /** Somebody with a name, a street and a device that nobody else has. */
    private record Somebody(Shopper shopper, String name, String street, String device) {
        static Somebody registered() {
            Shopper shopper = Shopper.registered();
            String mark = UUID.randomUUID().toString().replace("-", "").replaceAll("[0-9]", "q");
            var somebody = new Somebody(shopper, "Zoe" + mark, "Street " + mark, "device:" + mark);
            shopper.json()
                    .body(Map.of("first_name", somebody.name, "phone", somebody.phone()))
                    .patch(ME)
                    .then()
                    .statusCode(200);
            shopper.json()
                    .body(Map.of(
                            "address_line1", somebody.street,
                            "city", "City" + mark,
                            "state", "NY",
                            "postal_code", "10001",
                            "country", "USA"))
                    .put("/api/v1/addresses/" + shopper.addressId())
                    .then()
                    .statusCode(200);
            shopper.json()
                    .body(Map.of("fcm_token", somebody.device))
                    .put(ME + "/devices")
                    .then()
                    .statusCode(200);
            return somebody;
        }

        List<String> marks() {
            return List.of(shopper.email, name, street, device, phone());
        }

        private String phone() {
            return "+1555%09d".formatted(shopper.userId);
        }
    }

    private void untilEverybodyIsTold() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> rows.count("SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL)"
                                + " + (SELECT count(*) FROM inbox WHERE status = 'received')"
                                + " + (SELECT count(*) FROM deliveries WHERE status = 'pending')")
                        == 0);
    }

    private static void deliver(Shopper admin, long orderId) {
        move(admin, orderId, "processing");
        admin.json()
                .body(Map.of("carrier", "DHL", "tracking_number", "T" + orderId))
                .post("/api/v1/orders/" + orderId + "/shipments")
                .then()
                .statusCode(201);
        move(admin, orderId, "delivered");
    }

    private static void move(Shopper admin, long orderId, String status) {
        admin.json()
                .body(Map.of("status", status))
                .put("/api/v1/orders/" + orderId + "/status")
                .then()
                .statusCode(200);
    }

    @Test
    void an_export_tells_everything_of_one_and_nothing_of_anybody_else() {
        Shopper admin = Shopper.admin();
        long product = admin.createProduct("29.90", 10);
        Somebody zoe = Somebody.registered();
        Somebody yan = Somebody.registered();
        long orderId = zoe.shopper.paidOrder(product, 2);
        yan.shopper.paidOrder(product, 1);
        zoe.shopper.putIntoCart(product, 3).then().statusCode(201);
        untilEverybodyIsTold();
        Response answer = zoe.shopper.request().get(ME + "/export");
        String text = answer.then()
                .statusCode(200)
                .contentType("application/json")
                .header("Cache-Control", equalTo("no-store"))
                .body("success", equalTo(true))
                .extract()
                .asString();
        assertThat(text).contains(zoe.marks()).doesNotContain(yan.marks()).contains("\"total_amount\":59.80");
        JsonPath data = JsonPath.from(text).setRootPath("data");
        assertThat(data.getString("account[0].email")).isEqualTo(zoe.shopper.email);
        assertThat(data.getList("orders")).hasSize(1);
        assertThat(data.getString("orders[0].created_at")).endsWith("Z");
        assertThat(data.getInt("order_items[0].quantity")).isEqualTo(2);
        assertThat(data.getInt("cart[0].quantity")).isEqualTo(3);
        assertThat(data.getList("transactions")).hasSize(1);
        assertThat(data.getList("notifications")).isNotEmpty();
        assertThat(data.getList("messages.recipient", String.class)).containsOnly(zoe.shopper.email, zoe.device);
        assertThat(text).doesNotContain("password_hash", "$2a$", "$2b$", "$2y$");
        String number = zoe.shopper.order(orderId).getString("data.order_number");
        assertThat(data.getString("orders[0].order_number")).isEqualTo(number);
        nobody().get(ME + "/export").then().statusCode(401);
    }

    @Test
    void whoever_leaves_is_found_nowhere_any_more_and_their_orders_stay() {
        Shopper admin = Shopper.admin();
        long product = admin.createProduct("29.90", 10);
        Somebody zoe = Somebody.registered();
        Shopper shopper = zoe.shopper;
        shopper.putIntoCart(product, 1).then().statusCode(201);
        // With a key that names them, as clients do.
        long orderId = shopper.json()
                .header("Idempotency-Key", "checkout-" + shopper.email)
                .body(Map.of("shipping_address_id", shopper.addressId(), "payment_method", "credit_card"))
                .post("/api/v1/orders")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("data.order_id");
        String number = shopper.order(orderId).getString("data.order_number");
        isOpen(shopper, "order " + number + " is pending");
        shopper.json()
                .header("Idempotency-Key", "pay-" + shopper.email)
                .body(Map.of(
                        "order_id",
                        orderId,
                        "payment_method",
                        "credit_card",
                        "payment_details",
                        Map.of("payment_method_id", "pm_card_visa")))
                .post("/api/v1/payments/process")
                .then()
                .statusCode(200);
        isOpen(shopper, "order " + number + " is confirmed");
        deliver(admin, orderId);
        shopper.putIntoCart(product, 2).then().statusCode(201);
        untilEverybodyIsTold();
        assertThat(rows.columnsWith(zoe.name)).contains("users.first_name", "orders.ship_to_name");
        // They were written to and called on that number.
        assertThat(rows.columnsWith(zoe.device)).contains("devices.fcm_token", "deliveries.recipient");
        rows.update(
                "INSERT INTO suppressions (address, reason, created_at) VALUES (?, 'unsubscribed', now())",
                shopper.email);
        erase(shopper.token, "Wrong-Wrong-Wrong-1")
                .then()
                .statusCode(401)
                .body("error.code", equalTo("INVALID_CREDENTIALS"));

        erase(shopper.token, Shopper.PASSWORD).then().statusCode(200);

        for (String mark : zoe.marks()) {
            assertThat(rows.columnsWith(mark)).as(mark).isEmpty();
        }
        shopper.request().get(ME).then().statusCode(401);
        erase(shopper.token, Shopper.PASSWORD).then().statusCode(401);
        nobody().body(Map.of("email", shopper.email, "password", Shopper.PASSWORD))
                .post("/api/v1/auth/login")
                .then()
                .statusCode(401);
        admin.request()
                .get("/api/v1/admin/orders?q=" + number)
                .then()
                .statusCode(200)
                .body("data.orders", hasSize(1))
                .body("data.orders[0].order_number", equalTo(number));
        assertThat(rows.count(
                        "SELECT count(*) FROM orders WHERE order_id = ? AND total_amount = 29.90 AND ship_to_country = 'USA'",
                        orderId))
                .isEqualTo(1);
        // What was paid can still go back.
        admin.json()
                .body(Map.of("order_id", orderId, "amount", 29.90, "reason", "came back"))
                .post("/api/v1/payments/refund")
                .then()
                .statusCode(200);
        invariants.hold();
        // The address is free again.
        nobody().body(Map.of("email", shopper.email, "password", PASSWORD, "first_name", "New", "last_name", "Comer"))
                .post("/api/v1/auth/register")
                .then()
                .statusCode(201);
    }

    private static void isOpen(Shopper shopper, String matter) {
        erase(shopper.token, Shopper.PASSWORD)
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"))
                .body("error.details.open", hasItem(startsWith(matter)));
    }

    @Test
    void what_was_being_written_while_somebody_left_is_swept_up() {
        Customer ann = aCustomer();
        erase(ann.token(), PASSWORD).then().statusCode(200);
        rows.update(
                "INSERT INTO addresses (user_id, address_line1, city, state, postal_code, country) VALUES (?, 'late', 'c', 's', '1', 'US')",
                ann.userId());
        rows.update("UPDATE users SET erased_at = now() - interval '5 minutes' WHERE user_id = ?", ann.userId());
        erasure.sweep();
        assertThat(rows.count("SELECT count(*) FROM addresses WHERE user_id = ?", ann.userId()))
                .isZero();
    }

    @Test
    void an_order_that_is_being_placed_is_waited_for() throws Exception {
        Shopper shopper = Shopper.registered();
        long product = Shopper.admin().createProduct("5.00", 5);
        shopper.putIntoCart(product, 1).then().statusCode(201);
        List<Integer> statuses = new ArrayList<>();
        try (var connection = connections.getConnection()) {
            connection.setAutoCommit(false);
            try (var cart = connection.prepareStatement("SELECT 1 FROM carts WHERE user_id = ? FOR UPDATE")) {
                cart.setLong(1, shopper.userId);
                cart.executeQuery();
            }
            Thread leaving = Thread.ofPlatform()
                    .start(() ->
                            statuses.add(erase(shopper.token, Shopper.PASSWORD).statusCode()));
            try {
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> rows.count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                        + " AND query ILIKE '%carts%' AND datname = current_database()")
                                == 1);
                try (var order = connection.prepareStatement("""
                        INSERT INTO orders (user_id, order_number, payment_method, total_amount, currency, ship_to_name, ship_to_line1,
                            ship_to_city, ship_to_state, ship_to_postal_code, ship_to_country, expires_at)
                        VALUES (?, 'LATE-' || gen_random_uuid(), 'credit_card', 5, 'USD', 'A', 'A', 'A', 'A', '1', 'US', now() + interval '1 hour')
                        """)) {
                    order.setLong(1, shopper.userId);
                    order.executeUpdate();
                }
            } finally {
                connection.commit();
            }
            leaving.join();
        } finally {
            // Written by hand, without what belongs to it.
            rows.update("DELETE FROM orders WHERE user_id = ?", shopper.userId);
        }
        assertThat(statuses).containsExactly(409);
    }

    @Test
    void of_two_who_close_an_account_at_once_none_is_left_with_half_of_it() throws Exception {
        Customer ann = aCustomer();
        List<Integer> statuses =
                AtOnce.times(2, i -> erase(ann.token(), PASSWORD).statusCode());
        assertThat(statuses).contains(200).isSubsetOf(200, 401, 503);
        assertThat(rows.columnsWith(ann.email())).isEmpty();
    }

    @Test
    void the_last_admin_stays() {
        Customer root = aCustomer();
        rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", root.userId());
        try (var ignored = new OnlyAdmins(rows, List.of(root.userId()))) {
            erase(root.token(), PASSWORD)
                    .then()
                    .statusCode(409)
                    .body("error.code", equalTo("INVALID_STATUS_TRANSITION"))
                    .body("error.details.open", hasItem("you are the last admin"));
        }
        erase(root.token(), PASSWORD).then().statusCode(200);
    }

    @Test
    void no_table_with_rows_of_users_is_forgotten() {
        assertThat(rows.texts("""
                        SELECT c.conrelid::regclass || '.' || a.attname FROM pg_constraint c
                          JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
                         WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass
                        """)).containsExactlyInAnyOrderElementsOf(ROWS_OF_USERS);
    }

    @Test
    void one_sees_where_one_is_signed_in_and_signs_out_there() {
        Customer ann = aCustomer();
        Customer phone = Customers.signIn(ann.email(), PASSWORD);
        Customer bob = aCustomer();
        String there = ann.asks()
                .get(ME + "/sessions")
                .then()
                .statusCode(200)
                .body("data.sessions", hasSize(2))
                .body("data.sessions.findAll { it.current }", hasSize(1))
                .extract()
                .path("data.sessions.find { !it.current }.session_id");
        bob.asks().delete(ME + "/sessions/" + there).then().statusCode(404);
        phone.asks().get(ME).then().statusCode(200);
        ann.asks().delete(ME + "/sessions/" + there).then().statusCode(200);
        phone.asks().get(ME).then().statusCode(401);
        ann.asks().delete(ME + "/sessions/" + there).then().statusCode(404);
        ann.asks().delete(ME + "/sessions/none").then().statusCode(404);
        ann.asks().get(ME + "/sessions").then().body("data.sessions", hasSize(1));
    }
}
