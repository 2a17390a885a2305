package io.emporium.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ProductsTest {
    private static final String PRODUCTS = "/api/v1/products";

    @Inject
    Callers callers;

    @Inject
    DataSource database;

    // Of this test alone, whatever else is in the shop.
    private final String category = "cat-" + UUID.randomUUID();

    @BeforeEach
    void callersExist() {
        callers.exist();
    }

    @Test
    void an_admin_puts_a_product_on_sale_as_the_design_says() {
        String sku = sku();
        admin(Map.of(
                        "name",
                        "Wireless Mouse",
                        "description",
                        "Ergonomic wireless mouse",
                        "price",
                        29.99,
                        "category",
                        category,
                        "brand",
                        "TechBrand",
                        "sku",
                        sku,
                        "stock_quantity",
                        100,
                        "image_url",
                        "https://example.com/images/mouse.jpg"))
                .post(PRODUCTS)
                .then()
                .statusCode(201)
                .header("Location", containsString("/api/v1/products/"))
                .body("success", equalTo(true))
                .body("message", equalTo("Product created successfully"))
                .body("data.product_id", notNullValue())
                .body("data.name", equalTo("Wireless Mouse"))
                .body("data.sku", equalTo(sku));
    }

    @Test
    void a_product_is_read_as_the_design_says() {
        long id = create("Laptop", 999.99, 50);
        String body = given().get(PRODUCTS + "/" + id)
                .then()
                .statusCode(200)
                .body("data.product_id", equalTo((int) id))
                .body("data.name", equalTo("Laptop"))
                .body("data.description", equalTo("About Laptop"))
                .body("data.category", equalTo(category))
                .body("data.brand", equalTo("TechBrand"))
                .body("data.stock_quantity", equalTo(50))
                .body("data.image_url", nullValue())
                .body("data.created_at", containsString("Z"))
                .body("data.updated_at", containsString("Z"))
                .extract()
                .asString();
        assertThat(body).contains("\"price\":999.99");
    }

    @Test
    void products_are_listed_as_the_design_says() {
        create("A", 10, 1);
        create("B", 20, 1);
        create("C", 15, 0);
        list("sort=price_asc&limit=2")
                .body("data.products.name", contains("A", "C"))
                .body("data.pagination.current_page", equalTo(1))
                .body("data.pagination.total_pages", equalTo(2))
                .body("data.pagination.total_items", equalTo(3))
                .body("data.pagination.items_per_page", equalTo(2));
        list("sort=price_asc&limit=2&page=2").body("data.products.name", contains("B"));
        list("limit=2&page=3").body("data.products", hasSize(0)).body("data.pagination.total_items", equalTo(3));
    }

    @Test
    void every_order_is_the_one_asked_for() {
        create("Beta", 10, 1);
        create("Alpha", 30, 1);
        create("Gamma", 20, 1);
        list("").body("data.products.name", contains("Gamma", "Alpha", "Beta"));
        list("sort=oldest").body("data.products.name", contains("Beta", "Alpha", "Gamma"));
        list("sort=price_desc").body("data.products.name", contains("Alpha", "Gamma", "Beta"));
        list("sort=name_asc").body("data.products.name", contains("Alpha", "Beta", "Gamma"));
        list("sort=name_desc").body("data.products.name", contains("Gamma", "Beta", "Alpha"));
    }

    @Test
    void filters_combine() {
        create("Cheap", 5, 0);
        create("Middle", 10, 3);
        create("Dear", 100, 3);
        list("min_price=10&max_price=10.00").body("data.products.name", contains("Middle"));
        list("in_stock=true&sort=price_asc").body("data.products.name", contains("Middle", "Dear"));
        list("in_stock=false").body("data.products.name", contains("Cheap"));
        list("brand=TechBrand&max_price=9.99").body("data.products.name", contains("Cheap"));
        list("brand=Nobody").body("data.products", hasSize(0)).body("data.pagination.total_pages", equalTo(0));
    }

    @Test
    void no_product_is_on_two_pages_when_prices_are_equal() {
        for (int i = 0; i < 7; i++) {
            create("P" + i, 10, 1);
        }
        List<Integer> seen = new ArrayList<>();
        for (int page = 1; page <= 4; page++) {
            seen.addAll(list("sort=price_desc&limit=2&page=" + page).extract().path("data.products.product_id"));
        }
        assertThat(seen).hasSize(7).doesNotHaveDuplicates();
    }

    @Test
    void a_list_that_makes_no_sense_is_refused() {
        for (String query : List.of(
                "limit=0",
                "limit=101",
                "page=0",
                "page=100001",
                "page=5001&limit=20",
                "sort=best",
                "min_price=x",
                "min_price=-1",
                "max_price=1e9",
                "in_stock=1",
                "category=%00",
                "brand=" + "x".repeat(101))) {
            given().urlEncodingEnabled(false)
                    .get(PRODUCTS + "?" + query)
                    .then()
                    .statusCode(400)
                    .body("error.code", equalTo("VALIDATION_ERROR"));
        }
        given().get(PRODUCTS + "?page=5000&limit=20").then().statusCode(200);
    }

    @Test
    void a_copy_that_still_holds_is_not_sent_again() {
        long id = create("Lamp", 10, 5);
        String tag = given().get(PRODUCTS + "/" + id).header("ETag");
        given().header("If-None-Match", "\"x\", W/" + tag)
                .get(PRODUCTS + "/" + id)
                .then()
                .statusCode(304)
                .header("ETag", tag);
        adjust(id, -1);
        given().header("If-None-Match", tag).get(PRODUCTS + "/" + id).then().statusCode(200);
    }

    @Test
    void an_editor_who_saw_an_older_version_is_refused_but_a_sale_is_no_edit() {
        long id = create("Lamp", 10, 5);
        String tag = given().get(PRODUCTS + "/" + id).header("ETag");
        adjust(id, -1);
        admin(product("Lamp 2", 11))
                .header("If-Match", tag)
                .put(PRODUCTS + "/" + id)
                .then()
                .statusCode(200);
        admin(product("Lamp 3", 12))
                .header("If-Match", tag)
                .put(PRODUCTS + "/" + id)
                .then()
                .statusCode(412)
                .body("error.code", equalTo("VERSION_CONFLICT"));
        admin(Map.of("name", "Lamp 4"))
                .header("If-Match", tag)
                .patch(PRODUCTS + "/" + id)
                .then()
                .statusCode(412);
        Callers.admin()
                .header("If-Match", tag)
                .delete(PRODUCTS + "/" + id)
                .then()
                .statusCode(412);
        admin(Map.of("name", "Lamp 5"))
                .header("If-Match", "*")
                .patch(PRODUCTS + "/" + id)
                .then()
                .statusCode(200);
        given().get(PRODUCTS + "/" + id).then().body("data.name", equalTo("Lamp 5"));
    }

    @Test
    void an_editor_who_sets_the_stock_does_not_undo_a_sale_they_have_not_seen() {
        long id = create("Lamp", 10, 5);
        String tag = given().get(PRODUCTS + "/" + id).header("ETag");
        adjust(id, -1);

        admin(Map.of("stock_quantity", 5))
                .header("If-Match", tag)
                .patch(PRODUCTS + "/" + id)
                .then()
                .statusCode(412)
                .body("error.code", equalTo("VERSION_CONFLICT"));
        Map<String, Object> whole = new HashMap<>(product("Lamp", 10));
        whole.put("stock_quantity", 5);
        admin(whole).header("If-Match", tag).put(PRODUCTS + "/" + id).then().statusCode(412);
        given().get(PRODUCTS + "/" + id).then().body("data.stock_quantity", equalTo(4));

        String fresh = given().get(PRODUCTS + "/" + id).header("ETag");
        admin(Map.of("stock_quantity", 7))
                .header("If-Match", fresh)
                .patch(PRODUCTS + "/" + id)
                .then()
                .statusCode(200)
                .body("data.stock_quantity", equalTo(7));
    }

    @Test
    void a_product_is_made_once_a_key() {
        Map<String, Object> body = new HashMap<>(product("Lamp", 10));
        String key = UUID.randomUUID().toString();
        int id = admin(body)
                .header("Idempotency-Key", key)
                .post(PRODUCTS)
                .then()
                .statusCode(201)
                .extract()
                .path("data.product_id");
        admin(body)
                .header("Idempotency-Key", key)
                .post(PRODUCTS)
                .then()
                .statusCode(201)
                .header("Idempotency-Replayed", "true")
                .body("data.product_id", equalTo(id));
    }

    @Test
    void put_replaces_everything_but_the_stock() {
        long id = create("Lamp", 10, 5);
        admin(product("Chair", 20))
                .put(PRODUCTS + "/" + id)
                .then()
                .statusCode(200)
                .body("data.name", equalTo("Chair"))
                .body("data.brand", nullValue())
                .body("data.description", equalTo(""))
                .body("data.stock_quantity", equalTo(5));
        Map<String, Object> counted = product("Chair", 20);
        counted.put("stock_quantity", 3);
        admin(counted).put(PRODUCTS + "/" + id).then().statusCode(200).body("data.stock_quantity", equalTo(3));
        assertThat(ledger(id)).containsExactly(5, -2);
    }

    @Test
    void patch_changes_only_what_is_sent_and_null_clears() {
        long id = create("Lamp", 10, 5);
        admin("{\"price\":12.5,\"brand\":null,\"role\":\"admin\"}")
                .patch(PRODUCTS + "/" + id)
                .then()
                .statusCode(200)
                .body("data.name", equalTo("Lamp"))
                .body("data.description", equalTo("About Lamp"))
                .body("data.brand", nullValue())
                .body("data.stock_quantity", equalTo(5));
        admin("{\"stock_quantity\":9}").patch(PRODUCTS + "/" + id).then().body("data.stock_quantity", equalTo(9));
        for (String body : List.of(
                "{\"name\":null}",
                "{\"price\":\"5\"}",
                "{\"price\":1e309}",
                "{\"price\":0}",
                "{\"stock_quantity\":1.5}",
                "{\"stock_quantity\":-1}",
                "{\"is_active\":\"no\"}",
                "{\"image_url\":\"javascript:alert(1)\"}")) {
            admin(body)
                    .patch(PRODUCTS + "/" + id)
                    .then()
                    .statusCode(400)
                    .body("error.code", equalTo("VALIDATION_ERROR"))
                    .body("error.details.fields.field", hasItem(body.substring(2, body.indexOf(':') - 1)));
        }
        for (String body : List.of("[]", "{", "null", "")) {
            admin(body).patch(PRODUCTS + "/" + id).then().statusCode(400);
        }
    }

    @Test
    void a_patch_that_changes_nothing_is_no_edit() {
        long id = create("Lamp", 10, 5);
        String tag = given().get(PRODUCTS + "/" + id).header("ETag");
        admin("{\"name\":\"Lamp\",\"price\":10}")
                .patch(PRODUCTS + "/" + id)
                .then()
                .statusCode(200)
                .header("ETag", tag);
        assertThat(events(id)).containsExactly("product.created");
    }

    @Test
    void a_withdrawn_product_is_gone_for_customers_only() {
        long id = create("Lamp", 10, 5);
        Callers.admin().delete(PRODUCTS + "/" + id).then().statusCode(200);
        Callers.admin().delete(PRODUCTS + "/" + id).then().statusCode(200);
        given().get(PRODUCTS + "/" + id).then().statusCode(404).body("error.code", equalTo("RESOURCE_NOT_FOUND"));
        Callers.customer().get(PRODUCTS + "/" + id).then().statusCode(404);
        Callers.admin().get(PRODUCTS + "/" + id).then().statusCode(200).body("data.is_active", equalTo(false));
        list("").body("data.products", hasSize(0));
        assertThat(events(id)).containsExactly("product.created", "product.withdrawn");
        admin("{\"is_active\":true}").patch(PRODUCTS + "/" + id).then().statusCode(200);
        given().get(PRODUCTS + "/" + id).then().statusCode(200);
    }

    @Test
    void every_change_is_told_and_recorded() {
        long id = create("Lamp", 10, 5);
        admin(product("Lamp 2", 10)).put(PRODUCTS + "/" + id).then().statusCode(200);
        assertThat(events(id)).containsExactly("product.created", "product.changed");
        assertThat(strings("SELECT action FROM audit_log WHERE entity_type = 'product' AND entity_id = '" + id
                        + "' AND actor_id = " + Callers.ADMIN_ID + " ORDER BY at"))
                .containsExactly("product.created", "product.updated");
    }

    @Test
    void a_sku_is_taken_once_whoever_is_first() throws Exception {
        Map<String, Object> product = product("Twin", 10);
        List<Callable<Integer>> both = List.of(
                () -> admin(product).post(PRODUCTS).statusCode(),
                () -> admin(product).post(PRODUCTS).statusCode());
        List<Integer> answers = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (Future<Integer> answer : threads.invokeAll(both)) {
                answers.add(answer.get());
            }
        }
        assertThat(answers).containsExactlyInAnyOrder(201, 409);
        long other = create("Other", 10, 1);
        admin(product)
                .put(PRODUCTS + "/" + other)
                .then()
                .statusCode(409)
                .body("error.code", equalTo("DUPLICATE_FIELD"))
                .body("error.details.field", equalTo("sku"));
    }

    @Test
    void what_is_no_product_is_refused_with_its_field() {
        refused("name", "  ");
        refused("name", "x".repeat(256));
        refused("name", "bell\u0007");
        refused("description", "x".repeat(10_001));
        refused("price", 0);
        refused("price", -1);
        refused("price", 1.234);
        refused("price", 100_000_000);
        refused("price", null);
        refused("category", "x".repeat(101));
        refused("category", null);
        refused("brand", "x".repeat(101));
        refused("sku", " ");
        refused("sku", "a\nb");
        refused("stock_quantity", -1);
        refused("image_url", "javascript:alert(1)");
        refused("image_url", "//evil.example/x.png");
        refused("image_url", "https://");
        refused("image_url", "https://example.com/" + "x".repeat(500));
    }

    @Test
    void only_an_admin_changes_the_catalogue() {
        long id = create("Lamp", 10, 5);
        given().contentType("application/json")
                .body(product("X", 1))
                .put(PRODUCTS + "/" + id)
                .then()
                .statusCode(401);
        given().delete(PRODUCTS + "/" + id).then().statusCode(401);
        given().get(PRODUCTS + "/export").then().statusCode(401);
        Callers.customer()
                .contentType("application/json")
                .body(product("X", 1))
                .post(PRODUCTS)
                .then()
                .statusCode(403);
        Callers.customer().delete(PRODUCTS + "/" + id).then().statusCode(403);
        Callers.customer()
                .contentType("text/csv")
                .body("sku\n")
                .post(PRODUCTS + "/import")
                .then()
                .statusCode(403);
        Callers.customer().get(PRODUCTS + "/export").then().statusCode(403);
        Callers.customer().get("/api/v1/inventory/" + id).then().statusCode(403);
    }

    @Test
    void categories_have_their_counts() {
        create("A", 1, 1);
        long withdrawn = create("B", 1, 1);
        create("C", 1, 1);
        Callers.admin().delete(PRODUCTS + "/" + withdrawn).then().statusCode(200);
        given().get("/api/v1/categories")
                .then()
                .statusCode(200)
                .body("data.categories.name", hasItem(category))
                .body("data.categories.find { it.name == '" + category + "' }.product_count", equalTo(2));
    }

    private void refused(String field, Object value) {
        Map<String, Object> product = product("Fine", 10);
        product.put(field, value);
        admin(product)
                .post(PRODUCTS)
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"))
                .body("error.details.fields.field", hasItem(field));
    }

    private long create(String name, double price, int stock) {
        Map<String, Object> product = product(name, price);
        product.put("stock_quantity", stock);
        product.put("brand", "TechBrand");
        product.put("description", "About " + name);
        Number id =
                admin(product).post(PRODUCTS).then().statusCode(201).extract().path("data.product_id");
        return id.longValue();
    }

    private Map<String, Object> product(String name, double price) {
        return new HashMap<>(Map.of("name", name, "price", price, "category", category, "sku", sku()));
    }

    private static String sku() {
        return "SKU-" + UUID.randomUUID();
    }

    private static RequestSpecification admin(Object body) {
        return Callers.admin().contentType("application/json").body(body);
    }

    private ValidatableResponse list(String query) {
        return given().get(PRODUCTS + "?category=" + category + "&" + query)
                .then()
                .statusCode(200);
    }

    private static void adjust(long id, int delta) {
        admin(Map.of("delta", delta, "reason", "adjustment"))
                .post("/api/v1/inventory/" + id + "/adjustments")
                .then()
                .statusCode(201);
    }

    private List<Integer> ledger(long id) {
        return strings("SELECT delta FROM stock_ledger WHERE product_id = " + id + " ORDER BY entry_id").stream()
                .map(Integer::valueOf)
                .toList();
    }

    private List<String> events(long id) {
        return strings(
                "SELECT type FROM outbox WHERE entity_type = 'product' AND entity_id = " + id + " ORDER BY position");
    }

    private List<String> strings(String sql) {
        List<String> strings = new ArrayList<>();
        try (var connection = database.getConnection();
                var rows = connection.createStatement().executeQuery(sql)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        } catch (SQLException fault) {
            throw new IllegalStateException(fault);
        }
        return strings;
    }
}
