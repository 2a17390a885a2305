package io.emporium.search;

import static org.awaitility.Awaitility.await;

import io.emporium.catalog.CatalogEvent;
import io.emporium.catalog.CatalogEvent.ProductChanged;
import io.emporium.catalog.CatalogEvent.ProductCreated;
import io.emporium.catalog.CatalogEvent.ProductWithdrawn;
import io.emporium.inventory.StockCount;
import io.emporium.outbox.Outbox;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.restassured.RestAssured;
import io.restassured.response.ExtractableResponse;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Products to be found, changed as the catalogue changes them: the row and its event in one transaction. */
@Singleton
class Shelves {
    // The tests share one catalogue, and a lost index is filled with all of it: a busy machine takes its time.
    private static final Duration FOLLOWED_WITHIN = Duration.ofMinutes(2);

    private final EntityManager database;
    private final Outbox outbox;
    private final StockCount stockCount;

    Shelves(EntityManager database, Outbox outbox, StockCount stockCount) {
        this.database = database;
        this.outbox = outbox;
        this.stockCount = stockCount;
    }

    long put(String name, String price, String category, String brand, String description) {
        return QuarkusTransaction.requiringNew().call(() -> {
            long id = (Long) database.createNativeQuery("""
                            INSERT INTO products (name, price, category, brand, description, sku)
                            VALUES (:name, :price, :category, :brand, :description, :sku) RETURNING product_id
                            """, Long.class)
                    .setParameter("name", name)
                    .setParameter("price", new BigDecimal(price))
                    .setParameter("category", category)
                    .setParameter("brand", brand)
                    .setParameter("description", description)
                    .setParameter("sku", "S-" + UUID.randomUUID())
                    .getSingleResult();
            stockCount.set(id, 5, "received", null);
            append(new ProductCreated(UUID.randomUUID(), id, 0, Instant.now()));
            return id;
        });
    }

    void withdraw(long id) {
        QuarkusTransaction.requiringNew().run(() -> {
            update("is_active = false", id);
            append(new ProductWithdrawn(UUID.randomUUID(), id, 1, Instant.now()));
        });
    }

    void price(long id, String price) {
        QuarkusTransaction.requiringNew().run(() -> {
            update("price = " + new BigDecimal(price), id);
            append(new ProductChanged(UUID.randomUUID(), id, 1, Instant.now()));
        });
    }

    /** Without an event, as a sale or a count does it. */
    void stock(long id, int quantity) {
        QuarkusTransaction.requiringNew().run(() -> stockCount.set(id, quantity, "adjustment", null));
    }

    String sku(long id) {
        return (String) QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("SELECT sku FROM products WHERE product_id = :id", String.class)
                        .setParameter("id", id)
                        .getSingleResult());
    }

    private void update(String change, long id) {
        database.createNativeQuery("UPDATE products SET " + change + ", version = version + 1 WHERE product_id = :id")
                .setParameter("id", id)
                .executeUpdate();
    }

    private void append(CatalogEvent event) {
        outbox.append(event);
    }

    /** On a busy machine both may be late (503): no query stays so. */
    static ValidatableResponse search(String q, Object... filters) {
        return await().atMost(FOLLOWED_WITHIN)
                .pollDelay(Duration.ZERO)
                .until(() -> ask(q, filters), answer -> answer.statusCode() != 503)
                .then()
                .statusCode(200);
    }

    private static Response ask(String q, Object... filters) {
        var request = RestAssured.given().queryParam("q", q);
        for (int i = 0; i < filters.length; i += 2) {
            request.queryParam((String) filters[i], filters[i + 1]);
        }
        return request.get("/api/v1/products/search");
    }

    /** As search, by one of the two: a node on a busy machine may be late, and the other one finds in the meantime. */
    static ExtractableResponse<Response> searchBy(String backend, String q, Object... filters) {
        return await().atMost(FOLLOWED_WITHIN)
                .pollDelay(Duration.ZERO)
                .until(() -> search(q, filters).extract(), answer -> backend.equals(answer.header("X-Search-Backend")));
    }

    static List<Long> found(String q, Object... filters) {
        return search(q, filters).extract().jsonPath().getList("data.products.product_id", Long.class);
    }

    static String backend(String q) {
        return search(q).extract().header("X-Search-Backend");
    }

    /** Whether any product waits for being indexed, be it for a later try. */
    boolean isAnyDue() {
        return QuarkusTransaction.requiringNew()
                .call(() -> !database.createNativeQuery(
                                "SELECT 1 FROM search_documents WHERE due_at IS NOT NULL LIMIT 1", Integer.class)
                        .getResultList()
                        .isEmpty());
    }

    void awaitNothingDue() {
        await().atMost(FOLLOWED_WITHIN).until(() -> !isAnyDue());
    }

    /** Until Elasticsearch itself has it so. */
    static void awaitFound(List<Long> expected, String q, Object... filters) {
        await().atMost(FOLLOWED_WITHIN).until(() -> {
            var answer = search(q, filters).extract();
            return "elasticsearch".equals(answer.header("X-Search-Backend"))
                    && expected.equals(answer.jsonPath().getList("data.products.product_id", Long.class));
        });
    }
}
