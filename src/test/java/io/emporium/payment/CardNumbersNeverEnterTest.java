package io.emporium.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.LogLines;
import io.emporium.Shopper;
import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Card numbers never enter (promise 13): sent wherever something can be sent, they are refused, and afterwards they are in
 * no column, no key of Redis, no message and no line of the log. With limits on, for they count in Redis.
 */
@QuarkusTest
@TestProfile(CardNumbersNeverEnterTest.Counting.class)
class CardNumbersNeverEnterTest extends PaymentScene {
    private static final String CARD = "4242424242424242";
    private static final List<String> FORMS =
            List.of(CARD, "4242 4242 4242 4242", "4242-4242-4242-4242", "pay with 4242.4242.4242.4242, please");

    /** The limits count, and limit nobody. */
    public static class Counting implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.ofEntries(
                    Map.entry("emporium.web.limits.enabled", "true"),
                    Map.entry("emporium.web.limits.redis-timeout", "5s"),
                    Map.entry("emporium.web.limits.user.requests", "100000"),
                    Map.entry("emporium.web.limits.anonymous.requests", "100000"),
                    Map.entry("emporium.web.limits.login-account.requests", "100000"),
                    Map.entry("emporium.web.limits.login-address.requests", "100000"),
                    Map.entry("emporium.web.limits.login-failures.requests", "100000"),
                    Map.entry("emporium.web.limits.orders.requests", "100000"),
                    Map.entry("emporium.web.limits.payments.requests", "100000"),
                    Map.entry("emporium.web.limits.refunds.requests", "100000"));
        }
    }

    @Inject
    RedisDataSource redis;

    private LogLines log;

    @BeforeEach
    void listen() {
        log = LogLines.listen();
    }

    @AfterEach
    void stop() {
        log.close();
    }

    @Test
    void every_operation_that_takes_json_refuses_them_and_they_are_nowhere() throws Exception {
        int operations = 0;
        for (Map.Entry<String, JsonNode> path : document().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (takesJson(operation.getValue()) && !isLeftOut(path.getKey())) {
                    operations++;
                    refuses(operation.getKey(), path.getKey().replaceAll("\\{[^}]+}", "1"));
                }
            }
        }
        assertThat(operations).isGreaterThan(15);
        nowhere();
    }

    @Test
    void what_people_write_is_refused_field_by_field() {
        long paid = paidOrder();
        for (String form : FORMS) {
            for (String field : List.of("address_line1", "address_line2", "city", "state", "postal_code", "country")) {
                Map<String, Object> address = new java.util.HashMap<>(Map.of(
                        "address_line1", "1 Main St",
                        "city", "New York",
                        "state", "NY",
                        "postal_code", "10001",
                        "country", "USA"));
                address.put(field, form);
                refused(shopper.json().body(address).post("/api/v1/addresses"), "VALIDATION_ERROR")
                        .then()
                        .body("error.details.fields[0].field", equalTo(field));
            }
            refused(shopper.json().body(Map.of("first_name", form)).patch("/api/v1/users/me"), "VALIDATION_ERROR");
            refused(
                    shopper.json()
                            .body(Map.of("order_id", paid, "amount", 1, "reason", form))
                            .post("/api/v1/payments/refund"),
                    "INVALID_PAYMENT_DETAILS");
            refused(
                    admin.json()
                            .body(Map.of("carrier", form, "tracking_number", "1Z"))
                            .post("/api/v1/orders/" + paid + "/shipments"),
                    "VALIDATION_ERROR");
            refused(
                    admin.json()
                            .body(Map.of("delta", 1, "reason", "found", "note", form))
                            .post("/api/v1/inventory/" + product + "/adjustments"),
                    "VALIDATION_ERROR");
            refused(
                    given().contentType(ContentType.JSON)
                            .body(Map.of("email", CARD + "@example.com", "password", form))
                            .post("/api/v1/auth/login"),
                    "VALIDATION_ERROR");
        }
        nowhere();
    }

    @Test
    void headers_and_addresses_leave_no_trace() {
        long orderId = order();
        for (String path : List.of("/api/v1/orders", "/api/v1/payments/process", "/api/v1/payments/refund")) {
            for (String key : List.of(CARD, "retry-" + CARD)) {
                shopper.json()
                        .header("Idempotency-Key", key)
                        .body(Map.of(
                                "shipping_address_id",
                                shopper.addressId(),
                                "order_id",
                                orderId,
                                "amount",
                                1,
                                "payment_method",
                                "credit_card",
                                "payment_details",
                                Map.of("payment_method_id", "pm_card_visa")))
                        .post(path)
                        .then()
                        .statusCode(400)
                        .body(not(containsString("4242")));
            }
        }
        Response named = shopper.request().header("X-Request-Id", CARD).get("/api/v1/orders/987654321");
        named.then().statusCode(404).header("X-Request-Id", not(containsString("4242")));
        admin.json()
                .header("X-Request-Id", "order-" + CARD)
                .body(Map.of("delta", 1, "reason", "found"))
                .post("/api/v1/inventory/" + product + "/adjustments")
                .then()
                .statusCode(anyOf(equalTo(200), equalTo(201)));
        given().contentType(ContentType.JSON)
                .header("User-Agent", "my card is 4242 4242 4242 4242")
                .body(Map.of("email", shopper.email, "password", Shopper.PASSWORD))
                .post("/api/v1/auth/login")
                .then()
                .statusCode(200);
        for (String path : List.of(
                "/api/v1/payments/" + CARD,
                "/api/v1/orders/" + CARD,
                "/api/v1/products/search?q=" + CARD,
                "/api/v1/products?category=4242%204242%204242%204242",
                "/api/v1/payment-methods/pm_" + CARD,
                "/" + CARD)) {
            shopper.request().urlEncodingEnabled(false).get(path);
            shopper.request().urlEncodingEnabled(false).delete(path);
        }
        given().auth().oauth2(CARD).get("/api/v1/orders").then().statusCode(401);
        given().header("X-Forwarded-For", CARD).get("/api/v1/products").then().statusCode(200);
        nowhere();
    }

    @Test
    void other_long_numbers_pass() {
        // Each of these would be a card's, were it not what it is.
        shopper.json()
                .body(Map.of("phone", "+4222222222222"))
                .patch("/api/v1/users/me")
                .then()
                .statusCode(200);
        long paid = paidOrder();
        admin.json()
                .body(Map.of("status", "processing"))
                .put("/api/v1/orders/" + paid + "/status")
                .then()
                .statusCode(200);
        admin.json()
                .body(Map.of("carrier", "DHL", "tracking_number", "4000056655665556"))
                .post("/api/v1/orders/" + paid + "/shipments")
                .then()
                .statusCode(201);
        admin.json()
                .body(Map.of(
                        "name",
                        "Kettle, EAN 4012888888881",
                        "price",
                        10,
                        "category",
                        "test",
                        "sku",
                        "4012888888881-" + UUID.randomUUID(),
                        "stock_quantity",
                        1))
                .post("/api/v1/products")
                .then()
                .statusCode(201);
        shopper.json()
                .body(Map.of(
                        "address_line1", "12345 Main St, Apt 67890",
                        "address_line2", "Box 4242 4242 4242",
                        "city", "New York",
                        "state", "NY",
                        "postal_code", "10001-1234",
                        "country", "USA"))
                .post("/api/v1/addresses")
                .then()
                .statusCode(201);
        shopper.json()
                .body(Map.of("product_id", 2147483647, "quantity", 1, "seen_at", "2026-11-29T04:27:50.177295793Z"))
                .post("/api/v1/cart/items")
                .then()
                .statusCode(404);
    }

    private void refuses(String method, String path) {
        List<String> bodies = new ArrayList<>();
        FORMS.forEach(form -> bodies.add("{\"anything\":\"" + form + "\"}"));
        bodies.add("{\"a\":{\"b\":[1,{\"c\":\"" + CARD + "\"}]}}");
        bodies.add("{\"" + CARD + "\":true}");
        bodies.add("{\"n\":" + CARD + "}");
        bodies.add("{\"n\":4.242424242424242e15}");
        bodies.add("[\"" + CARD + "\"]");
        for (String body : bodies) {
            Response answer = admin.json().body(body).request(method, path);
            String code = path.startsWith("/api/v1/payments") ? "INVALID_PAYMENT_DETAILS" : "VALIDATION_ERROR";
            assertThat(answer.statusCode()).as(method + " " + path + " " + body).isEqualTo(400);
            refused(answer, code);
        }
    }

    private static Response refused(Response answer, String code) {
        answer.then().statusCode(400).body("error.code", equalTo(code)).body(not(containsString("4242")));
        return answer;
    }

    private static JsonNode document() throws Exception {
        return new ObjectMapper().readTree(given().get("/q/openapi?format=json").asString());
    }

    private static boolean takesJson(JsonNode operation) {
        return operation.path("requestBody").path("content").has("application/json");
    }

    // What the guard's own description says: products are an admin's, webhooks are the providers'.
    private static boolean isLeftOut(String path) {
        return !path.startsWith("/api/v1/")
                || path.startsWith("/api/v1/products")
                || path.startsWith("/api/v1/payments/webhooks");
    }

    private void nowhere() {
        assertThat(everyTextInTheDatabase()).isEmpty();
        assertThat(everythingInRedis()).isNotEmpty().noneMatch(CardNumbersNeverEnterTest::hasTheCard);
        assertThat(log.lines()).noneMatch(CardNumbersNeverEnterTest::hasTheCard);
    }

    private static boolean hasTheCard(String text) {
        return text.replaceAll("[^0-9]", "").contains(CARD);
    }

    /** Every text of every table that has the number in it, however it is written; the outbox and the inbox are tables. */
    private List<String> everyTextInTheDatabase() {
        List<String> texts = new ArrayList<>();
        for (Object[] column : textColumns()) {
            texts.addAll(database.createNativeQuery(
                            ("SELECT '%1$s.%2$s: ' || CAST(\"%2$s\" AS text) FROM \"%1$s\""
                                            + " WHERE regexp_replace(CAST(\"%2$s\" AS text), '[^0-9]', '', 'g') LIKE '%%"
                                            + CARD + "%%'")
                                    .formatted(column),
                            String.class)
                    .getResultList());
        }
        return texts;
    }

    private List<String> everythingInRedis() {
        List<String> all = new ArrayList<>();
        for (String key : redis.key().keys("*")) {
            all.add(key);
            all.add(String.valueOf(redis.execute("DUMP", key)));
        }
        return all;
    }
}
