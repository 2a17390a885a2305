package io.emporium.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.emporium.LocalServerSwitch;
import io.emporium.Shopper;
import io.emporium.catalog.image.Pictures;
import io.emporium.inventory.StockCount;
import io.emporium.web.CacheTest;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The catalogue as it is shown is the catalogue as it is, though it is kept. */
@QuarkusTest
@TestProfile(CacheTest.Kept.class)
class ProductCacheTest {
    private static final String PRODUCTS = "/api/v1/products";

    @Inject
    Callers callers;

    @Inject
    StockCount stockCount;

    @Inject
    EntityManager database;

    @Inject
    RedisAPI redis;

    private final String category = "cat-" + UUID.randomUUID();
    private int product;

    @BeforeEach
    void aProductThatIsKept() {
        callers.exist();
        product = product("Kept Mouse", 5);
        for (int i = 0; i < 3; i++) {
            shown().body("data.price", equalTo(29.99f)).body("data.stock_quantity", equalTo(5));
            list().body("data.products", hasSize(1)).body("data.products[0].stock_quantity", equalTo(5));
        }
    }

    @AfterEach
    void redisIsThere() {
        new LocalServerSwitch("redis").start();
    }

    @Test
    void what_is_shown_is_kept() {
        behindTheShopsBack("UPDATE products SET price = 1 WHERE product_id = " + product);
        shown().body("data.price", equalTo(29.99f));
        list().body("data.products[0].price", equalTo(29.99f));
        behindTheShopsBack("UPDATE products SET price = 29.99 WHERE product_id = " + product);
    }

    @Test
    void it_looks_as_without_being_kept() {
        var answer = given().get(PRODUCTS + "/" + product);
        String tag = answer.header("ETag");
        assertThat(tag).isEqualTo("\"0.5\"");
        assertThat(answer.contentType()).startsWith("application/json");
        assertThat(answer.jsonPath().getMap("data"))
                .isEqualTo(
                        Callers.admin().get(PRODUCTS + "/" + product).jsonPath().getMap("data"))
                .isEqualTo(list().extract().jsonPath().getMap("data.products[0]"))
                .hasSize(13);
        given().header("If-None-Match", tag)
                .get(PRODUCTS + "/" + product)
                .then()
                .statusCode(304);
        list().body("data.pagination.total_items", equalTo(1))
                .body("data.pagination.current_page", equalTo(1))
                .body("data.pagination.items_per_page", equalTo(20));
    }

    @Test
    void an_edit_is_seen_at_once() {
        String tag = given().get(PRODUCTS + "/" + product).header("ETag");
        change(Map.of("price", 39.99, "name", "Other \"Mouse\" ünd ツ"));
        shown().body("data.price", equalTo(39.99f)).body("data.name", equalTo("Other \"Mouse\" ünd ツ"));
        list().body("data.products[0].price", equalTo(39.99f));
        given().header("If-None-Match", tag)
                .get(PRODUCTS + "/" + product)
                .then()
                .statusCode(200);

        String other = "cat-" + UUID.randomUUID();
        change(Map.of("category", other));
        list().body("data.products", hasSize(0));
    }

    @Test
    void a_sale_is_seen_at_once_and_the_last_one_leaves_the_shelf() {
        list("in_stock", "true").body("data.products", hasSize(1));
        stock(-2);
        shown().body("data.stock_quantity", equalTo(3));
        list().body("data.products[0].stock_quantity", equalTo(3));

        stock(-3);
        shown().body("data.stock_quantity", equalTo(0));
        list("in_stock", "true").body("data.products", hasSize(0));
        stock(1);
        list("in_stock", "true").body("data.products", hasSize(1));
    }

    @Test
    void the_goods_of_a_cancelled_order_are_on_the_shelf_at_once() {
        Shopper shopper = Shopper.registered();
        long orderId = shopper.order(product, 5);
        shown().body("data.stock_quantity", equalTo(0));
        list("in_stock", "true").body("data.products", hasSize(0));

        shopper.json().post("/api/v1/orders/" + orderId + "/cancel").then().statusCode(200);
        list("in_stock", "true").body("data.products", hasSize(1));
        shown().body("data.stock_quantity", equalTo(5));
    }

    @Test
    void who_edits_again_what_was_saved_without_being_told_sees_it() {
        // As after a commit whose answer got lost.
        behindTheShopsBack("UPDATE products SET price = 35 WHERE product_id = " + product);
        shown().body("data.price", equalTo(29.99f));
        change(Map.of("price", 35));
        shown().body("data.price", equalTo(35.0f));
    }

    @Test
    void a_new_product_and_a_withdrawn_one_are_seen_at_once() {
        int second = product("Kept Keyboard", 1);
        list().body("data.products.product_id", contains(second, product));

        Callers.admin().delete(PRODUCTS + "/" + product).then().statusCode(200);
        given().get(PRODUCTS + "/" + product).then().statusCode(404);
        Callers.admin().get(PRODUCTS + "/" + product).then().statusCode(200).body("data.is_active", equalTo(false));
        list().body("data.products.product_id", contains(second));
    }

