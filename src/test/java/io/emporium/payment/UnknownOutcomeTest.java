package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.emporium.Shopper;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stripe, or the way to it, fails before or after the charge: never called failed, never charged twice, and settled. */
@QuarkusTest
class UnknownOutcomeTest extends PaymentScene {
    @ParameterizedTest
    @CsvSource({
        "before,http_500",
        "before,http_503",
        "before,http_429",
        "after,close",
        "after,cut",
        "after,http_503",
        "after,http_500",
        "after,hang"
    })
    void an_unknown_outcome_is_processing_and_settled_by_the_reconciler(String when, String kind) {
        FakeStripe.webhooks("off");
        long orderId = order();
        // The JDK asks a second time by itself when a connection ends without a byte.
        FakeStripe.fault("POST", FakeStripe.CREATE, when, kind, kind.equals("close") ? 2 : 1);

        JsonPath answer = pay(orderId, "pm_card_visa")
                .then()
                .statusCode(202)
                .body("message", equalTo("The payment is being processed"))
                .body("data.status", equalTo("processing"))
                .body("data.transaction_reference", startsWith("pay_"))
                .extract()
                .jsonPath();

        waitForPayment(orderId, "completed");
        assertOrder(orderId, "confirmed", "completed");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(FakeStripe.intents(orderId)).hasSize(1);
        shopper.request()
                .get("/api/v1/payments/" + answer.getString("data.transaction_reference"))
                .then()
                .statusCode(200)
                .body("data.status", equalTo("completed"))
                .body("data.transaction_id", startsWith("pi_"));
        assertThat(events("payment.completed", orderId)).isEqualTo(1);
    }

    @Test
    void an_answer_that_comes_byte_by_byte_is_not_waited_for() {
        FakeStripe.webhooks("off");
        long orderId = order();
        FakeStripe.fault("POST", FakeStripe.CREATE, "after", "drip", 1);

        // Longer than connecting and reading may take, 9 s here, and far shorter than the answer.
        Response answer = assertTimeoutPreemptively(Duration.ofSeconds(25), () -> pay(orderId, "pm_card_visa"));

        answer.then().statusCode(202).body("data.status", equalTo("processing"));
        waitForPayment(orderId, "completed");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(FakeStripe.intents(orderId)).hasSize(1);
    }

