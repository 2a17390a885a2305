package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How often the shop awaits its database for one request: counted, not timed, so the same on every machine. What comes oftener than it
 * is allowed here was paid for by every customer.
 */
@QuarkusTest
@TestProfile(RoundTripsTest.Counted.class)
class RoundTripsTest {
    /** So often, the database's driver asks nothing any more that it asks the first few times. */
    private static final int WARM = 7;

    private static final int LOOKS = 3;

    /** Of them one is the look at the session; what is not named here is kept, and asks nothing. */
    private static final Map<String, Integer> ALLOWED = Map.of(
            "put into the cart", 3,
            "the cart", 3,
            "order", 17,
            "pay", 33,
            "own orders", 3,
            "an order", 5,
            "its transactions", 3,
            "notifications", 3,
            "addresses", 2,
            "oneself", 2);

    private Shopper admin;
    private Shopper ada;

    /** The sockets to the database count; what is kept is not asked for, as in a shop. */
    public static class Counted implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.datasource.jdbc.additional-jdbc-properties.socketFactory",
                    CountedSockets.class.getName(),
                    "emporium.cache.enabled",
                    "true",
                    "emporium.cache.timeout",
                    "20s");
        }
    }

    @BeforeEach
    void arrive() {
        CountedSockets.listen();
        admin = Shopper.admin();
        ada = Shopper.registered();
    }

    @AfterEach
    void leave() {
        CountedSockets.stop();
    }

    /** The fewest of some looks: a cache that somebody else has just emptied is not what is counted. */
    private static int fewest(
            Supplier<RequestSpecification> who, int status, Function<RequestSpecification, Response> ask) {
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < WARM + LOOKS; i++) {
            String name = UUID.randomUUID().toString();
            ask.apply(who.get().header(CountedSockets.NAME, name)).then().statusCode(status);
            fewest = Math.min(fewest, CountedSockets.roundTrips(name));
        }
        return fewest;
    }

    private int looking(String path) {
        return fewest(ada::request, 200, request -> request.get("/api/v1" + path));
    }

    private int adding(long product) {
        return fewest(
                ada::json,
                201,
                request -> request.body(Map.of("product_id", product, "quantity", 1))
                        .post("/api/v1/cart/items"));
    }

    private int ordering(long product) {
        return fewest(
                () -> {
                    ada.putIntoCart(product, 1).then().statusCode(201);
                    return ada.json().header("Idempotency-Key", UUID.randomUUID());
                },
                201,
                request -> {
                    Response answer = request.body(
                                    Map.of("shipping_address_id", ada.addressId(), "payment_method", "credit_card"))
                            .post("/api/v1/orders");
                    // More than five unpaid ones are refused.
                    ada.request()
                            .post("/api/v1/orders/" + answer.path("data.order_id") + "/cancel")
                            .then()
                            .statusCode(200);
                    return answer;
                });
    }

    private int paying(long product) {
        return fewest(
                () -> ada.json().header("Idempotency-Key", UUID.randomUUID()),
                200,
                request -> request.body(Map.of(
                                "order_id",
                                ada.order(product, 1),
                                "payment_method",
                                "credit_card",
                                "payment_details",
                                Map.of("payment_method_id", "pm_card_visa")))
                        .post("/api/v1/payments/process"));
    }

    @Test
    void a_purchase_asks_the_database_no_oftener_than_this() {
        long product = admin.createProduct("10.00", 1_000);
        Map<String, Integer> counted = new LinkedHashMap<>();
        counted.put("put into the cart", adding(product));
        counted.put("the cart", looking("/cart"));
        ada.request().delete("/api/v1/cart").then().statusCode(200);
        counted.put("order", ordering(product));
        counted.put("pay", paying(product));
        long order = ada.paidOrder(product, 1);
        counted.put("own orders", looking("/orders"));
        counted.put("an order", looking("/orders/" + order));
        counted.put("its transactions", looking("/orders/" + order + "/transactions"));
        counted.put("notifications", looking("/notifications"));
        counted.put("addresses", looking("/addresses"));
        counted.put("oneself", looking("/users/me"));
        counted.put("a product", looking("/products/" + product));
        counted.put("the products", looking("/products?limit=20"));
        System.out.println("Round trips to the database: " + counted);
        // Were nothing heard, the rest would say nothing.
        assertThat(counted.get("order")).isGreaterThan(3);
        assertThat(counted)
                .allSatisfy(
                        (what, times) -> assertThat(times).as(what).isLessThanOrEqualTo(ALLOWED.getOrDefault(what, 0)));
    }

    @Test
    void a_longer_list_asks_no_oftener() {
        long product = admin.createProduct("10.00", 1_000);
        for (int i = 0; i < 3; i++) {
            ada.paidOrder(product, 1);
        }
        List<String> wrong = new ArrayList<>();
        List<String> lists = lists();
        assertThat(lists).hasSizeGreaterThan(10);
        for (String list : lists) {
            int one = fewest(admin::request, 200, request -> request.get(list + "?limit=1"));
            int many = fewest(admin::request, 200, request -> request.get(list + "?limit=50"));
            if (many > one) {
                wrong.add(list + ": " + one + " for one, " + many + " for many");
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** Every list that can be asked for without knowing anything. */
    private static List<String> lists() {
        Map<String, Map<String, Map<String, Object>>> paths =
                RestAssured.get("/q/openapi?format=json").path("paths");
        List<String> lists = new ArrayList<>();
        paths.forEach((path, operations) -> {
            Object parameters = operations.getOrDefault("get", Map.of()).get("parameters");
            if (parameters instanceof List<?> given
                    && !path.contains("{")
                    && given.stream().anyMatch(one -> is(one, "name", "limit"))
                    && given.stream().noneMatch(one -> is(one, "required", true))) {
                lists.add(path);
            }
        });
        return lists;
    }

    private static boolean is(Object parameter, String field, Object value) {
        return parameter instanceof Map<?, ?> map && value.equals(map.get(field));
    }

    @Test
    void more_lines_in_a_cart_are_looked_at_no_oftener() {
        ada.putIntoCart(admin.createProduct("10.00", 10), 1).then().statusCode(201);
        int one = looking("/cart");
        // More than Hibernate fetches at once of what it fetches by and by, which are 16.
        for (int i = 0; i < 20; i++) {
            ada.putIntoCart(admin.createProduct("10.00", 10), 1).then().statusCode(201);
        }
        assertThat(looking("/cart")).isEqualTo(one);
    }
}
