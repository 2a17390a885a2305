package io.emporium.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stock-room works while the shop sells, and what the shop shows is what can be bought. */
@QuarkusTest
class StockWhileSellingTest {
    private static final int BUYERS = 32;
    private static Shopper admin;

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
    }

    @AfterEach
    void everything_is_as_promised() {
        invariants.hold();
    }

    @Test
    void what_is_received_or_lost_while_32_buy_is_counted_beside_every_sale() {
        long product = admin.createProduct("10.00", 100);
        List<Shopper> buyers = withCarts(product);

        List<Integer> statuses = Together.times(
                BUYERS + 16,
                i -> i < BUYERS
                        ? buyers.get(i).checkOut().statusCode()
                        : adjust(product, i % 2 == 0 ? 3 : -1).statusCode());

        assertThat(statuses).containsOnly(201);
        assertThat(stockOf(product)).isEqualTo(100 - BUYERS + 8 * 3 - 8);
        assertThat(ledger(product, "reserved")).isEqualTo(-BUYERS);
    }

    @Test
    void a_count_while_32_buy_loses_no_sale() {
        for (String how : List.of("put", "patch", "import")) {
            long product = admin.createProduct("10.00", 100);
            List<Shopper> buyers = withCarts(product);

            List<Integer> statuses = Together.times(
                    BUYERS + 4, i -> i < BUYERS ? buyers.get(i).checkOut().statusCode() : count(how, product, 50 + i));

            assertThat(statuses).containsOnly(200, 201);
            // What is left is the last count less what was sold after it.
            int left = stockOf(product);
            assertThat(left).as(how).isEqualTo(lastCountLessLaterSales(product));
            assertThat(ledger(product, "reserved")).isEqualTo(-BUYERS);
            assertThat(ledger(product, "%")).isEqualTo(left);
        }
    }

    @Test
    void the_last_pieces_counted_away_are_not_sold() {
        long product = admin.createProduct("10.00", BUYERS);
        List<Shopper> buyers = withCarts(product);

        List<Integer> statuses = Together.times(
                BUYERS + 1,
                i -> i < BUYERS
                        ? buyers.get(i).checkOut().statusCode()
                        : adjust(product, -BUYERS / 2).statusCode());

        // Written off before sixteen were sold, or refused because too few were left.
        long sold = statuses.subList(0, BUYERS).stream()
                .filter(status -> status == 201)
                .count();
        boolean writtenOff = statuses.getLast() == 201;
        assertThat(statuses).containsOnly(201, 409);
        assertThat(sold).isEqualTo(writtenOff ? BUYERS / 2 : BUYERS);
        assertThat(stockOf(product)).isZero();
    }

    @Test
    void what_is_shown_is_what_can_be_bought() {
        long product = admin.createProduct("10.00", 4);
        String sku = admin.request().get("/api/v1/products/" + product).path("data.sku");
        var orders = new ArrayList<Long>();
        for (int left : new int[] {4, 3, 1, 0}) {
            Shopper shopper = Shopper.registered();
            if (left < 4) {
                orders.add(shopper.order(product, stockOf(product) - left));
            }
            shows(product, sku, left);
            canBeBought(Shopper.registered(), product, left);
        }
        // What is given back is shown and can be bought again.
        long last = orders.getLast();
        admin.json()
                .body(Map.of("status", "cancelled"))
                .put("/api/v1/orders/" + last + "/status")
                .then()
                .statusCode(200);
        shows(product, sku, 1);
        canBeBought(Shopper.registered(), product, 1);
        admin.request().delete("/api/v1/products/" + product).then().statusCode(200);
        Shopper.registered().putIntoCart(product, 1).then().statusCode(404);
        Shopper.registered().request().get("/api/v1/products/" + product).then().statusCode(404);
    }

    private static void shows(long product, String sku, int left) {
        Shopper anybody = admin;
        assertThat(stockOf(product)).isEqualTo(left);
        anybody.request()
                .get("/api/v1/products?category=test&limit=100&in_stock=" + (left > 0))
                .then()
                .statusCode(200)
                .body("data.products.find { it.product_id == " + product + " }.stock_quantity", equalTo(left));
        anybody.request()
                .get("/api/v1/products?category=test&limit=100&in_stock=" + (left == 0))
                .then()
                .body("data.products.find { it.product_id == " + product + " }", equalTo(null));
        // The index follows; what it finds is shown as the database has it.
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> anybody.request()
                        .queryParam("q", sku)
                        .queryParam("in_stock", left > 0)
                        .get("/api/v1/products/search")
                        .then()
                        .statusCode(200)
                        .body("data.products.product_id", contains((int) product))
                        .body("data.products.stock_quantity", contains(left)));
    }

    /** Exactly so many: one more is refused, and told how many there are. */
    private static void canBeBought(Shopper shopper, long product, int left) {
        shopper.putIntoCart(product, left + 1)
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INSUFFICIENT_STOCK"))
                .body("error.details.items.available", contains(left));
        if (left > 0) {
            long order = shopper.order(product, left);
            assertThat(stockOf(product)).isZero();
            shopper.request().post("/api/v1/orders/" + order + "/cancel").then().statusCode(200);
            assertThat(stockOf(product)).isEqualTo(left);
        }
    }

    private List<Shopper> withCarts(long product) {
        List<Shopper> buyers = crowd.come(BUYERS);
        buyers.forEach(buyer -> buyer.putIntoCart(product, 1).then().statusCode(201));
        return buyers;
    }

    private static Response adjust(long product, int delta) {
        return admin.json()
                .body(Map.of("delta", delta, "reason", delta > 0 ? "received" : "lost"))
                .post("/api/v1/inventory/" + product + "/adjustments");
    }

    /** Sets the stock to so many, whatever is sold meanwhile. */
    private static int count(String how, long product, int quantity) {
        String path = "/api/v1/products/" + product;
        Map<String, Object> body =
                Map.of("name", "Wireless Mouse", "price", 10, "category", "test", "stock_quantity", quantity);
        if (how.equals("patch")) {
            return admin.json()
                    .body(Map.of("stock_quantity", quantity))
                    .patch(path)
                    .statusCode();
        }
        String sku = admin.request().get(path).path("data.sku");
        if (how.equals("put")) {
            var whole = new java.util.HashMap<>(body);
            whole.put("sku", sku);
            return admin.json().body(whole).put(path).statusCode();
        }
        return admin.request()
                .contentType("text/csv")
                .body("sku,name,price,category,stock_quantity\n" + sku + ",Wireless Mouse,10.00,test," + quantity
                        + "\n")
                .post("/api/v1/products/import")
                .statusCode();
    }

    private static int stockOf(long product) {
        return admin.request().get("/api/v1/products/" + product).jsonPath().getInt("data.stock_quantity");
    }

    private long ledger(long product, String reason) {
        return number("SELECT coalesce(sum(delta), 0) FROM stock_ledger WHERE product_id = " + product
                + " AND reason LIKE '" + reason + "'");
    }

    /** As the ledger tells it: a count's row brings the sum of all up to it to what was counted, 82 to 85. */
    private long lastCountLessLaterSales(long product) {
        return number("""
                WITH steps AS (SELECT entry_id, reason, delta, sum(delta) OVER (ORDER BY entry_id) AS quantity
                                 FROM stock_ledger WHERE product_id = %1$d),
                     last_count AS (SELECT * FROM steps WHERE reason IN ('adjustment', 'import') ORDER BY entry_id DESC LIMIT 1)
                SELECT CASE WHEN c.quantity BETWEEN 82 AND 85
                            THEN c.quantity + coalesce((SELECT sum(delta) FROM steps WHERE entry_id > c.entry_id), 0) END
                  FROM last_count c
                """.formatted(product));
    }

    private long number(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query).getSingleResult()).longValue());
    }
}
