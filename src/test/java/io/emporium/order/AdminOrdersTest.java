package io.emporium.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AdminOrdersTest {
    private static final String LIST = "/api/v1/admin/orders";
    private static Shopper admin;
    private Shopper ada;

    @Inject
    Invariants invariants;

    @Inject
    EntityManager database;

    @BeforeEach
    void arrive() {
        if (admin == null) {
            admin = Shopper.admin();
        }
        ada = Shopper.registered();
    }

    @AfterEach
    void everything_is_as_promised() {
        invariants.hold();
    }

    @Test
    void an_order_is_found_by_its_number_customer_sku_and_parcel() {
        long product = admin.createProduct("10.00", 100);
        long other = ada.order(admin.createProduct("5.00", 100), 1);
        long orderId = ada.paidOrder(product, 2);
        String tracking = "TRACK-" + UUID.randomUUID();
        ship(orderId, tracking);
        String number = ada.order(orderId).getString("data.order_number");
        String sku = admin.request().get("/api/v1/products/" + product).path("data.sku");

        for (String text : List.of(number, number.toLowerCase(Locale.ROOT), sku, tracking, " " + tracking + " ")) {
            find(Map.of("q", text))
                    .body("data.orders.order_id", contains((int) orderId))
                    .body("data.pagination.total_items", equalTo(1));
        }
        find(Map.of("q", ada.email.toUpperCase(Locale.ROOT)))
                .body("data.orders.order_id", contains((int) orderId, (int) other));
        find(Map.of("q", tracking))
                .body("data.orders[0].order_number", equalTo(number))
                .body("data.orders[0].status", equalTo("shipped"))
                .body("data.orders[0].payment_status", equalTo("completed"))
                .body("data.orders[0].payment_method", equalTo("credit_card"))
                .body("data.orders[0].total_amount", equalTo(20.0f))
                .body("data.orders[0].currency", equalTo("USD"))
                .body("data.orders[0].items_count", equalTo(1))
                .body("data.orders[0].customer.user_id", equalTo((int) ada.userId))
                .body("data.orders[0].customer.name", equalTo("Ada Lovelace"))
                .body("data.orders[0].customer.email", equalTo(ada.email))
                .body("data.orders[0].created_at", notNullValue());
        // A number's beginning finds it, another part of anything does not.
        find(Map.of("q", number.substring(0, number.length() - 1), "limit", "100"))
                .body("data.orders.order_id", org.hamcrest.Matchers.hasItem((int) orderId));
        for (String text : List.of(number.substring(4), sku.substring(1), tracking + "0", "nobody@example.com", "%")) {
            find(Map.of("q", text)).body("data.orders", empty());
        }
    }

    @Test
    void of_numbers_that_begin_alike_the_newest_come_first() {
        // More than a page, of two lengths: text alone would put the longer, newer ones between the older.
        String year = "ORD-1999-";
        QuarkusTransaction.requiringNew().run(() -> {
            for (int n : new int[] {9998, 9999, 10000, 10001}) {
                oldOrder(year + n, Instant.parse("1999-05-01T00:00:00Z").plusSeconds(n));
            }
        });
        try {
            find(Map.of("q", "ord-1999", "limit", "3"))
                    .body("data.orders.order_number", contains(year + 10001, year + 10000, year + 9999))
                    .body("data.pagination.total_items", equalTo(4))
                    .body("data.pagination.total_pages", equalTo(2));
            find(Map.of("q", "ORD-1999-1")).body("data.orders.order_number", contains(year + 10001, year + 10000));
        } finally {
            QuarkusTransaction.requiringNew()
                    .run(() -> database.createNativeQuery("DELETE FROM orders WHERE order_number LIKE 'ORD-1999-%'")
                            .executeUpdate());
        }
    }

    @Test
    void filters_combine_and_pages_follow_each_other() {
        long product = admin.createProduct("10.00", 100);
        long first = ada.paidOrder(product, 1);
        long second = ada.paidOrder(product, 1);
        long third = ada.order(product, 1);
        ada.request().post("/api/v1/orders/" + third + "/cancel").then().statusCode(200);
        String q = ada.email;

        find(Map.of("q", q, "status", "confirmed")).body("data.orders.order_id", contains((int) second, (int) first));
        find(Map.of("q", q, "status", "confirmed", "payment_status", "pending")).body("data.orders", empty());
        find(Map.of("q", q, "payment_status", "completed")).body("data.orders", hasSize(2));
        find(Map.of("q", q, "status", "cancelled")).body("data.orders.order_id", contains((int) third));
        find(Map.of("q", q, "limit", "2", "page", "1"))
                .body("data.orders.order_id", contains((int) third, (int) second))
                .body("data.pagination.current_page", equalTo(1))
                .body("data.pagination.total_pages", equalTo(2))
                .body("data.pagination.total_items", equalTo(3));
        find(Map.of("q", q, "limit", "2", "page", "2")).body("data.orders.order_id", contains((int) first));
        find(Map.of("limit", "1")).body("data.orders", hasSize(1));
        find(Map.of("q", "", "status", "", "from", "")).body("data.orders", not(empty()));
    }

    @Test
    void a_day_is_meant_whole_and_a_moment_exactly() {
        long orderId = ada.order(admin.createProduct("10.00", 100), 1);
        Instant at = Instant.parse(ada.order(orderId).getString("data.created_at"));
        String day = LocalDate.ofInstant(at, ZoneOffset.UTC).toString();
        String before = LocalDate.ofInstant(at, ZoneOffset.UTC).minusDays(1).toString();
        String after = LocalDate.ofInstant(at, ZoneOffset.UTC).plusDays(1).toString();
        String q = ada.email;

        find(Map.of("q", q, "from", day, "to", day)).body("data.orders", hasSize(1));
        find(Map.of("q", q, "from", before)).body("data.orders", hasSize(1));
        find(Map.of("q", q, "to", before)).body("data.orders", empty());
        find(Map.of("q", q, "from", after)).body("data.orders", empty());
        find(Map.of("q", q, "from", at.toString())).body("data.orders", hasSize(1));
        find(Map.of("q", q, "to", at.toString())).body("data.orders", empty());
        find(Map.of("q", q, "from", at.plusMillis(1).toString())).body("data.orders", empty());
        find(Map.of(
                        "q",
                        q,
                        "to",
                        at.plusMillis(1)
                                .atOffset(ZoneOffset.UTC)
                                .withOffsetSameInstant(ZoneOffset.ofHours(2))
                                .toString()))
                .body("data.orders", hasSize(1));
        find(Map.of("from", "0001-01-01", "to", "9999-12-31", "q", q)).body("data.orders", hasSize(1));
    }

    @Test
    void what_cannot_be_searched_for_is_refused() {
        for (var wrong : Map.of(
                        "from",
                                List.of(
                                        "yesterday",
                                        "2026-13-01",
                                        "2026-02-30",
                                        "2026-01-01T25:00:00Z",
                                        "2026-01-01T10:00:00",
                                        "+999999999-01-01",
                                        "1e9"),
                        "to",
                                List.of(
                                        "0",
                                        "-999999999-01-01",
                                        "2026-01-01 10:00",
                                        "+999999999-12-31T23:59:59.999999999Z"),
                        "status", List.of("lost", "CONFIRMED", "1"),
                        "payment_status", List.of("paid", "x".repeat(31)),
                        "page", List.of("0", "-1", "x", "5001", "2147483648"),
                        "limit", List.of("0", "101", "1e309"),
                        "q", List.of("x".repeat(255), "nul\u0000"))
                .entrySet()) {
            for (String value : wrong.getValue()) {
                admin.request()
                        .queryParam(wrong.getKey(), value)
                        .get(LIST)
                        .then()
                        .statusCode(400)
                        .body("error.code", equalTo("VALIDATION_ERROR"))
                        .body("error.details.fields.field", contains(wrong.getKey()));
            }
        }
        admin.request()
                .queryParam("from", "2026-02-01")
                .queryParam("to", "2026-01-31")
                .get(LIST)
                .then()
                .statusCode(400)
                .body("error.details.fields.field", contains("from"));
        for (String hostile :
                List.of("' OR 1=1 --", "\"; DROP TABLE orders", "ORD-%", "ORD-_", "\ud83d\ude00", "~", "a@b' --")) {
            find(Map.of("q", hostile)).body("data.orders", empty());
        }
    }

    @Test
    void an_order_shows_who_moved_it_when_and_why() {
        long orderId = ada.paidOrder(admin.createProduct("10.00", 100), 1);
        ship(orderId, "0034");

        admin.request()
                .get(LIST + "/" + orderId)
                .then()
                .statusCode(200)
                .body("data.order_id", equalTo((int) orderId))
                .body("data.status", equalTo("shipped"))
                .body("data.items", hasSize(1))
                .body("data.shipping_address.city", equalTo("New York"))
                .body("data.customer.user_id", equalTo((int) ada.userId))
                .body("data.customer.email", equalTo(ada.email))
                .body("data.shipment.carrier", equalTo("DHL"))
                .body("data.shipment.tracking_number", equalTo("0034"))
                .body("data.shipment.estimated_delivery", equalTo("2099-12-01"))
                .body("data.history.status", contains("pending", "confirmed", "processing", "shipped"))
                .body("data.history.from", contains(null, "pending", "confirmed", "processing"))
                .body("data.history[0].actor.user_id", equalTo((int) ada.userId))
                .body("data.history[0].actor.role", equalTo("customer"))
                .body("data.history[1].reason", equalTo("paid"))
                .body("data.history[1].actor", nullValue())
                .body("data.history[3].actor.user_id", equalTo((int) admin.userId))
                .body("data.history[3].actor.role", equalTo("admin"))
                .body("data.history.at", not(contains(nullValue())));
        String own = ada.request()
                .get("/api/v1/orders/" + orderId)
                .then()
                .statusCode(200)
                .body("data.shipment.carrier", equalTo("DHL"))
                .body("data.shipment.tracking_number", equalTo("0034"))
                .body("data.shipment.estimated_delivery", equalTo("2099-12-01"))
                .body("data.history.status", contains("pending", "confirmed", "processing", "shipped"))
                .body("data.history[1].reason", equalTo("paid"))
                .extract()
                .asString();
        // Who works in the shop is none of its customers' business.
        assertThat(own).doesNotContain("actor", admin.email);
        admin.request().get(LIST + "/999999999").then().statusCode(404);
        admin.request().get(LIST + "/x").then().statusCode(404);
    }

    @Test
    void they_are_an_admins() {
        long orderId = ada.order(admin.createProduct("10.00", 100), 1);
        for (String path : List.of(LIST, LIST + "/" + orderId)) {
            ada.request().get(path).then().statusCode(403).body("error.code", equalTo("FORBIDDEN"));
            given().get(path).then().statusCode(401).body("error.code", equalTo("AUTHENTICATION_REQUIRED"));
        }
    }

    private static ValidatableResponse find(Map<String, String> query) {
        return admin.request().queryParams(query).get(LIST).then().statusCode(200);
    }

    private static void ship(long orderId, String tracking) {
        admin.json()
                .body(Map.of("status", "processing"))
                .put("/api/v1/orders/" + orderId + "/status")
                .then()
                .statusCode(200);
        admin.json()
                .body(Map.of("carrier", "DHL", "tracking_number", tracking, "estimated_delivery", "2099-12-01"))
                .post("/api/v1/orders/" + orderId + "/shipments")
                .then()
                .statusCode(201);
    }

    private void oldOrder(String number, Instant at) {
        database.createNativeQuery("""
                        INSERT INTO orders (user_id, order_number, status, cancel_reason, payment_method, total_amount, currency, ship_to_name,
                               ship_to_line1, ship_to_city, ship_to_state, ship_to_postal_code, ship_to_country, expires_at, created_at)
                        VALUES (:user, :number, 'cancelled', 'customer', 'credit_card', 1, 'USD', 'N', 'L', 'C', 'S', 'P', 'X', now(), :at)
                        """)
                .setParameter("user", ada.userId)
                .setParameter("number", number)
                .setParameter("at", at)
                .executeUpdate();
    }
}
