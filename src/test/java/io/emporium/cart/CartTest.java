package io.emporium.cart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.emporium.Shopper;
import io.emporium.Together;
import io.quarkus.test.junit.QuarkusTest;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CartTest {
    private static Shopper admin;
    private Shopper ada;

    @BeforeEach
    void arrive() {
        if (admin == null) {
            admin = Shopper.admin();
        }
        ada = Shopper.registered();
    }

    @Test
    void the_designs_examples_hold() {
        long laptop = admin.createProduct("999.99", 50);

        ada.putIntoCart(laptop, 2)
                .then()
                .statusCode(201)
                .body("success", equalTo(true))
                .body("message", equalTo("Item added to cart"))
                .body("data.product_id", equalTo((int) laptop))
                .body("data.quantity", equalTo(2));
        long item = lineOf(laptop);
        ada.json()
                .body(Map.of("quantity", 3))
                .put("/api/v1/cart/items/" + item)
                .then()
                .statusCode(200)
                .body("message", equalTo("Cart item updated"))
                .body("data.cart_item_id", equalTo((int) item))
                .body("data.quantity", equalTo(3));
        String cart = ada.request()
                .get("/api/v1/cart")
                .then()
                .statusCode(200)
                .body("data.user_id", equalTo((int) ada.userId))
                .body("data.items", hasSize(1))
                .body("data.items[0].product_name", equalTo("Wireless Mouse"))
                .body("data.items[0].quantity", equalTo(3))
                .body("data.total_items", equalTo(1))
                .extract()
                .asString();
        // Exactly two decimals, and no float on the way.
        assertThat(cart).contains("\"price\":999.99", "\"subtotal\":2999.97", "\"total_amount\":2999.97");
        ada.request()
                .delete("/api/v1/cart/items/" + item)
                .then()
                .statusCode(200)
                .body("message", equalTo("Item removed from cart"));
        ada.request().get("/api/v1/cart").then().body("data.items", empty()).body("data.total_items", equalTo(0));
    }

    @Test
    void the_sum_of_a_line_is_checked_against_the_stock() {
        long product = admin.createProduct("10.00", 5);
        ada.putIntoCart(product, 3).then().statusCode(201);

        ada.putIntoCart(product, 3)
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INSUFFICIENT_STOCK"))
                .body("error.details.items.product_id", contains((int) product))
                .body("error.details.items.requested", contains(6))
                .body("error.details.items.available", contains(5));
        ada.json()
                .body(Map.of("quantity", 6))
                .put("/api/v1/cart/items/" + lineOf(product))
                .then()
                .statusCode(409);
        ada.request().get("/api/v1/cart").then().body("data.items[0].quantity", equalTo(3));
    }

    @Test
    void ten_adds_at_once_sum_up() {
        long product = admin.createProduct("10.00", 100);

        assertThat(Together.times(10, i -> ada.putIntoCart(product, 1).statusCode()))
                .containsOnly(201);

        ada.request()
                .get("/api/v1/cart")
                .then()
                .body("data.items", hasSize(1))
                .body("data.items[0].quantity", equalTo(10));
    }

    @Test
    void a_product_that_is_not_sold_is_not_found() {
        ada.putIntoCart(987_654_321, 1).then().statusCode(404).body("error.code", equalTo("RESOURCE_NOT_FOUND"));
        long product = admin.createProduct("10.00", 5);
        admin.request().delete("/api/v1/products/" + product).then().statusCode(200);
        ada.putIntoCart(product, 1).then().statusCode(404);
    }

    @Test
    void somebody_elses_line_is_not_there() {
        long product = admin.createProduct("10.00", 5);
        ada.putIntoCart(product, 1).then().statusCode(201);
        long item = lineOf(product);
        Shopper eve = Shopper.registered();

        eve.json()
                .body(Map.of("quantity", 2))
                .put("/api/v1/cart/items/" + item)
                .then()
                .statusCode(404);
        eve.request().delete("/api/v1/cart/items/" + item).then().statusCode(404);
        ada.request().get("/api/v1/cart").then().body("data.items[0].quantity", equalTo(1));
    }

    @Test
    void quantities_are_whole_and_from_1_to_999() {
        long product = admin.createProduct("10.00", 5_000);
        for (Object quantity : new Object[] {0, -1, 1000, 1.5, "2", true, 2_147_483_648L}) {
            ada.json()
                    .body(Map.of("product_id", product, "quantity", quantity))
                    .post("/api/v1/cart/items")
                    .then()
                    .statusCode(400);
        }
        Map<String, Object> nothing = new HashMap<>();
        nothing.put("product_id", product);
        nothing.put("quantity", null);
        ada.json().body(nothing).post("/api/v1/cart/items").then().statusCode(400);
        ada.putIntoCart(product, 999).then().statusCode(201);
        ada.putIntoCart(product, 1)
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"))
                .body("error.details.fields.field", contains("quantity"));
    }

    @Test
    void a_cart_has_at_most_100_lines() {
        for (int i = 0; i < 100; i++) {
            ada.putIntoCart(admin.createProduct("1.00", 1), 1).then().statusCode(201);
        }
        ada.putIntoCart(admin.createProduct("1.00", 1), 1).then().statusCode(400);
        ada.request().delete("/api/v1/cart").then().statusCode(200);
        ada.request().get("/api/v1/cart").then().body("data.items", empty());
    }

    @Test
    void nobody_has_a_cart_without_signing_in() {
        io.restassured.RestAssured.get("/api/v1/cart")
                .then()
                .statusCode(401)
                .body("error.code", equalTo("AUTHENTICATION_REQUIRED"));
    }

    private long lineOf(long product) {
        return ada.request()
                .get("/api/v1/cart")
                .jsonPath()
                .getLong("data.items.find { it.product_id == " + product + " }.cart_item_id");
    }
}
