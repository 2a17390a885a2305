package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.emporium.Shopper;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class PaymentTest extends PaymentScene {

    @Test
    void a_card_that_is_good_pays_the_order() {
        long orderId = order();

        Response answer = pay(orderId, "pm_1234567890");

        answer.then()
                .statusCode(200)
                .body("success", equalTo(true))
                .body("message", equalTo("Payment processed successfully"))
                .body("data.transaction_id", startsWith("pi_"))
                .body("data.transaction_reference", startsWith("pay_"))
                .body("data.status", equalTo("completed"))
                .body("data.amount", equalTo(49.99f))
                .body("data.client_secret", nullValue());
        assertThat(answer.asString()).contains("\"amount\":49.99");
        assertOrder(orderId, "confirmed", "completed");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(FakeStripe.intents(orderId).getFirst().get("metadata").toString())
                .contains(
                        answer.jsonPath().getString("data.transaction_reference"),
                        shopper.order(orderId).getString("data.order_number"));
        assertThat(events("payment.completed", orderId)).isEqualTo(1);
        assertThat(events("order.confirmed", orderId)).isEqualTo(1);
    }

    @Test
    void a_token_pays_the_order_too() {
        long orderId = order();

        process(orderId, "{\"token\":\"tok_visa\"}").then().statusCode(200).body("data.status", equalTo("completed"));

        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @ParameterizedTest
    @CsvSource({
        "pm_card_chargeDeclined,generic_decline",
        "pm_card_chargeDeclinedInsufficientFunds,insufficient_funds",
        "pm_card_chargeDeclinedExpiredCard,expired_card",
        "pm_card_chargeDeclinedIncorrectCvc,incorrect_cvc",
        "pm_card_chargeDeclinedProcessingError,processing_error",
        "pm_card_chargeDeclinedVelocityLimitExceeded,card_velocity_exceeded",
        // What would tell a thief something stays with the shop.
        "pm_card_chargeDeclinedLostCard,generic_decline",
        "pm_card_chargeDeclinedStolenCard,generic_decline",
        "pm_card_chargeDeclinedFraudulent,generic_decline",
        "pm_card_radarBlock,generic_decline"
    })
    void a_card_that_is_declined_leaves_the_order_payable(String card, String code) {
        long orderId = order();

        pay(orderId, card)
                .then()
                .statusCode(402)
                .body("success", equalTo(false))
                .body("error.code", equalTo("PAYMENT_DECLINED"))
                .body("error.details.decline_code", equalTo(code));

        assertOrder(orderId, "pending", "failed");
        assertThat(FakeStripe.captured(orderId)).isZero();
        assertThat(events("payment.failed", orderId)).isEqualTo(1);
        pay(orderId, "pm_card_visa").then().statusCode(200).body("data.status", equalTo("completed"));
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(transactions(orderId)).extracting(row -> row.get("status")).containsExactly("failed", "completed");
    }

    @Test
    void the_shop_sees_why_a_card_was_declined_and_the_customer_does_not() {
        long orderId = order();
        pay(orderId, "pm_card_chargeDeclinedStolenCard").then().statusCode(402);

        assertThat(transactions(orderId).getFirst().get("decline_code")).isEqualTo("generic_decline");
        assertThat(admin.request()
                        .get("/api/v1/orders/" + orderId + "/transactions")
                        .jsonPath()
                        .getString("data.transactions[0].decline_code"))
                .isEqualTo("stolen_card");
    }

    @Test
    void a_card_that_stripe_does_not_know_is_refused_and_the_order_stays_payable() {
        long orderId = order();

        pay(orderId, "pm_nobody_has_this")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));

        pay(orderId, "pm_card_visa").then().statusCode(200);
    }

    @Test
    void three_d_secure_is_finished_by_the_webhook() {
        long orderId = order();

        JsonPath asked = pay(orderId, "pm_card_threeDSecure2Required")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("requires_action"))
                .body("data.client_secret", startsWith("pi_"))
                .body("data.next_action.type", notNullValue())
                .extract()
                .jsonPath();
        assertOrder(orderId, "pending", "requires_action");
        assertThat(FakeStripe.captured(orderId)).isZero();

        FakeStripe.authenticate(asked.getString("data.transaction_id"), "succeed");

        waitForPayment(orderId, "completed");
        assertOrder(orderId, "confirmed", "completed");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(transactions(orderId).getFirst()).doesNotContainKeys("client_secret", "next_action");
        assertThat(events("payment.completed", orderId)).isEqualTo(1);
    }

    @Test
    void three_d_secure_that_fails_closes_the_intent_and_leaves_the_order_payable() {
        long orderId = order();
        String intent = pay(orderId, "pm_card_threeDSecure2Required").jsonPath().getString("data.transaction_id");

        FakeStripe.authenticate(intent, "fail");

        waitForPayment(orderId, "failed");
        // Whoever holds the client secret cannot pay with it what has already been called failed.
        assertThat(FakeStripe.intents(orderId).getFirst().get("status")).isEqualTo("canceled");
        pay(orderId, "pm_card_visa").then().statusCode(200);
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void three_d_secure_without_its_webhook_is_found_by_the_reconciler() {
        FakeStripe.webhooks("off");
        long orderId = order();
        String intent = pay(orderId, "pm_card_threeDSecure2Required").jsonPath().getString("data.transaction_id");

        FakeStripe.authenticate(intent, "succeed");

        waitForPayment(orderId, "completed");
    }

    @Test
    void asked_again_with_the_same_card_the_same_confirmation_is_asked_for() {
        long orderId = order();
        JsonPath first = pay(orderId, "pm_card_threeDSecure2Required").jsonPath();

        JsonPath second = pay(orderId, "pm_card_threeDSecure2Required")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(second.getMap("data")).isEqualTo(first.getMap("data"));
        assertThat(FakeStripe.intents(orderId)).hasSize(1);
        cancel(shopper, orderId);
        waitForPayment(orderId, "failed");
    }

    @Test
    void another_card_calls_off_the_one_that_waits_to_be_confirmed() {
        long orderId = order();
        pay(orderId, "pm_card_threeDSecure2Required").then().statusCode(200);

        pay(orderId, "pm_card_visa").then().statusCode(200).body("data.status", equalTo("completed"));

        assertThat(FakeStripe.intents(orderId))
                .extracting(intent -> intent.get("status"))
                .containsExactlyInAnyOrder("canceled", "succeeded");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(events("payment.failed", orderId)).isZero();
    }

    @Test
    void another_card_does_not_pay_what_the_first_has_paid_in_the_meantime() {
        FakeStripe.webhooks("hold");
        long orderId = order();
        String intent = pay(orderId, "pm_card_threeDSecure2Required").jsonPath().getString("data.transaction_id");
        FakeStripe.authenticate(intent, "succeed");

        pay(orderId, "pm_card_mastercard").then().statusCode(409).body("error.code", equalTo("ORDER_NOT_PAYABLE"));

        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertOrder(orderId, "confirmed", "completed");
    }

    @Test
    void an_order_cancelled_before_its_confirmation_is_not_paid_by_it() {
        long orderId = order();
        pay(orderId, "pm_card_threeDSecure2Required").then().statusCode(200);

        cancel(shopper, orderId);

        waitForPayment(orderId, "failed");
        assertThat(FakeStripe.intents(orderId).getFirst().get("status")).isEqualTo("canceled");
    }

    @Test
    void an_abandoned_confirmation_is_called_off_when_the_order_is_due() {
        long orderId = order();
        pay(orderId, "pm_card_threeDSecure2Required").then().statusCode(200);

        sql("UPDATE orders SET expires_at = now() - interval '1 second' WHERE order_id = " + orderId);

        waitForPayment(orderId, "failed");
        assertThat(FakeStripe.intents(orderId).getFirst().get("status")).isEqualTo("canceled");
    }

    @Test
    void what_is_paid_cannot_be_paid_again() {
        long orderId = paidOrder();

        pay(orderId, "pm_card_visa").then().statusCode(409).body("error.code", equalTo("ORDER_NOT_PAYABLE"));

        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(FakeStripe.intents(orderId)).hasSize(1);
    }

    @Test
    void what_is_cancelled_cannot_be_paid() {
        long orderId = order();
        cancel(shopper, orderId);

        pay(orderId, "pm_card_visa").then().statusCode(409).body("error.code", equalTo("ORDER_NOT_PAYABLE"));

        assertThat(FakeStripe.intents(orderId)).isEmpty();
    }

    @Test
    void the_same_key_gets_the_same_answer_and_charges_once() {
        long orderId = order();
        String key = UUID.randomUUID().toString();

        Response first = payWithKey(orderId, "pm_card_visa", key);
        Response second = payWithKey(orderId, "pm_card_visa", key);

        first.then().statusCode(200);
        second.then().statusCode(200).header("Idempotency-Replayed", "true");
        assertThat(second.asString()).isEqualTo(first.asString());
        assertThat(FakeStripe.intents(orderId)).hasSize(1);
        payWithKey(orderId, "pm_card_mastercard", key)
                .then()
                .statusCode(422)
                .body("error.code", equalTo("IDEMPOTENCY_KEY_REUSED"));
    }

    @Test
    void a_decline_is_the_answer_to_its_key_and_no_obstacle_to_another() {
        long orderId = order();
        String key = UUID.randomUUID().toString();
        payWithKey(orderId, "pm_card_chargeDeclined", key).then().statusCode(402);

        payWithKey(orderId, "pm_card_chargeDeclined", key).then().statusCode(402);
        assertThat(FakeStripe.intents(orderId)).hasSize(1);

        // As if the process had died before it could keep its answer.
        sql("DELETE FROM idempotency_keys WHERE key = '" + key + "'");
        payWithKey(orderId, "pm_card_chargeDeclined", key).then().statusCode(402);
        assertThat(FakeStripe.intents(orderId)).hasSize(1);

        payWithKey(orderId, "pm_card_visa", UUID.randomUUID().toString()).then().statusCode(200);
    }

    @Test
    void a_key_that_is_a_day_old_may_be_used_for_something_new() {
        String key = UUID.randomUUID().toString();
        payWithKey(order(), "pm_card_visa", key).then().statusCode(200);
        sql("UPDATE transactions SET created_at = created_at - interval '25 hours' WHERE idempotency_key = '" + key
                + "'");
        sql("DELETE FROM idempotency_keys WHERE key = '" + key + "'");

        long orderId = order();
        payWithKey(orderId, "pm_card_visa", key).then().statusCode(200);

        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void a_method_that_is_not_offered_or_not_the_orders_is_refused() {
        long orderId = order();

        for (String method : List.of("paypal", "bank_transfer", "cash", "", "CREDIT_CARD")) {
            shopper.json()
                    .body(Map.of(
                            "order_id",
                            orderId,
                            "payment_method",
                            method,
                            "payment_details",
                            method.equals("bank_transfer") ? Map.of() : Map.of("token", "tok_visa")))
                    .post("/api/v1/payments/process")
                    .then()
                    .statusCode(400)
                    .body("error.code", equalTo("INVALID_PAYMENT_METHOD"));
        }

        assertThat(transactions(orderId)).isEmpty();
    }

    @Test
    void details_must_be_a_method_or_a_token_and_nothing_else() {
        long orderId = order();

        for (String details : List.of(
                "null",
                "\"pm_card_visa\"",
                "[]",
                "{}",
                "7",
                "true",
                "{\"payment_method_id\":null}",
                "{\"payment_method_id\":7}",
                "{\"payment_method_id\":\"\"}",
                "{\"payment_method_id\":{\"id\":\"pm_card_visa\"}}",
                "{\"payment_method_id\":\"pm card\"}",
                "{\"payment_method_id\":\"pm_card_visa\",\"token\":\"tok_visa\"}",
                "{\"payment_method_id\":\"pm_card_visa\",\"cvc\":\"123\"}",
                "{\"payment_method_id\":\"../../v1/refunds\"}",
                "{\"card\":\"pm_card_visa\"}",
                "{\"token\":\"" + "a".repeat(256) + "\"}")) {
            process(orderId, details).then().statusCode(400).body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));
        }

        assertThat(transactions(orderId)).isEmpty();
    }

    @Test
    void an_order_that_is_none_of_yours_is_not_there() {
        long orderId = order();
        Shopper other = Shopper.registered();

        other.pay(orderId, "pm_card_visa").then().statusCode(404).body("error.code", equalTo("RESOURCE_NOT_FOUND"));
        other.pay(987654321, "pm_card_visa").then().statusCode(404);
        other.request()
                .get("/api/v1/orders/" + orderId + "/transactions")
                .then()
                .statusCode(404);

        assertThat(transactions(orderId)).isEmpty();
    }

    @Test
    void a_payment_is_found_by_our_reference_and_the_providers_by_its_owner_and_an_admin() {
        long orderId = order();
        JsonPath paid = pay(orderId, "pm_card_visa").jsonPath();
        Shopper other = Shopper.registered();

        for (String reference :
                List.of(paid.getString("data.transaction_reference"), paid.getString("data.transaction_id"))) {
            String path = "/api/v1/payments/" + reference;
            for (Shopper who : List.of(shopper, admin)) {
                who.request()
                        .get(path)
                        .then()
                        .statusCode(200)
                        .body("data.status", equalTo("completed"))
                        .body("data.order_id", equalTo((int) orderId))
                        .body("data.type", equalTo("payment"));
            }
            other.request().get(path).then().statusCode(404);
        }
        shopper.request().get("/api/v1/payments/pay_nothing").then().statusCode(404);
    }

    private Response process(long orderId, String details) {
        return shopper.json()
                .body("{\"order_id\":" + orderId + ",\"payment_method\":\"credit_card\",\"payment_details\":" + details
                        + "}")
                .post("/api/v1/payments/process");
    }

    private Response payWithKey(long orderId, String card, String key) {
        return shopper.json()
                .header("Idempotency-Key", key)
                .body(Map.of(
                        "order_id",
                        orderId,
                        "payment_method",
                        "credit_card",
                        "payment_details",
                        Map.of("payment_method_id", card)))
                .post("/api/v1/payments/process");
    }

    @Test
    void an_order_whose_time_is_up_takes_no_new_payment() {
        long orderId = order();
        sql("UPDATE orders SET expires_at = now() - interval '1 second' WHERE order_id = " + orderId);

        pay(orderId, "pm_card_visa").then().statusCode(409).body("error.code", equalTo("ORDER_NOT_PAYABLE"));

        assertThat(number("SELECT count(*) FROM transactions WHERE order_id = " + orderId))
                .isZero();
    }
}
