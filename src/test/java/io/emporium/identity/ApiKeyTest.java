package io.emporium.identity;

import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.Shopper;
import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Keys for programs (docs/security.md). Which endpoint each scope opens is {@link AccessMatrixTest}'s. */
@QuarkusTest
class ApiKeyTest {
    private static final String KEYS = "/api/v1/api-keys";

    @Inject
    Rows rows;

    private Customer anAdmin() {
        Customer admin = aCustomer();
        rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", admin.userId());
        return admin;
    }

    private static Response make(Customer admin, String name, String... scopes) {
        return admin.asks()
                .body(Map.of("name", name, "scopes", scopes, "password", Customers.PASSWORD))
                .post(KEYS);
    }

    private static RequestSpecification with(String key) {
        return nobody().header("X-API-Key", key);
    }

    @Test
    void a_key_is_told_once_and_kept_as_a_hash() {
        Customer admin = anAdmin();
        Response made = make(admin, "Scanner", "inventory:read", "inventory:read");
        String key = made.then()
                .statusCode(201)
                .body("data.api_key.scopes", equalTo(List.of("inventory:read")))
                .body("data.api_key.last_used_at", nullValue())
                .extract()
                .path("data.key");
        String prefix = made.path("data.api_key.prefix");
        assertThat(key).matches("emp_[A-Za-z0-9_-]{8}_[A-Za-z0-9_-]{43}").startsWith(prefix + "_");
        admin.asks().get(KEYS).then().statusCode(200).body("data.api_keys.prefix", hasItem(prefix));
        assertThat(admin.asks().get(KEYS).asString()).doesNotContain(key, "key_hash");
        // Neither the log nor any other table has it.
        assertThat(rows.columnsWith(key.substring(13))).isEmpty();
        assertThat(rows.count("SELECT count(*) FROM audit_log WHERE action = 'api_key.created' AND entity_id = '"
                        + made.path("data.api_key.api_key_id") + "' AND actor_id = " + admin.userId()))
                .isEqualTo(1);
    }

    @Test
    void whoever_has_an_admins_session_and_not_their_password_makes_none() {
        Customer admin = anAdmin();
        Map<String, Object> key =
                Map.of("name", "Scanner", "scopes", List.of("inventory:read"), "password", "Guessed-99");
        admin.asks().body(key).post(KEYS).then().statusCode(401).body("error.code", equalTo("INVALID_CREDENTIALS"));
        admin.asks()
                .body(Map.of("name", "Scanner", "scopes", List.of("inventory:read")))
                .post(KEYS)
                .then()
                .statusCode(400)
                .body("error.details.fields.field", hasItem("password"));
        assertThat(rows.count("SELECT count(*) FROM api_keys WHERE user_id = ?", admin.userId()))
                .isZero();
    }

    @Test
    void it_does_what_its_scope_says_in_its_owners_name() {
        Customer admin = anAdmin();
        long product = Shopper.admin().createProduct("10.00", 3);
        Response made = make(admin, "Scanner", "inventory:write");
        String key = made.path("data.key");
        Integer id = made.path("data.api_key.api_key_id");
        String stock = "/api/v1/inventory/" + product;
        with(key)
                .body(Map.of("delta", 2, "reason", "received"))
                .post(stock + "/adjustments")
                .then()
                .statusCode(201);
        with(key).get(stock).then().statusCode(403).body("error.code", equalTo("FORBIDDEN"));
        with(key).get("/api/v1/users/me").then().statusCode(403);
        assertThat(rows.count(
                        "SELECT count(*) FROM audit_log WHERE api_key_id = ? AND actor_id = ? AND entity_id = ?",
                        id.longValue(),
                        admin.userId(),
                        "" + product))
                .isEqualTo(1);
    }

    @Test
    void a_key_cancels_no_order_for_then_money_would_go_back() {
        Customer admin = anAdmin();
        long product = Shopper.admin().createProduct("10.00", 3);
        Shopper ann = Shopper.registered();
        long orderId = ann.paidOrder(product, 1);
        String key = make(admin, "Warehouse", "orders:write").path("data.key");
        String status = "/api/v1/orders/" + orderId + "/status";
        with(key).body(Map.of("status", "cancelled")).put(status).then().statusCode(403);
        with(key).body(Map.of("status", "processing")).put(status).then().statusCode(200);
    }

    @Test
    void a_revoked_key_opens_nothing_from_the_next_call_on() {
        Customer admin = anAdmin();
        Response made = make(admin, "Scanner", "inventory:read");
        String key = made.path("data.key");
        int id = made.path("data.api_key.api_key_id");
        with(key).get("/api/v1/inventory/low-stock").then().statusCode(200);
        anAdmin().asks().delete(KEYS + "/" + id).then().statusCode(200);
        with(key)
                .get("/api/v1/inventory/low-stock")
                .then()
                .statusCode(401)
                .body("error.code", equalTo("INVALID_TOKEN"));
        admin.asks().delete(KEYS + "/" + id).then().statusCode(404);
    }

