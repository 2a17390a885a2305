package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.Together;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PayPal, or the way to it, fails before or after the effect, or everything happens at once: one capture, and settled. */
@QuarkusTest
class PayPalUnknownOutcomeTest extends PayPalScene {

    @ParameterizedTest
    @CsvSource({
        "before,http_500",
        "before,http_503",
        "before,http_429",
        "before,close",
        "after,close",
        "after,cut",
        "after,http_500",
        "after,http_503",
        "after,hang"
    })
    void a_capture_with_an_unknown_outcome_is_processing_and_settled_once(String when, String kind) {
        FakePayPal.webhooks("off");
        long orderId = order();
        String token = begin(orderId);
        putOffChecks(orderId);
        FakePayPal.fault("POST", FakePayPal.CAPTURE, when, kind, 1);
        FakePayPal.approve(token);

        Response answer = finish(orderId, token);

        answer.then().statusCode(202).body("data.status", equalTo("processing"));
        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
    }

    @Test
    void a_capture_that_is_refused_because_another_was_quicker_is_a_payment() {
        long orderId = order();
        String token = approvedButRefused(orderId, "after", 1);

        finish(orderId, token).then().statusCode(200).body("data.status", equalTo("completed"));

        assertPaidOnce(orderId);
    }

    @Test
    void a_capture_that_is_refused_for_an_unknown_reason_is_asked_for_again() {
        long orderId = order();
        String token = approvedButRefused(orderId, "before", 2);

        finish(orderId, token).then().statusCode(202).body("data.status", equalTo("processing"));

        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
    }

    @Test
    void a_capture_that_is_refused_until_paypal_forgets_its_order_has_failed() {
        long orderId = order();
        String token = approvedButRefused(orderId, "before", 1_000);
        finish(orderId, token).then().statusCode(202);

        FakePayPal.expire(token);

        waitForPayment(orderId, "failed");
        assertThat(captured(orderId)).isZero();
        String next = begin(orderId);
        FakePayPal.heal();
        FakePayPal.approve(next);
        waitForPayment(orderId, "completed");
        assertThat(captured(orderId)).isEqualTo(CENTS);
    }

    private String approvedButRefused(long orderId, String when, int times) {
        FakePayPal.webhooks("off");
        String token = begin(orderId);
        putOffChecks(orderId);
        FakePayPal.fault("POST", FakePayPal.CAPTURE, when, "http_422", times);
        FakePayPal.approve(token);
        return token;
    }

    @ParameterizedTest
    @CsvSource({"before,http_500", "after,cut", "after,http_503"})
    void an_order_at_paypal_with_an_unknown_outcome_is_found_again(String when, String kind) {
        FakePayPal.webhooks("off");
        long orderId = order();
        FakePayPal.fault("POST", FakePayPal.ORDERS, when, kind, 1);

        begin(shopper, orderId).then().statusCode(202).body("data.status", equalTo("processing"));

        waitForPayment(orderId, "requires_action");
        String token = begin(orderId);
        assertThat(FakePayPal.orders(references(orderId))).hasSize(1);
        FakePayPal.approve(token);
        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
    }

    @Test
    void a_decline_that_got_lost_is_found_again() {
        FakePayPal.webhooks("off");
        long orderId = order();
        String token = begin(orderId);
        FakePayPal.fault("POST", FakePayPal.CAPTURE, "after", "cut", 1);
        FakePayPal.approve(token, "declined");

        waitForPayment(orderId, "failed");
        assertThat(transactions(orderId).getFirst().get("decline_code")).isEqualTo("instrument_declined");
        assertThat(captured(orderId)).isZero();
    }

    @Test
    void an_order_cancelled_before_paypal_has_named_its_own_takes_no_money() {
        FakePayPal.webhooks("off");
        long orderId = order();
        FakePayPal.fault("POST", FakePayPal.ORDERS, "after", "cut", 1);
        begin(shopper, orderId).then().statusCode(202);

        cancel(shopper, orderId);

        waitForPayment(orderId, "failed");
        assertThat(captured(orderId)).isZero();
    }

