package io.emporium.identity;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emporium.LogLines;
import io.emporium.Shopper;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/** What is logged while people sign in, buy, are refused and leave says nobody's name, address or secret. */
@QuarkusTest
class QuietLogTest {
    private static final String WRONG = "Wrong-Horse-Battery-9";
    private static final String HEARD = "This is heard";

    @Inject
    Rows rows;

    @Test
    void no_line_has_a_secret_or_an_address_in_it() {
        List<String> secrets =
                new ArrayList<>(List.of(WRONG, Shopper.PASSWORD, "pm_card_visa", "pm_card_chargeDeclined"));
        try (LogLines log = LogLines.listen()) {
            // Where nothing is heard nothing is found.
            Logger.getLogger("io.emporium.identity").info(HEARD);
            assertThat(log.lines()).anyMatch(line -> line.contains(HEARD));
            Shopper admin = Shopper.admin();
            long product = admin.createProduct("12.50", 20);
            Shopper ann = Shopper.registered();
            secrets.addAll(List.of(ann.email, ann.token, ann.refreshToken, admin.token));
            ann.json()
                    .body(Map.of("phone", "+15550109988"))
                    .patch("/api/v1/users/me")
                    .then()
                    .statusCode(200);
            secrets.add("5550109988");
            login(ann.email, WRONG);
            login("nobody-" + ann.email, WRONG);
            given().contentType(ContentType.JSON)
                    .body(Map.of("email", ann.email))
                    .post("/api/v1/auth/password/forgot")
                    .then()
                    .statusCode(200);
            given().contentType(ContentType.JSON)
                    .body(Map.of("token", "a".repeat(43), "password", WRONG))
                    .post("/api/v1/auth/password/reset");
            given().contentType(ContentType.JSON)
                    .body("{\"email\":\"" + ann.email + "\",\"password\":\"" + WRONG)
                    .post("/api/v1/auth/login");
            given().auth()
                    .oauth2(ann.token + "x")
                    .get("/api/v1/users/me")
                    .then()
                    .statusCode(401);
            String key = admin.json()
                    .body(Map.of(
                            "name", "quiet", "scopes", List.of("inventory:read"), "password", Shopper.adminPassword()))
                    .post("/api/v1/api-keys")
                    .jsonPath()
                    .getString("data.key");
            secrets.add(key);
            given().header("X-API-Key", key)
                    .get("/api/v1/inventory/low-stock")
                    .then()
                    .statusCode(200);
            given().header("X-API-Key", key + "x")
                    .get("/api/v1/inventory/low-stock")
                    .then()
                    .statusCode(401);
            long order = ann.order(product, 1);
            ann.pay(order, "pm_card_chargeDeclined").then().statusCode(402);
            ann.pay(order, "pm_card_visa").then().statusCode(200);
            admin.json()
                    .body(Map.of("order_id", order, "amount", 12.50, "reason", "write to " + ann.email))
                    .post("/api/v1/payments/refund")
                    .then()
                    .statusCode(200);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> rows.count(
                                            "SELECT count(*) FROM deliveries WHERE user_id = ? AND status = 'pending'",
                                            ann.userId)
                                    == 0
                            && rows.count("SELECT count(*) FROM deliveries WHERE user_id = ?", ann.userId) > 0);
            ann.json()
                    .body(Map.of("password", WRONG))
                    .delete("/api/v1/users/me")
                    .then()
                    .statusCode(401);
            ann.json()
                    .body(Map.of("password", Shopper.PASSWORD))
                    .delete("/api/v1/users/me")
                    .then()
                    .statusCode(200);

            assertThat(log.lines()).noneMatch(line -> secrets.stream().anyMatch(line::contains));
        }
    }

    private static void login(String email, String password) {
        given().contentType(ContentType.JSON)
                .body(Map.of("email", email, "password", password))
                .post("/api/v1/auth/login")
                .then()
                .statusCode(401);
    }
}
