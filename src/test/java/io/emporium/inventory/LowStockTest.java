package io.emporium.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.emporium.Together;
import io.emporium.identity.Crowd;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The threshold is 5. */
@QuarkusTest
class LowStockTest {
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
        ada = Shopper.registered();
    }

    @AfterEach
    void everything_is_as_promised() {
        invariants.hold();
    }

    @Test
    void the_sale_that_leaves_few_tells_the_admins_and_the_next_ones_do_not() {
        long product = admin.createProduct("10.00", 7);

        ada.order(product, 1);
        assertThat(events(product)).isEmpty();
        long crossing = ada.order(product, 1);
        assertThat(events(product)).containsExactly("inventory.low");
        ada.order(product, 2);
        assertThat(events(product)).containsExactly("inventory.low");
        assertThat(text("SELECT payload ->> 'data' FROM outbox WHERE " + of(product)))
                .contains("\"left\": 5", "\"threshold\": 5", "\"product_id\": " + product, "\"sku\": \"TEST-");

        String sku = admin.request().get("/api/v1/products/" + product).path("data.sku");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(told(product)).containsExactly("low_stock: Only 5 of " + sku + " left"));
        // Nobody but admins; of this product, for an admin of another test's may be none any more.
        assertThat(text("SELECT CAST(count(*) AS text) FROM notifications WHERE related_entity_type = 'product'"
                        + " AND related_entity_id = " + product
                        + " AND user_id NOT IN (SELECT user_id FROM users WHERE role = 'admin')"))
                .isEqualTo("0");

        // Filled up and sold down again it is news again.
        admin.json()
                .body(Map.of("delta", 3, "reason", "received"))
                .post("/api/v1/inventory/" + product + "/adjustments")
                .then()
                .statusCode(201);
        ada.request().post("/api/v1/orders/" + crossing + "/cancel").then().statusCode(200);
        Shopper.registered().order(product, 2);
        assertThat(events(product)).containsExactly("inventory.low", "inventory.low");
    }

    @Test
    void the_last_ones_sold_at_once_are_told_as_sold_out() {
        long product = admin.createProduct("10.00", 8);
        String sku = admin.request().get("/api/v1/products/" + product).path("data.sku");

        ada.order(product, 8);

        assertThat(events(product)).containsExactly("inventory.low", "inventory.sold_out");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(told(product)).containsExactly("sold_out: " + sku + " is sold out"));
    }

    @Test
    void of_32_buyers_at_once_one_is_the_news() {
        long product = admin.createProduct("10.00", 20);
        List<Shopper> buyers = crowd.come(32);
        buyers.forEach(buyer -> buyer.putIntoCart(product, 1).then().statusCode(201));

        Together.times(32, i -> buyers.get(i).checkOut().statusCode());

        assertThat(events(product)).containsExactly("inventory.low", "inventory.sold_out");
    }

    @Test
    void an_order_that_is_refused_tells_nothing() {
        long product = admin.createProduct("10.00", 7);
        long few = admin.createProduct("10.00", 2);
        ada.putIntoCart(product, 3).then().statusCode(201);
        ada.putIntoCart(few, 2).then().statusCode(201);
        Shopper.registered().order(few, 1);

        ada.checkOut().then().statusCode(409);

        assertThat(events(product)).isEmpty();
        // Was low from the beginning: nothing has fallen.
        assertThat(events(few)).isEmpty();
    }

    @Test
    void what_an_admin_counts_or_writes_off_is_told_too() {
        long adjusted = admin.createProduct("10.00", 8);
        admin.json()
                .body(Map.of("delta", -3, "reason", "damaged"))
                .post("/api/v1/inventory/" + adjusted + "/adjustments")
                .then()
                .statusCode(201);
        assertThat(events(adjusted)).containsExactly("inventory.low");

        long counted = admin.createProduct("10.00", 8);
        for (int quantity : new int[] {0, 0, 4, 9}) {
            admin.json()
                    .body(Map.of("stock_quantity", quantity))
                    .patch("/api/v1/products/" + counted)
                    .then()
                    .statusCode(200);
        }
        assertThat(events(counted)).containsExactly("inventory.low", "inventory.sold_out");

        long imported = admin.createProduct("10.00", 8);
        String sku = admin.request().get("/api/v1/products/" + imported).path("data.sku");
        admin.request()
                .contentType("text/csv")
                .body("sku,name,price,category,stock_quantity\n" + sku + ",Wireless Mouse,10.00,test,1\n")
                .post("/api/v1/products/import")
                .then()
                .statusCode(200);
        assertThat(events(imported)).containsExactly("inventory.low");

        long withdrawn = admin.createProduct("10.00", 8);
        admin.request().delete("/api/v1/products/" + withdrawn).then().statusCode(200);
        admin.json()
                .body(Map.of("delta", -8, "reason", "lost"))
                .post("/api/v1/inventory/" + withdrawn + "/adjustments")
                .then()
                .statusCode(201);
        assertThat(events(withdrawn)).isEmpty();
    }

    private static String of(long product) {
        return "entity_type = 'product' AND type LIKE 'inventory.%' AND entity_id = " + product;
    }

    private List<String> events(long product) {
        return texts("SELECT type FROM outbox WHERE " + of(product) + " ORDER BY position");
    }

    /** What the first admin reads of a product. */
    private List<String> told(long product) {
        return texts("SELECT type || ': ' || message FROM notifications WHERE related_entity_type = 'product'"
                + " AND related_entity_id = " + product + " AND user_id = " + admin.userId
                + " ORDER BY notification_id");
    }

    private String text(String query) {
        return texts(query).getFirst();
    }

    private List<String> texts(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(query, String.class).getResultList());
    }
}
