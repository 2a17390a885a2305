package io.emporium.identity;

import static io.emporium.identity.Customers.aCustomer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import io.emporium.Shopper;
import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Roles given and taken, accounts locked and opened: at once, by those who hold them, and never the last admin's. */
@QuarkusTest
class StaffTest {
    private static final String USERS = "/api/v1/admin/users";

    @Inject
    Rows rows;

    private static Response appoint(Customer by, long userId, String role) {
        return by.asks().body(Map.of("role", role)).put(USERS + "/" + userId + "/role");
    }

    private static Response activate(Customer by, long userId, boolean isActive) {
        return by.asks().body(Map.of("is_active", isActive)).put(USERS + "/" + userId + "/active");
    }

    private Customer anAdmin() {
        Customer admin = aCustomer();
        rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", admin.userId());
        return admin;
    }

    private static void sees(Customer who, int ofOrders, int ofStock, int ofUsers) {
        who.asks().get("/api/v1/admin/orders?limit=1").then().statusCode(ofOrders);
        who.asks().get("/api/v1/inventory/low-stock").then().statusCode(ofStock);
        who.asks().get(USERS).then().statusCode(ofUsers);
    }

    @Test
    void a_role_acts_on_the_next_call_and_its_change_is_recorded() {
        Customer admin = anAdmin();
        Customer ann = aCustomer();
        sees(ann, 403, 403, 403);
        appoint(admin, ann.userId(), "support").then().statusCode(200).body("data.role", equalTo("support"));
        sees(ann, 200, 403, 403);
        appoint(admin, ann.userId(), "catalog_manager").then().statusCode(200);
        sees(ann, 403, 200, 403);
        appoint(admin, ann.userId(), "admin").then().statusCode(200);
        sees(ann, 200, 200, 200);
        appoint(admin, ann.userId(), "customer").then().statusCode(200);
        appoint(admin, ann.userId(), "customer").then().statusCode(200);
        sees(ann, 403, 403, 403);
        assertThat(rows.texts("SELECT after->>'role' FROM audit_log WHERE action = 'user.role_changed' AND actor_id = "
                        + admin.userId() + " AND entity_id = '" + ann.userId() + "' ORDER BY audit_id"))
                .containsExactly("support", "catalog_manager", "admin", "customer");
    }

    @Test
    void a_locked_account_is_signed_out_everywhere_until_it_is_opened_and_signs_in_again() {
        Customer admin = anAdmin();
        Customer ann = aCustomer();
        activate(admin, ann.userId(), false).then().statusCode(200).body("data.is_active", equalTo(false));
        ann.asks().get("/api/v1/users/me").then().statusCode(401);
        activate(admin, ann.userId(), true).then().statusCode(200).body("data.is_active", equalTo(true));
        ann.asks().get("/api/v1/users/me").then().statusCode(401);
        Customers.signIn(ann.email(), Customers.PASSWORD)
                .asks()
                .get("/api/v1/users/me")
                .then()
                .statusCode(200);
        assertThat(rows.count(
                        "SELECT count(*) FROM sessions WHERE user_id = ? AND end_reason = 'deactivated'", ann.userId()))
                .isEqualTo(1);
    }

    @Test
    void what_is_no_role_or_nobody_is_refused() {
        Customer admin = anAdmin();
        Customer ann = aCustomer();
        appoint(admin, ann.userId(), "root").then().statusCode(400).body("error.details.fields.field", hasItem("role"));
        appoint(admin, 7_000_000_001L, "support").then().statusCode(404);
        activate(admin, 7_000_000_001L, true).then().statusCode(404);
        admin.asks()
                .body("{}")
                .put(USERS + "/" + ann.userId() + "/active")
                .then()
                .statusCode(400);
        ann.asks()
                .body(Map.of("password", Customers.PASSWORD))
                .delete("/api/v1/users/me")
                .then()
                .statusCode(200);
        // Whoever has left stays away.
        activate(admin, ann.userId(), true).then().statusCode(404);
    }

