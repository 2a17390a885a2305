package io.emporium.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class OrderLifeTest {
    private static Shopper admin;
    private Shopper ada;

    @Inject
    Invariants invariants;

    @Inject
    EntityManager database;

    @Inject
    Orders orders;

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
    void only_the_moves_of_its_life_are_made() {
        Map<String, Set<String>> allowed = Map.of(
                "confirmed", Set.of("processing", "cancelled"),
                "processing", Set.of("shipped", "cancelled"),
                "shipped", Set.of("delivered"),
                "delivered", Set.of());
        long product = admin.createProduct("10.00", 100);
        long orderId = ada.paidOrder(product, 1);
        for (String status : List.of("confirmed", "processing", "shipped", "delivered")) {
            if (!status.equals("confirmed")) {
                move(orderId, status, 200);
            }
            for (String target : List.of("pending", "confirmed", "processing", "shipped", "delivered", "cancelled")) {
                if (!allowed.get(status).contains(target)) {
                    move(orderId, target, 409);
                }
            }
            assertThat(ada.order(orderId).getString("data.status")).isEqualTo(status);
        }
        move(orderId, "lost", 400);
    }

    @Test
    void no_admin_confirms_what_nobody_paid() {
        long orderId = ada.order(admin.createProduct("10.00", 100), 1);

        for (String target : List.of("confirmed", "processing", "shipped", "delivered")) {
            move(orderId, target, 409);
        }
        assertThat(ada.order(orderId).getString("data.status")).isEqualTo("pending");
        move(orderId, "cancelled", 200);
    }

    @Test
    void a_customer_does_not_move_orders() {
        long orderId = ada.order(admin.createProduct("10.00", 100), 1);
        ada.json()
                .body(Map.of("status", "cancelled"))
                .put("/api/v1/orders/" + orderId + "/status")
                .then()
                .statusCode(403)
                .body("error.code", equalTo("FORBIDDEN"));
        ada.json()
                .body(Map.of("carrier", "DHL", "tracking_number", "1"))
                .post("/api/v1/orders/" + orderId + "/shipments")
                .then()
                .statusCode(403);
    }

    @Test
    void a_cancelled_order_gives_its_stock_back_once() {
        long product = admin.createProduct("10.00", 10);
        long orderId = ada.order(product, 4);

        ada.request()
                .post("/api/v1/orders/" + orderId + "/cancel")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("cancelled"))
                .body("data.cancel_reason", equalTo("customer"));
        ada.request()
                .post("/api/v1/orders/" + orderId + "/cancel")
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        assertThat(stockOf(product)).isEqualTo(10);
    }

    @Test
    void a_parcel_is_shipped_with_its_tracking_number() {
        long orderId = ada.paidOrder(admin.createProduct("10.00", 10), 1);
        move(orderId, "processing", 200);
        admin.json()
                .body(Map.of("carrier", "DHL", "tracking_number", "0034", "estimated_delivery", "2099-12-01"))
                .post("/api/v1/orders/" + orderId + "/shipments")
                .then()
                .statusCode(201)
                .body("data.status", equalTo("shipped"));
        ada.request().post("/api/v1/orders/" + orderId + "/cancel").then().statusCode(409);
    }

    @Test
    void what_nobody_pays_in_time_can_be_bought_by_others() {
        long product = admin.createProduct("10.00", 3);
        long orderId = ada.order(product, 3);
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "UPDATE orders SET expires_at = now() - interval '1 second' WHERE order_id = :order")
                        .setParameter("order", orderId)
                        .executeUpdate());

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(ada.order(orderId).getString("data.status")).isEqualTo("cancelled"));
        assertThat(ada.order(orderId).getString("data.cancel_reason")).isEqualTo("expired");
        assertThat(stockOf(product)).isEqualTo(3);
    }

    @Test
    void an_order_whose_money_is_under_way_does_not_expire() {
        long product = admin.createProduct("10.00", 3);
        long orderId = ada.order(product, 3);
        ada.pay(orderId, "pm_card_threeDSecure2Required")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("requires_action"));
        QuarkusTransaction.requiringNew().run(() -> {
            database.createNativeQuery(
                            "UPDATE orders SET expires_at = now() - interval '1 second' WHERE order_id = :order")
                    .setParameter("order", orderId)
                    .executeUpdate();
        });
        // The payment module gives such a payment up first; only then the order expires, and never the other way round.
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(ada.order(orderId).getString("data.status")).isEqualTo("cancelled"));
        assertThat(ada.order(orderId).getString("data.payment_status")).isEqualTo("failed");
        assertThat(stockOf(product)).isEqualTo(3);
    }

    @Test
    void an_order_paid_at_the_moment_it_expires_is_looked_at_again() throws Exception {
        long product = admin.createProduct("10.00", 3);
        long orderId = ada.order(product, 3);
        var began = new CountDownLatch(1);
        var payment = Thread.ofVirtual()
                .start(() -> QuarkusTransaction.requiringNew().run(() -> {
                    // Its time is up for whoever looks now; that a payment has begun is seen only under the lock.
                    database.createNativeQuery(
                                    "UPDATE orders SET payment_status = 'processing' WHERE order_id = :order")
                            .setParameter("order", orderId)
                            .executeUpdate();
                    began.countDown();
                    LockSupport.parkNanos(Duration.ofMillis(1_500).toNanos());
                }));
        began.await();
        var later = new OrderExpiry(orders, Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));

        later.expire();

        payment.join();
        assertThat(ada.order(orderId).getString("data.status")).isEqualTo("pending");
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "UPDATE orders SET payment_status = 'pending' WHERE order_id = :order")
                        .setParameter("order", orderId)
                        .executeUpdate());
        later.expire();
        assertThat(ada.order(orderId).getString("data.status")).isEqualTo("cancelled");
    }

    @Test
    void somebody_elses_order_is_not_there() {
        long orderId = ada.order(admin.createProduct("10.00", 3), 1);
        Shopper eve = Shopper.registered();
        eve.request().get("/api/v1/orders/" + orderId).then().statusCode(404);
        eve.request().post("/api/v1/orders/" + orderId + "/cancel").then().statusCode(404);
        eve.request().get("/api/v1/orders").then().body("data.orders", empty());
    }

    private static void move(long orderId, String status, int expected) {
        admin.json()
                .body(Map.of("status", status))
                .put("/api/v1/orders/" + orderId + "/status")
                .then()
                .statusCode(expected);
    }

    private static int stockOf(long product) {
        return admin.request().get("/api/v1/products/" + product).jsonPath().getInt("data.stock_quantity");
    }
}
