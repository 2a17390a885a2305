package io.emporium.identity;

import static io.emporium.identity.Customers.PASSWORD;
import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.identity.Customers.Customer;
import io.emporium.web.Permissions;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where ADMINS_NEED_SECOND_FACTOR is set, an admin without one is nobody yet. */
@QuarkusTest
@TestProfile(AdminsNeedSecondFactorTest.Needed.class)
class AdminsNeedSecondFactorTest {
    /** As an operator sets it. */
    public static class Needed implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("ADMINS_NEED_SECOND_FACTOR", "true");
        }
    }

    private static final Set<String> STEPS = Set.of(
            "POST /api/v1/auth/logout",
            "GET /api/v1/users/me",
            "GET /api/v1/users/me/second-factor",
            "POST /api/v1/users/me/second-factor",
            "POST /api/v1/users/me/second-factor/confirm");

    @Inject
    Rows rows;

    private Customer anAdmin() {
        Customer admin = aCustomer();
        rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", admin.userId());
        return admin;
    }

    @Test
    void an_admin_without_one_can_turn_one_on_and_nothing_else() {
        Customer admin = anAdmin();
        List<String> open = new ArrayList<>();
        Permissions.rows().filter(row -> !row.isForAnybody()).forEach(row -> {
            String[] parts = row.endpoint().split(" ");
            if (STEPS.contains(row.endpoint())) {
                return;
            }
            String path = parts[1].replaceAll("\\{[a-z_]+}", "7000000001");
            Response answer = admin.asks().body("{}").request(parts[0], path);
            for (String other : List.of("multipart/form-data; boundary=x", "text/csv", "application/xml")) {
                if (answer.statusCode() == 415) {
                    answer = given().config(RestAssured.config()
                                    .encoderConfig(EncoderConfig.encoderConfig()
                                            .encodeContentTypeAs(other.split(";")[0], ContentType.TEXT)))
                            .auth()
                            .oauth2(admin.token())
                            .header("Content-Type", other)
                            .body("--x--\r\n")
                            .request(parts[0], path);
                }
            }
            if (answer.statusCode() != 403
                    || !"second_factor_needed".equals(answer.jsonPath().getString("error.details.reason"))) {
                open.add(row.endpoint() + " " + answer.statusCode());
            }
        });
        assertThat(open).isEmpty();
        admin.asks().get("/api/v1/users/me").then().statusCode(200).body("data.role", equalTo("admin"));

        App app = App.on(admin);
        admin.asks().get("/api/v1/admin/audit").then().statusCode(200);
        assertThat(app.state().getBoolean("data.is_needed")).isTrue();
        app.turnOff(PASSWORD, app.code(rows)).then().statusCode(200);
        admin.asks().get("/api/v1/admin/audit").then().statusCode(403);
    }

    @Test
    void what_is_for_anybody_shows_them_no_more_than_anybody() {
        Customer admin = anAdmin();
        App app = App.on(admin);
        long withdrawn = admin.asks()
                .body(Map.of(
                        "sku",
                        "SF-" + admin.userId(),
                        "name",
                        "Lamp",
                        "description",
                        "Brass",
                        "price",
                        10,
                        "category",
                        "Lamps",
                        "stock_quantity",
                        1))
                .post("/api/v1/products")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("data.product_id");
        admin.asks().delete("/api/v1/products/" + withdrawn).then().statusCode(200);
        admin.asks().get("/api/v1/products/" + withdrawn).then().statusCode(200);
        app.turnOff(PASSWORD, app.code(rows)).then().statusCode(200);
        admin.asks().get("/api/v1/products/" + withdrawn).then().statusCode(404);
    }

    @Test
    void their_api_keys_wait_too() {
        Customer admin = anAdmin();
        App app = App.on(admin);
        String key = admin.asks()
                .body(Map.of("name", "Scanner", "scopes", List.of("inventory:read"), "password", PASSWORD))
                .post("/api/v1/api-keys")
                .then()
                .statusCode(201)
                .extract()
                .path("data.key");
        nobody().header("X-API-Key", key)
                .get("/api/v1/inventory/low-stock")
                .then()
                .statusCode(200);
        app.turnOff(PASSWORD, app.code(rows)).then().statusCode(200);
        nobody().header("X-API-Key", key)
                .get("/api/v1/inventory/low-stock")
                .then()
                .statusCode(401);
    }

    @Test
    void customers_need_none() {
        Customer ann = aCustomer();
        ann.asks().get("/api/v1/orders").then().statusCode(200);
        // Until they are made admins: then from the next call on.
        rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", ann.userId());
        ann.asks().get("/api/v1/orders").then().statusCode(403);
    }
}