    @Test
    void accounts_are_found_by_address_number_and_role() {
        Customer admin = anAdmin();
        Customer ann = aCustomer();
        appoint(admin, ann.userId(), "support").then().statusCode(200);
        for (String q : List.of(ann.email(), ann.email().toUpperCase(java.util.Locale.ROOT), "" + ann.userId())) {
            admin.asks()
                    .queryParam("q", q)
                    .get(USERS)
                    .then()
                    .statusCode(200)
                    .body("data.users", hasSize(1))
                    .body("data.users[0].user_id", equalTo((int) ann.userId()))
                    .body("data.pagination.total_items", equalTo(1));
        }
        admin.asks()
                .get(USERS + "?role=support&limit=1")
                .then()
                .statusCode(200)
                .body("data.users[0].role", equalTo("support"));
        admin.asks().get(USERS + "?role=root").then().statusCode(400);
        admin.asks().get(USERS + "?q=nobody@example.invalid").then().body("data.users", hasSize(0));
    }

    @Test
    void the_last_admin_stays_one_even_if_all_of_them_are_deposed_at_once() throws Exception {
        List<Customer> admins = List.of(anAdmin(), anAdmin(), anAdmin(), anAdmin());
        String theirs =
                admins.stream().map(admin -> "" + admin.userId()).collect(java.util.stream.Collectors.joining(","));
        try (var ignored =
                new OnlyAdmins(rows, admins.stream().map(Customer::userId).toList())) {
            // Everybody deposes the next, and half of them lock the one after.
            List<Integer> statuses = AtOnce.times(
                    8,
                    i -> i < 4
                            ? appoint(admins.get(i), admins.get((i + 1) % 4).userId(), "customer")
                                    .statusCode()
                            : activate(
                                            admins.get(i - 4),
                                            admins.get((i - 2) % 4).userId(),
                                            false)
                                    .statusCode());
            assertThat(statuses).isSubsetOf(200, 401, 403, 409).contains(200);
            assertThat(rows.count("SELECT count(*) FROM users WHERE role = 'admin' AND is_active AND user_id IN ("
                            + theirs + ")"))
                    .isPositive();
            Customer last = admins.stream()
                    .filter(admin -> rows.count(
                                    "SELECT count(*) FROM users WHERE role = 'admin' AND is_active AND user_id = ?",
                                    admin.userId())
                            == 1)
                    .findFirst()
                    .orElseThrow();
            rows.update("UPDATE users SET role = 'customer' WHERE user_id IN (" + theirs + ") AND user_id <> "
                    + last.userId());
            appoint(last, last.userId(), "support")
                    .then()
                    .statusCode(409)
                    .body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
            activate(last, last.userId(), false).then().statusCode(409);
            appoint(last, last.userId(), "admin").then().statusCode(200);
            activate(last, last.userId(), true).then().statusCode(200);
        }
    }

    @Test
    void support_moves_orders_along_but_gives_no_money_back() {
        Shopper admin = Shopper.admin();
        long product = admin.createProduct("10.00", 5);
        Shopper ann = Shopper.registered();
        long orderId = ann.paidOrder(product, 1);
        Customer support = aCustomer();
        rows.update("UPDATE users SET role = 'support' WHERE user_id = ?", support.userId());
        String order = "/api/v1/orders/" + orderId;
        support.asks().get(order + "/transactions").then().statusCode(200);
        support.asks()
                .body(Map.of("status", "cancelled"))
                .put(order + "/status")
                .then()
                .statusCode(403);
        support.asks()
                .body(Map.of("order_id", orderId, "amount", 1, "reason", "kind"))
                .post("/api/v1/payments/refund")
                .then()
                .statusCode(404);
        support.asks()
                .body(Map.of("status", "processing"))
                .put(order + "/status")
                .then()
                .statusCode(200);
        assertThat(ann.order(orderId).getString("data.status")).isEqualTo("processing");
        admin.json()
                .body(Map.of("status", "cancelled"))
                .put(order + "/status")
                .then()
                .statusCode(200);
    }
}