    @Test
    void with_the_password_and_the_office_go_the_keys_and_none_comes_back() {
        Customer admin = anAdmin();
        String before = make(admin, "Scanner", "inventory:read").path("data.key");
        admin.asks()
                .body(Map.of("current_password", Customers.PASSWORD, "new_password", "Quite-Another-Pass-7"))
                .put("/api/v1/auth/password")
                .then()
                .statusCode(200);
        with(before).get("/api/v1/inventory/low-stock").then().statusCode(401);

        Customer locked = anAdmin();
        String theirs = make(locked, "Scanner", "inventory:read").path("data.key");
        Customer deposed = anAdmin();
        String formers = make(deposed, "Scanner", "inventory:read").path("data.key");
        for (boolean isActive : new boolean[] {false, true}) {
            admin.asks()
                    .body(Map.of("is_active", isActive))
                    .put("/api/v1/admin/users/" + locked.userId() + "/active")
                    .then()
                    .statusCode(200);
            admin.asks()
                    .body(Map.of("role", isActive ? "admin" : "catalog_manager"))
                    .put("/api/v1/admin/users/" + deposed.userId() + "/role")
                    .then()
                    .statusCode(200);
            with(theirs).get("/api/v1/inventory/low-stock").then().statusCode(401);
            with(formers).get("/api/v1/inventory/low-stock").then().statusCode(401);
        }
    }

    @Test
    void its_last_use_is_noted_and_not_with_every_call() {
        Customer admin = anAdmin();
        Response made = make(admin, "Scanner", "inventory:read");
        String key = made.path("data.key");
        Integer id = made.path("data.api_key.api_key_id");
        with(key).get("/api/v1/inventory/low-stock").then().statusCode(200);
        String used = rows.texts("SELECT last_used_at FROM api_keys WHERE api_key_id = " + id)
                .getFirst();
        assertThat(used).isNotNull();
        with(key).get("/api/v1/inventory/low-stock").then().statusCode(200);
        assertThat(rows.texts("SELECT last_used_at FROM api_keys WHERE api_key_id = " + id))
                .containsExactly(used);
        rows.update("UPDATE api_keys SET last_used_at = now() - interval '6 minutes' WHERE api_key_id = ?", id);
        with(key).get("/api/v1/inventory/low-stock").then().statusCode(200);
        assertThat(rows.count(
                        "SELECT count(*) FROM api_keys WHERE api_key_id = ? AND last_used_at > now() - interval '1"
                                + " minute'",
                        id))
                .isEqualTo(1);
    }

    @Test
    void what_is_no_key_or_too_much_is_refused() {
        Customer admin = anAdmin();
        String key = make(admin, "Scanner", "inventory:read").path("data.key");
        for (String other : List.of("", "x", key + "x", key.substring(1), "emp_" + "x".repeat(5_000))) {
            with(other).get("/api/v1/inventory/low-stock").then().statusCode(401);
        }
        // Two proofs are none, whichever is good.
        admin.asks()
                .header("X-API-Key", key)
                .get("/api/v1/inventory/low-stock")
                .then()
                .statusCode(401);
        nobody().auth().oauth2(key).get("/api/v1/inventory/low-stock").then().statusCode(401);
        make(admin, "Everything", "everything")
                .then()
                .statusCode(400)
                .body("error.details.fields.field", hasItem("scopes"));
        make(admin, "Nothing").then().statusCode(400);
        admin.asks()
                .body(Map.of(
                        "name",
                        "x",
                        "scopes",
                        List.of("orders:read"),
                        "expires_in_days",
                        400,
                        "password",
                        Customers.PASSWORD))
                .post(KEYS)
                .then()
                .statusCode(400);
        with(key).get(KEYS).then().statusCode(403);
    }

    @Test
    void the_keys_of_whoever_leaves_are_gone() {
        Customer admin = anAdmin();
        String key = make(admin, "Scanner", "inventory:read").path("data.key");
        assertThat(admin.asks().get("/api/v1/users/me/export").asString()).contains(key.substring(0, 12));
        admin.asks()
                .body(Map.of("password", Customers.PASSWORD))
                .delete("/api/v1/users/me")
                .then()
                .statusCode(200);
        with(key).get("/api/v1/inventory/low-stock").then().statusCode(401);
        assertThat(rows.count("SELECT count(*) FROM api_keys WHERE user_id = ?", admin.userId()))
                .isZero();
    }
}
