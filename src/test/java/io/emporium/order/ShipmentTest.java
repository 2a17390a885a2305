package io.emporium.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.emporium.Together;
import io.emporium.identity.Crowd;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ShipmentTest {
    private static Shopper admin;
    private Shopper ada;

    @Inject
    Invariants invariants;

    @Inject
    EntityManager database;

    @Inject
    Crowd crowd;

    @BeforeEach
    void arrive() {
        if (admin == null) {
            admin = Shopper.admin();
        }
        ada = crowd.come(1).getFirst();
    }

    @AfterEach
    void everything_is_as_promised() {
        invariants.hold();
    }

    @Test
    void an_order_leaves_once_however_often_and_at_once_it_is_shipped() {
        long orderId = inPreparation();
        String key = UUID.randomUUID().toString();
        Map<String, Object> parcel = Map.of("carrier", "DHL", "tracking_number", "0034");

        List<Response> answers = Together.times(8, i -> ship(orderId, parcel, i < 4 ? key : null));

        assertThat(answers.stream().map(Response::statusCode))
                .containsOnly(201, 409)
                .contains(201);
        Response again = ship(orderId, parcel, null);
        again.then().statusCode(409).body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        assertThat(number("SELECT count(*) FROM shipments WHERE order_id = " + orderId))
                .isEqualTo(1);
        assertThat(number("SELECT count(*) FROM outbox WHERE type = 'order.shipped' AND entity_id = " + orderId))
                .isEqualTo(1);
        assertThat(number("SELECT count(*) FROM audit_log WHERE action = 'order.shipped' AND actor_id = " + admin.userId
                        + " AND entity_id = '" + orderId + "'"))
                .isEqualTo(1);
    }

    @Test
    void a_retry_with_its_key_is_answered_again() {
        long orderId = inPreparation();
        String key = UUID.randomUUID().toString();
        Map<String, Object> parcel = Map.of("carrier", "DHL", "tracking_number", "0034");

        Response first = ship(orderId, parcel, key);
        Response second = ship(orderId, parcel, key);

        first.then().statusCode(201).body("data.shipment.tracking_number", equalTo("0034"));
        second.then().statusCode(201).header("Idempotency-Replayed", equalTo("true"));
        assertThat(second.asString()).isEqualTo(first.asString());
        ship(orderId, Map.of("carrier", "UPS", "tracking_number", "0034"), key)
                .then()
                .statusCode(422)
                .body("error.code", equalTo("IDEMPOTENCY_KEY_REUSED"));
    }

    @Test
    void what_is_no_parcel_is_refused_and_changes_nothing() {
        long orderId = inPreparation();
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        for (String wrong : List.of(
                "carrier: null",
                "carrier: \"\"",
                "carrier: \"  \"",
                "carrier: 5",
                "carrier: {}",
                "carrier: []",
                "carrier: \"" + "x".repeat(101) + "\"",
                "carrier: \"DHL\\r\\nBcc: eve@example.com\"",
                "carrier: \"DHL\\u0000\"",
                "carrier: \"DHL\\ud800\"",
                "carrier: \"a\\u2028b\"",
                "carrier: \"a\\tb\"",
                "tracking_number: null",
                "tracking_number: \"\"",
                "tracking_number: 34",
                "tracking_number: \"a\\nb\"",
                "tracking_number: \"" + "x".repeat(101) + "\"",
                "estimated_delivery: \"" + today.minusDays(1) + "\"",
                "estimated_delivery: \"1970-01-01\"",
                "estimated_delivery: \"soon\"",
                "estimated_delivery: \"2099-02-30\"",
                "estimated_delivery: \"2099-13-01\"",
                "estimated_delivery: \"+999999999-12-31\"",
                "estimated_delivery: \"+10000-01-01\"",
                "estimated_delivery: 5",
                "estimated_delivery: 99999999999999",
                "estimated_delivery: 1e309",
                "estimated_delivery: true",
                "estimated_delivery: {}",
                "estimated_delivery: [9999999, 99, 99]",
                "estimated_delivery: \"2099-01-01T00:00:00Z\"")) {
            String field = wrong.substring(0, wrong.indexOf(':'));
            var parcel = new java.util.LinkedHashMap<>(Map.of(
                    "carrier",
                    "\"DHL\"",
                    "tracking_number",
                    "\"0034\"",
                    "estimated_delivery",
                    "\"" + today.plusDays(1) + "\""));
            parcel.put(field, wrong.substring(field.length() + 2));
            String body = parcel.entrySet().stream()
                    .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                    .collect(java.util.stream.Collectors.joining(",", "{", "}"));
            Response answer = admin.json().body(body).post("/api/v1/orders/" + orderId + "/shipments");
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.jsonPath().getString("error.code")).as(body).isEqualTo("VALIDATION_ERROR");
            assertThat(answer.jsonPath().getString("error.details.fields[0].field"))
                    .as(body)
                    .startsWith(field);
        }
        ada.request()
                .get("/api/v1/orders/" + orderId)
                .then()
                .body("data.status", equalTo("processing"))
                .body("data.shipment", nullValue());
        for (String path : List.of("999999999", "0", "-1", "x", "9223372036854775808")) {
            admin.json()
                    .body(Map.of("carrier", "DHL", "tracking_number", "0034"))
                    .post("/api/v1/orders/" + path + "/shipments")
                    .then()
                    .statusCode(404);
        }
    }

    @Test
    void what_a_carrier_is_called_is_text_wherever_it_is_shown() {
        long orderId = inPreparation();
        String carrier = "<b>Fast & \"Sons\"</b> " + "x".repeat(77);
        String tracking = "<script>alert(1)</script>" + "9".repeat(75);
        LocalDate today = LocalDate.now(ZoneOffset.UTC);

        ship(
                        orderId,
                        Map.of("carrier", carrier, "tracking_number", tracking, "estimated_delivery", today.toString()),
                        null)
                .then()
                .statusCode(201)
                .body("data.shipment.carrier", equalTo(carrier))
                .body("data.shipment.tracking_number", equalTo(tracking))
                .body("data.shipment.estimated_delivery", equalTo(today.toString()));

        admin.request()
                .queryParam("q", tracking)
                .get("/api/v1/admin/orders")
                .then()
                .body("data.orders.order_id", contains((int) orderId));
        String mail = "SELECT body_html FROM deliveries WHERE type = 'shipping_update' AND user_id = " + ada.userId;
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(texts(mail)).hasSize(1));
        assertThat(texts(mail).getFirst())
                .contains("&lt;script&gt;", "&lt;b&gt;Fast &amp; ")
                .doesNotContain("<script", "<b>Fast");
    }

    private long inPreparation() {
        long orderId = ada.paidOrder(admin.createProduct("10.00", 10), 1);
        admin.json()
                .body(Map.of("status", "processing"))
                .put("/api/v1/orders/" + orderId + "/status")
                .then()
                .statusCode(200);
        return orderId;
    }

    private static Response ship(long orderId, Map<String, Object> parcel, String key) {
        var request = admin.json().body(parcel);
        return (key == null ? request : request.header("Idempotency-Key", key))
                .post("/api/v1/orders/" + orderId + "/shipments");
    }

    private long number(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query).getSingleResult()).longValue());
    }

    private List<String> texts(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(query, String.class).getResultList());
    }
}
