package io.emporium.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Shopper;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Orders 10, payments 10 and refunds 5 a minute for a customer, whatever they ask for (contract.md "Limits"). */
@QuarkusTest
@TestProfile(RateLimitsTest.Limited.class)
class MoneyLimitTest {
    @Test
    void the_doors_where_money_and_goods_move_are_limited_for_each_customer() {
        Shopper ada = RateLimitsTest.registeredElsewhere();

        assertThatTheNextIsLimited(10, ada::checkOut);
        assertThatTheNextIsLimited(10, () -> ada.pay(987_654_321, "pm_card_visa"));
        assertThatTheNextIsLimited(
                5,
                () -> ada.json()
                        .body(Map.of("order_id", 987_654_321, "amount", 1, "reason", "broken"))
                        .post("/api/v1/payments/refund"));
        assertThat(RateLimitsTest.registeredElsewhere().checkOut().statusCode())
                .as("another customer's checkout")
                .isEqualTo(409);
    }

    private static void assertThatTheNextIsLimited(int limit, Supplier<Response> request) {
        for (int i = 0; i < limit; i++) {
            assertThat(request.get().statusCode()).isIn(404, 409);
        }
        Response refused = request.get();
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isNotNull();
    }
}