    @Test
    void an_import_is_seen_at_once() {
        imported("31.00", 7);
        shown().body("data.price", equalTo(31.0f)).body("data.stock_quantity", equalTo(7));
        list().body("data.products[0].price", equalTo(31.0f));
    }

    /** Perhaps it was done the first time, and whoever did it had no answer. */
    @Test
    void what_is_asked_for_again_is_seen_though_it_changes_nothing() {
        behindTheShopsBack("UPDATE products SET price = 31 WHERE product_id = " + product);
        shown().body("data.price", equalTo(29.99f));
        imported("31.00", 5);
        shown().body("data.price", equalTo(31.0f));

        behindTheShopsBack("UPDATE products SET is_active = false WHERE product_id = " + product);
        shown();
        Callers.admin().delete(PRODUCTS + "/" + product).then().statusCode(200);
        given().get(PRODUCTS + "/" + product).then().statusCode(404);
    }

    @Test
    void its_images_are_seen_at_once() {
        int image = Callers.admin()
                .multiPart("image", "a.jpg", Pictures.jpeg(300, 200), "image/jpeg")
                .post(PRODUCTS + "/" + product + "/image")
                .then()
                .statusCode(201)
                .extract()
                .path("data.image_id");
        await().atMost(Duration.ofSeconds(90))
                .until(() -> "ready"
                        .equals(Callers.admin()
                                .get(PRODUCTS + "/" + product + "/images")
                                .jsonPath()
                                .getString("data.images[0].state")));
        shown().body("data.images.image_id", contains(image));
        list().body("data.products[0].images.image_id", contains(image));
        Callers.admin()
                .delete(PRODUCTS + "/" + product + "/images/" + image)
                .then()
                .statusCode(200);
        shown().body("data.images", hasSize(0));
        list().body("data.products[0].images", hasSize(0));
    }

    @Test
    void what_changes_without_redis_is_shown_as_it_is_and_so_when_it_is_back() {
        var server = new LocalServerSwitch("redis");
        server.stop();
        change(Map.of("price", 19.99));
        shown().body("data.price", equalTo(19.99f));
        list().body("data.products[0].price", equalTo(19.99f));
        server.start();
        for (int i = 0; i < 30; i++) {
            shown().body("data.price", equalTo(19.99f));
            list().body("data.products[0].price", equalTo(19.99f));
        }
    }

    @Test
    void what_is_bought_most_is_kept_again_before_anybody_asks() throws Exception {
        stock(1_000);
        Shopper.registered().order(product, 99);
        redis.flushall(List.of()).toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        given().get("/api/v1/categories").then().statusCode(200);
        await().atMost(Duration.ofSeconds(60)).until(() -> isKept("*:products:*:" + product));
        // And the first page of what is new, of all and of a category.
        await().atMost(Duration.ofSeconds(60)).until(() -> isKept("*:pages:*:NEWEST&1&20&*"));
    }

    private boolean isKept(String pattern) throws Exception {
        Response keys =
                redis.keys(pattern).toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        for (Response key : keys) {
            Response value = redis.get(key.toString())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS);
            // Or else it is only being read.
            if (value != null && value.toString().startsWith("V")) {
                return true;
            }
        }
        return false;
    }

    private int product(String name, int quantity) {
        return Callers.admin()
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "name",
                        name,
                        "price",
                        29.99,
                        "category",
                        category,
                        "sku",
                        "SKU-" + UUID.randomUUID(),
                        "stock_quantity",
                        quantity))
                .post(PRODUCTS)
                .then()
                .statusCode(201)
                .extract()
                .path("data.product_id");
    }

    private void imported(String price, int quantity) {
        String sku = Callers.admin().get(PRODUCTS + "/" + product).jsonPath().getString("data.sku");
        Callers.admin()
                .contentType("text/csv")
                .body("sku,name,price,category,stock_quantity\n" + sku + ",Kept Mouse," + price + "," + category + ","
                        + quantity + "\n")
                .post("/api/v1/products/import")
                .then()
                .statusCode(200);
    }

    private void change(Map<String, Object> changes) {
        Callers.admin()
                .contentType(ContentType.JSON)
                .body(changes)
                .patch(PRODUCTS + "/" + product)
                .then()
                .statusCode(200);
    }

    private void stock(int delta) {
        QuarkusTransaction.requiringNew()
                .run(() -> stockCount.change(product, delta, delta < 0 ? "damaged" : "found", null, null));
    }

    private void behindTheShopsBack(String sql) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(sql).executeUpdate());
    }

    private ValidatableResponse shown() {
        return given().get(PRODUCTS + "/" + product).then().statusCode(200);
    }

    private ValidatableResponse list(String... filter) {
        var request = given().queryParam("category", category);
        for (int i = 0; i < filter.length; i += 2) {
            request.queryParam(filter[i], filter[i + 1]);
        }
        return request.get(PRODUCTS).then().statusCode(200);
    }
}
