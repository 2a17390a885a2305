package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What every test of payments starts from: a healthy Stripe, a customer, an admin, a product; and how it must end. */
abstract class PaymentScene {
    static final long CENTS = 4999;
    static final String ATTENTION = "/api/v1/admin/payments/attention";

    @Inject
    Invariants invariants;

    @Inject
    EntityManager database;

    Shopper shopper;
    Shopper admin;
    long product;

    @BeforeEach
    void open() {
        FakeStripe.heal();
        admin = Shopper.admin();
        shopper = Shopper.registered();
        product = admin.createProduct("49.99", 100);
    }

    @AfterEach
    void whateverHappenedTheInvariantsHold() {
        FakeStripe.heal();
        invariants.hold();
    }

    long order() {
        return shopper.order(product, 1);
    }

    long paidOrder() {
        return shopper.paidOrder(product, 1);
    }

    Response pay(long orderId, String card) {
        return shopper.pay(orderId, card);
    }

    JsonPath waitForPayment(long orderId, String paymentStatus) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(shopper.order(orderId).getString("data.payment_status"))
                        .isEqualTo(paymentStatus));
        return shopper.order(orderId);
    }

    void assertOrder(long orderId, String status, String paymentStatus) {
        JsonPath order = shopper.order(orderId);
        assertThat(order.getString("data.status")).isEqualTo(status);
        assertThat(order.getString("data.payment_status")).isEqualTo(paymentStatus);
    }

    void ship(long orderId) {
        admin.json()
                .body(Map.of("status", "processing"))
                .put("/api/v1/orders/" + orderId + "/status")
                .then()
                .statusCode(200);
        admin.json()
                .body(Map.of("carrier", "UPS", "tracking_number", "1Z999"))
                .post("/api/v1/orders/" + orderId + "/shipments")
                .then()
                .statusCode(201);
    }

    static Response refund(Shopper who, long orderId, String amount) {
        return who.json()
                .body("{\"order_id\":" + orderId + ",\"amount\":" + amount + ",\"reason\":\"Product defective\"}")
                .post("/api/v1/payments/refund");
    }

    static void cancel(Shopper who, long orderId) {
        who.json().post("/api/v1/orders/" + orderId + "/cancel").then().statusCode(200);
    }

    /** Whether it was. The reconciler's failures shut the door too, perhaps before the last of many has come. */
    static boolean isBegun(Response answer) {
        assertThat(answer.statusCode()).isIn(202, 503);
        return answer.statusCode() == 202;
    }

    /** The reconciler, which asks 2 s after an answer, does not come before the test. */
    void putOffChecks(long orderId) {
        sql("UPDATE transactions SET next_check_at = now() + interval '1 hour' WHERE next_check_at IS NOT NULL AND"
                + " order_id = " + orderId);
    }

    /**
     * The page of an admin's list that has what is looked for, or else the first: lists begin with the oldest, and all tests
     * share them.
     */
    ValidatableResponse pageOf(String list, String found) {
        // From the end, because what is settled meanwhile moves the others towards the beginning.
        for (int number = page(list, 1).extract().path("data.pagination.total_pages"); number > 1; number--) {
            ValidatableResponse page = page(list, number);
            if (page.extract().path(found) != null) {
                return page;
            }
        }
        return page(list, 1);
    }

    private ValidatableResponse page(String list, int number) {
        return admin.request()
                .queryParam("limit", 100)
                .queryParam("page", number)
                .get(list)
                .then()
                .statusCode(200);
    }

    List<Map<String, Object>> transactions(long orderId) {
        return shopper.request()
                .get("/api/v1/orders/" + orderId + "/transactions")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("data.transactions");
    }

    long events(String type, long orderId) {
        return ((Number) database.createNativeQuery(
                                "SELECT count(*) FROM outbox WHERE type = :type AND entity_id = :order", Long.class)
                        .setParameter("type", type)
                        .setParameter("order", orderId)
                        .getSingleResult())
                .longValue();
    }

    /** Stripe's name of the payment that an order has. */
    static String intentOf(long orderId) {
        return (String) FakeStripe.intents(orderId).getFirst().get("id");
    }

    // In a transaction of its own: what is waited for is asked from another thread than the test's.
    long number(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() ->
                        ((Number) database.createNativeQuery(query, Long.class).getSingleResult()).longValue());
    }

    void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }

    /** Every column of every table that can have a text in it, by its table and name: the outbox's and the inbox's too. */
    @SuppressWarnings("unchecked")
    List<Object[]> textColumns() {
        List<Object[]> columns = database.createNativeQuery("""
                        SELECT table_name, column_name FROM information_schema.columns
                         WHERE table_schema = current_schema()
                           AND data_type IN ('text', 'character varying', 'character', 'jsonb', 'json', 'USER-DEFINED')
                        """).getResultList();
        assertThat(columns).hasSizeGreaterThan(60);
        return columns;
    }
}
