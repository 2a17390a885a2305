package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.emporium.LocalServerSwitch;
import io.emporium.Shopper;
import io.emporium.Together;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Paying by PayPal: an order there, the buyer's yes, our capture. */
@QuarkusTest
class PayPalTest extends PayPalScene {

    @Test
    void what_the_buyer_approves_and_the_client_brings_back_is_captured() {
        long orderId = order();

        String token = begin(orderId);
        putOffChecks(orderId);
        assertOrder(orderId, "pending", "requires_action");
        FakePayPal.webhooks("off");
        FakePayPal.approve(token);
        assertThat(captured(orderId)).isZero();
        Response answer = finish(orderId, token);

        answer.then()
                .statusCode(200)
                .body("message", equalTo("Payment processed successfully"))
                .body("data.transaction_id", equalTo(token))
                .body("data.transaction_reference", startsWith("pay_"))
                .body("data.status", equalTo("completed"))
                .body("data.next_action", nullValue());
        assertThat(answer.asString()).contains("\"amount\":49.99");
        assertPaidOnce(orderId);
        Map<String, Object> capture = FakePayPal.captures(references(orderId)).getFirst();
        assertThat(capture.get("custom_id")).isEqualTo(answer.path("data.transaction_reference"));
    }

    @Test
    void a_buyer_who_approves_and_never_comes_back_has_paid_by_the_webhook() {
        long orderId = order();

        FakePayPal.approve(begin(orderId));

        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
    }

    @Test
    void a_buyer_who_approves_and_never_comes_back_is_found_by_the_reconciler_alone() {
        FakePayPal.webhooks("off");
        long orderId = order();

        FakePayPal.approve(begin(orderId));

        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
    }

    @Test
    void a_buyer_who_cancels_at_paypal_may_go_there_again() {
        long orderId = order();
        JsonPath first = begin(shopper, orderId).jsonPath();
        String token = first.getString("data.transaction_id");

        FakePayPal.cancel(token);
        // The client came back without the buyer's yes.
        finish(orderId, token)
                .then()
                .statusCode(200)
                .body("data.status", equalTo("requires_action"))
                .body("data.next_action.redirect_url", equalTo(first.getString("data.next_action.redirect_url")));
        assertThat(begin(shopper, orderId).jsonPath().getMap("data")).isEqualTo(first.getMap("data"));

        FakePayPal.approve(token);
        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
        assertThat(FakePayPal.orders(references(orderId))).hasSize(1);
    }

    @Test
    void an_instrument_that_is_declined_leaves_the_order_payable() {
        FakePayPal.webhooks("off");
        long orderId = order();
        String token = begin(orderId);
        putOffChecks(orderId);
        FakePayPal.approve(token, "declined");

        finish(orderId, token)
                .then()
                .statusCode(402)
                .body("error.code", equalTo("PAYMENT_DECLINED"))
                .body("error.details.decline_code", equalTo("instrument_declined"));

        assertOrder(orderId, "pending", "failed");
        assertThat(events("payment.failed", orderId)).isEqualTo(1);
        String next = begin(orderId);
        putOffChecks(orderId);
        assertThat(next).isNotEqualTo(token);
        FakePayPal.approve(next);
        finish(orderId, next).then().statusCode(200).body("data.status", equalTo("completed"));
        assertPaidOnce(orderId);
    }

    @Test
    void what_was_declined_is_not_captured_when_the_buyer_approves_it_by_other_means() {
        long orderId = order();
        String token = begin(orderId);
        FakePayPal.approve(token, "declined");
        waitForPayment(orderId, "failed");

        FakePayPal.approve(token, "good");
        String next = begin(orderId);
        FakePayPal.approve(next);

        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
        assertThat(FakePayPal.captures(references(orderId)).getFirst().get("order"))
                .isEqualTo(next);
    }