    @Test
    void an_unknown_outcome_is_settled_by_the_webhook_that_knows_our_reference() {
        long orderId = order();
        // All that the reconciler could ask with fails; only what the webhook makes us fetch is answered.
        FakeStripe.loseTheAnswerAndThen(FakeStripe.CREATE, "http_429", 1_000);

        pay(orderId, "pm_card_visa").then().statusCode(202);

        waitForPayment(orderId, "completed");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void while_the_outcome_is_unknown_a_second_payment_is_not_tried() {
        long orderId = order();
        FakeStripe.webhooks("off");
        FakeStripe.fault("POST", FakeStripe.CREATE, "before", "http_503", 3);
        String reference =
                pay(orderId, "pm_card_visa").then().statusCode(202).extract().path("data.transaction_reference");

        pay(orderId, "pm_card_mastercard")
                .then()
                .statusCode(202)
                .body("data.transaction_reference", equalTo(reference));

        waitForPayment(orderId, "completed");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(FakeStripe.intents(orderId)).hasSize(1);
    }

    @Test
    void a_decline_that_got_lost_is_found_again() {
        FakeStripe.webhooks("off");
        long orderId = order();
        FakeStripe.fault("POST", FakeStripe.CREATE, "after", "cut", 1);

        pay(orderId, "pm_card_chargeDeclinedInsufficientFunds").then().statusCode(202);

        waitForPayment(orderId, "failed");
        assertThat(transactions(orderId).getFirst().get("decline_code")).isEqualTo("insufficient_funds");
        pay(orderId, "pm_card_visa").then().statusCode(200);
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void a_payment_the_provider_is_busy_with_is_processing_until_it_says_more() {
        long orderId = order();
        FakeStripe.set("payments", "process");

        String intent =
                pay(orderId, "pm_card_visa").then().statusCode(202).extract().path("data.transaction_id");
        FakeStripe.completePayment(intent, "succeed");

        waitForPayment(orderId, "completed");
    }

    @Test
    void a_payment_that_succeeds_after_its_order_was_cancelled_is_given_back() {
        FakeStripe.webhooks("hold");
        long orderId = order();
        FakeStripe.loseTheAnswerAndThen(FakeStripe.CREATE, "http_503", 2);
        pay(orderId, "pm_card_visa").then().statusCode(202);
        cancel(shopper, orderId);

        FakeStripe.webhooks("on");

        waitForPayment(orderId, "refunded");
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
        assertThat(events("payment.completed", orderId)).isZero();
        assertThat(events("refund.succeeded", orderId)).isEqualTo(1);
    }

    @Test
    void an_order_cancelled_before_its_charge_began_is_not_charged_by_the_reconciler() {
        FakeStripe.webhooks("off");
        long orderId = order();
        FakeStripe.fault("POST", FakeStripe.CREATE, "before", "http_503", 1_000);
        pay(orderId, "pm_card_visa").then().statusCode(202);

        cancel(shopper, orderId);
        FakeStripe.noFaults();

        waitForPayment(orderId, "failed");
        assertThat(FakeStripe.intents(orderId)).isEmpty();
    }

    @Test
    void a_charge_that_the_search_does_not_show_yet_is_not_called_failed() {
        FakeStripe.webhooks("off");
        FakeStripe.searchLag(4_000);
        long orderId = order();
        FakeStripe.loseTheAnswerAndThen(FakeStripe.CREATE, "http_503", 1_000);
        pay(orderId, "pm_card_visa").then().statusCode(202);
        cancel(shopper, orderId);

        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
    }

    @Test
    void after_a_day_a_payment_is_looked_for_and_not_asked_for_again() {
        FakeStripe.webhooks("off");
        long there = order();
        FakeStripe.loseTheAnswerAndThen(FakeStripe.CREATE, "http_503", 2);
        pay(there, "pm_card_visa").then().statusCode(202);
        sql("UPDATE transactions SET created_at = created_at - interval '25 hours' WHERE order_id = " + there);

        waitForPayment(there, "completed");
        assertThat(FakeStripe.intents(there)).hasSize(1);

        FakeStripe.heal();
        FakeStripe.webhooks("off");
        long nowhere = order();
        FakeStripe.fault("POST", FakeStripe.CREATE, "before", "http_503", 3);
        pay(nowhere, "pm_card_visa").then().statusCode(202);
        sql("UPDATE transactions SET created_at = created_at - interval '25 hours' WHERE order_id = " + nowhere);

        waitForPayment(nowhere, "failed");
        assertThat(FakeStripe.intents(nowhere)).isEmpty();
    }

    @Test
    void an_attempt_whose_process_died_before_it_asked_is_taken_up() {
        long orderId = order();
        // What the first transaction leaves, and nothing after it.
        sql("""
                INSERT INTO transactions (order_id, user_id, transaction_reference, payment_method, amount, currency, status,
                                          payment_token, next_check_at)
                SELECT order_id, user_id, 'pay_died' || order_id, payment_method, total_amount, currency, 'processing',
                       'pm_card_visa', now() FROM orders WHERE order_id = %d
                """.formatted(orderId));
        sql("UPDATE orders SET payment_status = 'processing' WHERE order_id = " + orderId);

        waitForPayment(orderId, "completed");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void while_stripe_is_away_no_attempt_is_begun_and_when_it_is_back_the_next_goes_through() {
        FakeStripe.webhooks("off");
        Shopper other = Shopper.registered();
        long orderId = other.order(product, 1);
        FakeStripe.fault("POST", "/v1/**", "before", "http_503", 1_000);
        // A late webhook of another test makes us ask too, and an answer would open the door.
        FakeStripe.fault("GET", "/v1/**", "before", "http_503", 1_000);
        List<Long> waiting = Stream.generate(this::order).limit(5).toList();
        List<Long> begun = waiting.stream()
                .filter(each -> isBegun(pay(each, "pm_card_visa")))
                .toList();

        other.pay(orderId, "pm_card_visa")
                .then()
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .body("error.code", equalTo("SERVICE_UNAVAILABLE"));
        assertThat(other.order(orderId).getString("data.payment_status")).isEqualTo("pending");
        assertThat(other.request()
                        .get("/api/v1/orders/" + orderId + "/transactions")
                        .jsonPath()
                        .getList("data.transactions"))
                .isEmpty();

        FakeStripe.heal();
        begun.forEach(each -> waitForPayment(each, "completed"));
        other.pay(orderId, "pm_card_visa").then().statusCode(200);
    }

    @Test
    void a_charge_that_stripe_answers_with_the_same_fault_for_a_day_fails_in_minutes_and_another_is_made() {
        FakeStripe.webhooks("off");
        long orderId = order();
        FakeStripe.keptFailure(FakeStripe.CREATE, "before");
        pay(orderId, "pm_card_visa").then().statusCode(202).body("data.status", equalTo("processing"));
        assertThat(number("SELECT count(*) FROM transactions WHERE sought_since IS NOT NULL AND order_id = " + orderId))
                .isZero();

        // Two minutes later it is only looked for, and ten minutes later nothing has been found.
        sql("UPDATE transactions SET created_at = created_at - interval '3 minutes' WHERE order_id = " + orderId);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(number(
                                "SELECT count(*) FROM transactions WHERE sought_since IS NOT NULL AND order_id = "
                                        + orderId))
                        .isEqualTo(1));
        sql("UPDATE transactions SET sought_since = sought_since - interval '11 minutes' WHERE order_id = " + orderId);
        waitForPayment(orderId, "failed");

        pay(orderId, "pm_card_visa").then().statusCode(200);
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void a_refund_that_stripe_answers_with_the_same_fault_for_a_day_is_made_once_under_another_key() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        FakeStripe.keptFailure(FakeStripe.REFUND, "before");
        refund(shopper, orderId, "10.00").then().statusCode(200).body("data.status", equalTo("pending"));

        waitForPayment(orderId, "partially_refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(1000);
        assertThat(FakeStripe.refunds(intentOf(orderId))).isEqualTo(1);
    }
}