    @Test
    void a_capture_that_comes_after_its_order_was_cancelled_is_given_back() {
        FakePayPal.webhooks("off");
        long orderId = order();
        String token = begin(orderId);
        putOffChecks(orderId);
        FakePayPal.approve(token);
        FakePayPal.fault("POST", FakePayPal.CAPTURE, "after", "http_503", 1);
        // Nobody hears of the capture before the order is cancelled.
        FakePayPal.fault("GET", FakePayPal.ORDERS + "/*", "before", "http_503", 1_000);
        finish(orderId, token).then().statusCode(202);
        cancel(shopper, orderId);
        FakePayPal.noFaults();

        waitForPayment(orderId, "refunded");
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(captured(orderId)).isEqualTo(CENTS);
        assertThat(refunded(orderId)).isEqualTo(CENTS);
        assertThat(events("payment.completed", orderId)).isZero();
        assertThat(events("refund.succeeded", orderId)).isEqualTo(1);
    }

    @Test
    void a_capture_that_comes_after_its_order_was_due_is_kept_or_given_back() {
        FakePayPal.webhooks("off");
        long orderId = order();
        String token = begin(orderId);
        putOffChecks(orderId);
        FakePayPal.approve(token);
        // It takes its effect when the call has long been given up and the order's time is over.
        FakePayPal.late(FakePayPal.CAPTURE, 12_000);
        finish(orderId, token).then().statusCode(202);
        sql("UPDATE orders SET expires_at = now() - interval '1 second' WHERE order_id = " + orderId);

        waitForPayment(orderId, "completed");
        assertThat(captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void a_call_off_does_not_overtake_a_capture_that_has_begun() throws Exception {
        FakePayPal.webhooks("off");
        long orderId = order();
        String token = begin(orderId);
        putOffChecks(orderId);
        FakePayPal.approve(token);
        FakePayPal.late(FakePayPal.CAPTURE, 3_000);

        List<Integer> statuses = Together.times(2, number -> {
            if (number == 0) {
                return finish(orderId, token).statusCode();
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> number("SELECT count(*) FROM transactions WHERE status <> 'requires_action' AND"
                                    + " order_id = " + orderId)
                            == 1);
            sql("UPDATE orders SET expires_at = now() - interval '1 second' WHERE order_id = " + orderId);
            sql("UPDATE transactions SET next_check_at = now() WHERE order_id = " + orderId);
            return 0;
        });

        assertThat(statuses.getFirst()).isIn(200, 202);
        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
    }

    @Test
    void an_attempt_whose_process_died_before_it_captured_is_taken_up() {
        FakePayPal.webhooks("off");
        long orderId = order();
        String token = begin(orderId);
        // As the transaction before the capture leaves it, and nothing after it.
        sql("UPDATE transactions SET status = 'processing', next_check_at = now() WHERE order_id = " + orderId);
        sql("UPDATE orders SET payment_status = 'processing' WHERE order_id = " + orderId);
        FakePayPal.approve(token);

        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
    }

    @Test
    void two_captures_at_once_are_one() {
        long orderId = order();
        String token = begin(orderId);
        FakePayPal.late(FakePayPal.CAPTURE, 800);
        FakePayPal.approve(token);

        List<Response> answers = Together.times(2, _ -> finish(orderId, token));

        assertThat(answers).extracting(Response::statusCode).isSubsetOf(200, 202, 409);
        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
    }

    @RepeatedTest(3)
    void ten_pays_at_once_and_the_webhook_capture_once() {
        FakePayPal.webhooks(Map.of("state", "on", "duplicates", 3));
        long orderId = order();
        List<Response> begun = Together.times(10, _ -> begin(shopper, orderId));
        assertThat(begun).extracting(Response::statusCode).isSubsetOf(200, 202);
        String token = begin(orderId);
        FakePayPal.approve(token);

        List<Response> answers = Together.times(10, _ -> finish(orderId, token));

        assertThat(answers).extracting(Response::statusCode).isSubsetOf(200, 202, 409);
        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
        assertThat(FakePayPal.orders(references(orderId))).hasSize(1);
        assertThat(transactions(orderId)).hasSize(1);
    }

    @Test
    void paying_and_cancelling_at_once_end_paid_or_given_back() {
        for (int round = 0; round < 3; round++) {
            long orderId = order();
            String token = begin(orderId);
            FakePayPal.approve(token);

            Together.times(
                    4,
                    number -> number % 2 == 0
                            ? finish(orderId, token)
                            : shopper.json().post("/api/v1/orders/" + orderId + "/cancel"));

            assertThat(shopper.order(orderId).getString("data.status")).isEqualTo("cancelled");
            invariants.hold();
            assertThat(captured(orderId) - refunded(orderId)).isZero();
        }
    }
}
