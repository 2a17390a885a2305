package io.emporium.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.emporium.Together;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CheckoutTest {
    private static Shopper admin;
    private Shopper ada;

    @Inject
    Invariants invariants;

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
    void the_designs_examples_hold() {
        long laptop = admin.createProduct("999.99", 50);
        ada.putIntoCart(laptop, 1).then().statusCode(201);

        Response order = ada.checkOut();
        order.then()
                .statusCode(201)
                .body("success", equalTo(true))
                .body("message", equalTo("Order created successfully"))
                .body("data.order_number", matchesPattern("ORD-20\\d\\d-\\d{4,}"))
                .body("data.status", equalTo("pending"))
                .body("data.items[0].product_id", equalTo((int) laptop))
                .body("data.items[0].product_name", equalTo("Wireless Mouse"))
                .body("data.items[0].quantity", equalTo(1));
        assertThat(order.asString()).contains("\"total_amount\":999.99", "\"price\":999.99", "\"subtotal\":999.99");
        int orderId = order.jsonPath().getInt("data.order_id");

        ada.request()
                .get("/api/v1/orders?page=1&limit=10")
                .then()
                .statusCode(200)
                .body("data.orders.order_id", contains(orderId))
                .body("data.orders[0].items_count", equalTo(1))
                .body("data.pagination.current_page", equalTo(1))
                .body("data.pagination.total_pages", equalTo(1))
                .body("data.pagination.total_items", equalTo(1));
        ada.request()
                .get("/api/v1/orders/" + orderId)
                .then()
                .statusCode(200)
                .body("data.payment_method", equalTo("credit_card"))
                .body("data.payment_status", equalTo("pending"))
                .body("data.shipping_address.address_line1", equalTo("123 Main St"))
                .body("data.shipping_address.postal_code", equalTo("10001"))
                .body("data.created_at", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z"));
        assertThat(stockOf(laptop)).isEqualTo(49);
        ada.request().get("/api/v1/cart").then().body("data.items", empty());
    }

    @Test
    void one_piece_and_64_buyers_make_one_order() {
        List<Shopper> buyers =
                IntStream.range(0, 64).mapToObj(i -> Shopper.registered()).toList();
        for (int round = 0; round < 20; round++) {
            long last = admin.createProduct("25.00", 1);
            Together.times(64, i -> {
                buyers.get(i).request().delete("/api/v1/cart").then().statusCode(200);
                return buyers.get(i).putIntoCart(last, 1).then().statusCode(201);
            });

            List<Response> answers = Together.times(64, i -> buyers.get(i).checkOut());

            List<Integer> statuses = answers.stream().map(Response::statusCode).toList();
            assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
            assertThat(stockOf(last)).isZero();
            // Whoever wins often has no more than five unpaid orders.
            int winner = statuses.indexOf(201);
            long order = answers.get(winner).jsonPath().getLong("data.order_id");
            buyers.get(winner)
                    .request()
                    .post("/api/v1/orders/" + order + "/cancel")
                    .then()
                    .statusCode(200);
        }
    }

    @Test
    void twenty_double_submits_of_a_cart_make_one_order() {
        long product = admin.createProduct("25.00", 1_000);
        ada.putIntoCart(product, 2).then().statusCode(201);

        List<Response> answers = Together.times(20, i -> ada.checkOut());

        assertThat(answers.stream().map(Response::statusCode))
                .containsOnly(201, 409)
                .containsOnlyOnce(201);
        assertThat(answers.stream()
                        .filter(answer -> answer.statusCode() == 409)
                        .map(answer -> answer.jsonPath().getString("error.code")))
                .containsOnly("CART_EMPTY");
        assertThat(stockOf(product)).isEqualTo(998);
    }

    @Test
    void one_key_sent_50_times_at_once_makes_one_order_and_one_answer() {
        long product = admin.createProduct("25.00", 1_000);
        ada.putIntoCart(product, 2).then().statusCode(201);
        String key = UUID.randomUUID().toString();

        List<Response> answers = Together.times(50, i -> checkOut(key, Map.of()));

        // How many come while the first still runs is the machine's affair: IdempotencyTest holds one there.
        assertThat(answers.stream().map(Response::statusCode))
                .isSubsetOf(201, 409)
                .contains(201);
        assertThat(answers.stream()
                        .filter(answer -> answer.statusCode() == 409)
                        .map(answer -> answer.jsonPath().getString("error.code")))
                .isSubsetOf("REQUEST_IN_PROGRESS");
        assertThat(answers.stream()
                        .filter(answer -> answer.statusCode() == 201)
                        .map(answer -> answer.jsonPath().getLong("data.order_id"))
                        .distinct())
                .hasSize(1);
        Response again = checkOut(key, Map.of());
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.asString())
                .isEqualTo(answers.stream()
                        .filter(answer -> answer.statusCode() == 201)
                        .findFirst()
                        .orElseThrow()
                        .asString());
        checkOut(key, Map.of("expected_total", 50))
                .then()
                .statusCode(422)
                .body("error.code", equalTo("IDEMPOTENCY_KEY_REUSED"));
        assertThat(stockOf(product)).isEqualTo(998);
    }

    @Test
    void carts_that_hold_the_same_goods_in_another_order_do_not_block_each_other() {
        long a = admin.createProduct("1.00", 1_000);
        long b = admin.createProduct("1.00", 1_000);
        List<Shopper> buyers =
                IntStream.range(0, 16).mapToObj(i -> Shopper.registered()).toList();
        for (int i = 0; i < buyers.size(); i++) {
            buyers.get(i).putIntoCart(i % 2 == 0 ? a : b, 1).then().statusCode(201);
            buyers.get(i).putIntoCart(i % 2 == 0 ? b : a, 1).then().statusCode(201);
        }

        assertThat(Together.times(16, i -> buyers.get(i).checkOut().statusCode()))
                .containsOnly(201);

        assertThat(stockOf(a)).isEqualTo(984);
        assertThat(stockOf(b)).isEqualTo(984);
    }

    @Test
    void what_is_short_is_named_and_nothing_is_taken() {
        long plenty = admin.createProduct("1.00", 10);
        long few = admin.createProduct("1.00", 2);
        ada.putIntoCart(plenty, 1).then().statusCode(201);
        ada.putIntoCart(few, 2).then().statusCode(201);
        Shopper quick = Shopper.registered();
        quick.order(few, 1);

        ada.checkOut()
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INSUFFICIENT_STOCK"))
                .body("error.details.items.product_id", contains((int) few))
                .body("error.details.items.available", contains(1));
        assertThat(stockOf(plenty)).isEqualTo(10);
        ada.request().get("/api/v1/cart").then().body("data.items.product_id", containsInAnyOrder((int) plenty, (int)
                few));
    }

    @Test
    void an_order_keeps_its_price_when_the_product_changes() {
        long product = admin.createProduct("10.00", 10);
        long orderId = ada.order(product, 1);
        admin.json()
                .body(Map.of("price", new BigDecimal("99.00"), "name", "Another name"))
                .patch("/api/v1/products/" + product)
                .then()
                .statusCode(200);

        assertThat(ada.order(orderId).getString("data.items[0].product_name")).isEqualTo("Wireless Mouse");
        assertThat(ada.order(orderId).getDouble("data.total_amount")).isEqualTo(10.00);
    }

    @Test
    void a_total_other_than_expected_is_refused() {
        long product = admin.createProduct("10.00", 10);
        ada.putIntoCart(product, 2).then().statusCode(201);

        checkOut(null, Map.of("expected_total", new BigDecimal("19.99")))
                .then()
                .statusCode(409)
                .body("error.code", equalTo("PRICE_CHANGED"));
        checkOut(null, Map.of("expected_total", new BigDecimal("20.00"))).then().statusCode(201);
    }

    @Test
    void what_was_withdrawn_while_it_lay_in_the_cart_is_not_sold() {
        long product = admin.createProduct("10.00", 10);
        ada.putIntoCart(product, 2).then().statusCode(201);
        admin.request().delete("/api/v1/products/" + product).then().statusCode(200);

        ada.checkOut()
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INSUFFICIENT_STOCK"))
                .body("error.details.items.product_id", contains((int) product))
                .body("error.details.items.available", contains(0));
        assertThat(stockOf(product)).isEqualTo(10);
    }

    @Test
    void a_total_beyond_what_can_be_charged_is_refused() {
        long product = admin.createProduct("99999999.99", 10);
        ada.putIntoCart(product, 2).then().statusCode(201);

        ada.checkOut().then().statusCode(400).body("error.code", equalTo("VALIDATION_ERROR"));
        assertThat(stockOf(product)).isEqualTo(10);
    }

    @Test
    void numbers_that_no_money_has_are_refused() {
        long product = admin.createProduct("10.00", 10);
        ada.putIntoCart(product, 1).then().statusCode(201);
        for (String number : List.of("1e2147483647", "1e-2147483647", "1e9999", "10000000000", "-1", "0.001")) {
            for (String key : new String[] {null, "k-" + number}) {
                var request = ada.json()
                        .body("{\"shipping_address_id\":" + ada.addressId()
                                + ",\"payment_method\":\"credit_card\",\"expected_total\":" + number + "}");
                (key == null ? request : request.header("Idempotency-Key", key))
                        .post("/api/v1/orders")
                        .then()
                        .statusCode(400)
                        .body("success", equalTo(false));
                var refund = ada.json().body("{\"order_id\":1,\"amount\":" + number + "}");
                (key == null ? refund : refund.header("Idempotency-Key", key))
                        .post("/api/v1/payments/refund")
                        .then()
                        .statusCode(400)
                        .body("success", equalTo(false));
            }
        }
        assertThat(stockOf(product)).isEqualTo(10);
    }

    @Test
    void an_address_deleted_at_the_moment_of_checkout_is_there_or_not_found() {
        long product = admin.createProduct("10.00", 1_000);
        for (int round = 0; round < 12; round++) {
            ada = Shopper.registered();
            ada.putIntoCart(product, 1).then().statusCode(201);

            List<Integer> statuses = Together.times(
                    2,
                    i -> i == 0
                            ? ada.checkOut().statusCode()
                            : ada.request()
                                    .delete("/api/v1/addresses/" + ada.addressId())
                                    .statusCode());

            assertThat(statuses).allMatch(status -> status == 200 || status == 201 || status == 404);
        }
    }

    @Test
    void what_a_client_may_not_set_is_not_set() {
        long product = admin.createProduct("10.00", 10);
        ada.putIntoCart(product, 1).then().statusCode(201);

        Response order = checkOut(
                null, Map.of("status", "delivered", "payment_status", "completed", "total_amount", 0.01, "user_id", 1));
        order.then()
                .statusCode(201)
                .body("data.status", equalTo("pending"))
                .body("data.payment_status", equalTo("pending"));
        assertThat(order.asString()).contains("\"total_amount\":10.00");
        assertThat(ada.order(order.jsonPath().getLong("data.order_id")).getString("data.status"))
                .isEqualTo("pending");
    }

    @Test
    void refusals_say_what_is_wrong() {
        ada.checkOut().then().statusCode(409).body("error.code", equalTo("CART_EMPTY"));
        long product = admin.createProduct("10.00", 10);
        ada.putIntoCart(product, 1).then().statusCode(201);
        checkOut(null, Map.of("payment_method", "cowries"))
                .then()
                .statusCode(400)
                .body("error.code", equalTo("INVALID_PAYMENT_METHOD"));
        checkOut(null, Map.of("shipping_address_id", Shopper.registered().addressId()))
                .then()
                .statusCode(404)
                .body("error.code", equalTo("RESOURCE_NOT_FOUND"));
        ada.json()
                .body(Map.of("payment_method", "credit_card"))
                .post("/api/v1/orders")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"))
                .body("error.details.fields.field", contains("shipping_address_id"));
    }

    @Test
    void at_most_five_orders_wait_for_their_payment() {
        long product = admin.createProduct("10.00", 100);
        for (int i = 0; i < 5; i++) {
            ada.order(product, 1);
        }
        ada.putIntoCart(product, 1).then().statusCode(201);
        ada.checkOut().then().statusCode(429).body("error.code", equalTo("RATE_LIMITED"));
        assertThat(stockOf(product)).isEqualTo(95);
    }

    private Response checkOut(String key, Map<String, ?> also) {
        Map<String, Object> body = new java.util.HashMap<>(
                Map.of("shipping_address_id", ada.addressId(), "payment_method", "credit_card"));
        body.putAll(also);
        var request = ada.json().body(body);
        return (key == null ? request : request.header("Idempotency-Key", key)).post("/api/v1/orders");
    }

    private static int stockOf(long product) {
        return admin.request().get("/api/v1/products/" + product).jsonPath().getInt("data.stock_quantity");
    }
}