    @Test
    void a_capture_that_is_denied_leaves_the_order_payable() {
        long orderId = order();
        String token = begin(orderId);

        FakePayPal.approve(token, "denied");

        waitForPayment(orderId, "failed");
        assertOrder(orderId, "pending", "failed");
        String next = begin(orderId);
        FakePayPal.approve(next);
        waitForPayment(orderId, "completed");
        assertThat(captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void a_capture_that_takes_its_time_is_processing_until_paypal_says_more() {
        for (String outcome : List.of("succeed", "fail")) {
            long orderId = order();
            String token = begin(orderId);
            FakePayPal.approve(token, "pending");
            waitForPayment(orderId, "processing");
            finish(orderId, token).then().statusCode(202).body("data.status", equalTo("processing"));
            assertThat(captured(orderId)).isZero();

            // Not before the capture itself, whose answer may still be on its way.
            waitForCapture(orderId);
            FakePayPal.completeCapture(token, outcome);

            waitForPayment(orderId, outcome.equals("succeed") ? "completed" : "failed");
            assertThat(captured(orderId)).isEqualTo(outcome.equals("succeed") ? CENTS : 0);
        }
    }

    @Test
    void a_token_that_is_not_the_orders_own_is_refused() {
        long orderId = order();
        String token = begin(orderId);
        Shopper other = Shopper.registered();
        long others = other.order(product, 1, "paypal");
        String foreign = begin(other, others).path("data.transaction_id");
        FakePayPal.webhooks("off");
        FakePayPal.approve(foreign);

        for (String wrong : List.of(foreign, "5O190127TN364715T", token.toLowerCase(Locale.ROOT))) {
            finish(orderId, wrong).then().statusCode(400).body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));
        }
        process(other, orderId, Map.of("token", token)).then().statusCode(404);

        assertOrder(orderId, "pending", "requires_action");
        assertThat(captured(orderId)).isZero();
        cancel(shopper, orderId);
        waitForPayment(orderId, "failed");
    }

    @Test
    void a_token_before_there_is_a_paypal_order_is_refused_and_nothing_is_begun() {
        long orderId = order();

        finish(orderId, "5O190127TN364715T")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));

        assertThat(transactions(orderId)).isEmpty();
        assertOrder(orderId, "pending", "pending");
    }

    @Test
    void details_are_nothing_or_a_token_and_never_a_card_number() {
        long orderId = order();

        for (Object details : List.of(
                Map.of("payment_method_id", "pm_card_visa"),
                Map.of("token", ""),
                Map.of("token", 7),
                Map.of("token", "../capture"),
                Map.of("token", "A", "more", "B"),
                Map.of("token", "4242424242424242"),
                Map.of("card", "4242 4242 4242 4242"),
                "4242424242424242",
                List.of())) {
            process(shopper, orderId, details)
                    .then()
                    .statusCode(400)
                    .body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));
        }

        assertThat(transactions(orderId)).isEmpty();
    }

    @Test
    void an_order_for_paypal_is_not_paid_by_card_nor_the_reverse() {
        long byPayPal = order();
        long byCard = shopper.order(product, 1, "credit_card");

        pay(byPayPal, "pm_card_visa").then().statusCode(400).body("error.code", equalTo("INVALID_PAYMENT_METHOD"));
        begin(shopper, byCard).then().statusCode(400).body("error.code", equalTo("INVALID_PAYMENT_METHOD"));

        assertThat(transactions(byPayPal)).isEmpty();
        assertThat(transactions(byCard)).isEmpty();
    }

    @Test
    void what_is_paid_cannot_be_paid_again() {
        long orderId = paidOrder();
        String token = (String) transactions(orderId).getFirst().get("transaction_id");

        // The webhook is often quicker than the customer, who is told that it is paid.
        finish(orderId, token).then().statusCode(200).body("data.status", equalTo("completed"));
        begin(shopper, orderId).then().statusCode(409).body("error.code", equalTo("ORDER_NOT_PAYABLE"));

        assertPaidOnce(orderId);
    }

    @Test
    void the_same_key_gets_the_same_answer_and_captures_once() {
        FakePayPal.webhooks("off");
        long orderId = order();
        String beginKey = UUID.randomUUID().toString();
        String finishKey = UUID.randomUUID().toString();
        Response begun = withKey(beginKey, orderId, Map.of());
        String token = begun.then().statusCode(200).extract().path("data.transaction_id");
        putOffChecks(orderId);
        assertThat(withKey(beginKey, orderId, Map.of()).asString()).isEqualTo(begun.asString());
        FakePayPal.approve(token);

        Response finished = withKey(finishKey, orderId, Map.of("token", token));
        Response again = withKey(finishKey, orderId, Map.of("token", token));

        finished.then().statusCode(200).body("data.status", equalTo("completed"));
        again.then().statusCode(200).header("Idempotency-Replayed", "true");
        assertThat(again.asString()).isEqualTo(finished.asString());
        assertPaidOnce(orderId);
    }

    @Test
    void an_order_cancelled_before_it_was_approved_is_not_captured_by_it() {
        long orderId = order();
        String token = begin(orderId);

        cancel(shopper, orderId);
        waitForPayment(orderId, "failed");
        FakePayPal.approve(token);
        finish(orderId, token).then().statusCode(409).body("error.code", equalTo("ORDER_NOT_PAYABLE"));

        invariants.hold();
        assertThat(captured(orderId)).isZero();
    }

    @Test
    void an_order_that_nobody_approved_is_called_off_when_it_is_due() {
        long orderId = order();
        begin(orderId);

        sql("UPDATE orders SET expires_at = now() - interval '1 second' WHERE order_id = " + orderId);

        waitForPayment(orderId, "failed");
        assertThat(captured(orderId)).isZero();
    }

    @Test
    void an_order_that_paypal_has_forgotten_makes_way_for_another() {
        long orderId = order();
        FakePayPal.expire(begin(orderId));

        waitForPayment(orderId, "failed");

        String next = begin(orderId);
        FakePayPal.approve(next);
        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
    }

    @Test
    void a_token_that_paypal_has_called_back_or_that_is_old_is_replaced() {
        long orderId = order();
        String token = begin(orderId);
        FakePayPal.revokeTokens();
        FakePayPal.approve(token);
        finishPaid(orderId, token);

        FakePayPal.set("token_seconds", 0);
        FakePayPal.revokeTokens();
        long next = order();
        // Every call fetches a token that is old at once; the next ones are good again.
        begin(shopper, next).then().statusCode(202);
        FakePayPal.set("token_seconds", 32_400);
        waitForPayment(next, "requires_action");
        cancel(shopper, next);
        waitForPayment(next, "failed");
    }

    @Test
    void many_at_once_fetch_one_token() {
        List<Long> orders = Stream.generate(this::order).limit(4).toList();
        begin(orders.getFirst());
        long before = FakePayPal.calls("POST", "/v1/oauth2/token");
        FakePayPal.revokeTokens();

        Together.times(4, number -> begin(shopper, orders.get(number)).then().statusCode(200));

        assertThat(FakePayPal.calls("POST", "/v1/oauth2/token")).isEqualTo(before + 1);
        orders.forEach(each -> cancel(shopper, each));
    }

    @Test
    void while_paypal_is_away_nothing_is_recorded_and_cards_go_on_and_when_it_is_back_so_does_it() {
        long orderId = order();
        Shopper other = Shopper.registered();
        List<Long> waiting = Stream.generate(() -> other.order(product, 1, "paypal"))
                .limit(5)
                .toList();
        var paypal = new LocalServerSwitch("paypal");
        List<Long> begun;
        paypal.stop();
        try {
            begun = waiting.stream().filter(each -> isBegun(begin(other, each))).toList();

            begin(shopper, orderId)
                    .then()
                    .statusCode(503)
                    .header("Retry-After", notNullValue())
                    .body("error.code", equalTo("SERVICE_UNAVAILABLE"));
            assertThat(transactions(orderId)).isEmpty();
            assertOrder(orderId, "pending", "pending");

            long byCard = shopper.order(product, 1, "credit_card");
            pay(byCard, "pm_card_visa").then().statusCode(200).body("data.status", equalTo("completed"));
        } finally {
            paypal.start();
        }

        begun.forEach(each -> await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(other.order(each).getString("data.payment_status"))
                        .isEqualTo("requires_action")));
        String token = begin(orderId);
        FakePayPal.approve(token);
        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
        waiting.forEach(each -> cancel(other, each));
    }

    @Test
    void a_payment_by_paypal_is_found_by_its_owner_and_an_admin_and_nobody_else() {
        long orderId = paidOrder();
        String token = (String) transactions(orderId).getFirst().get("transaction_id");

        for (Shopper who : List.of(shopper, admin)) {
            who.request()
                    .get("/api/v1/payments/" + token)
                    .then()
                    .statusCode(200)
                    .body("data.payment_method", equalTo("paypal"))
                    .body("data.status", equalTo("completed"));
        }
        Shopper.registered().request().get("/api/v1/payments/" + token).then().statusCode(404);
    }

    private void waitForCapture(long orderId) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(FakePayPal.captures(references(orderId))).isNotEmpty());
    }

    private Response withKey(String key, long orderId, Object details) {
        return shopper.json()
                .header("Idempotency-Key", key)
                .body(Map.of("order_id", orderId, "payment_method", "paypal", "payment_details", details))
                .post("/api/v1/payments/process");
    }
}
