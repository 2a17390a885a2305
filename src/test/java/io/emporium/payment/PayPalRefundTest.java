package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.emporium.Together;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Money back through PayPal. */
@QuarkusTest
class PayPalRefundTest extends PayPalScene {

    @Test
    void a_part_and_then_the_rest_go_back_and_no_more() {
        long orderId = paidOrder();

        refund(admin, orderId, "10.50")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("succeeded"))
                .body("data.refund_id", notNullValue());
        assertThat(refunded(orderId)).isEqualTo(1050);
        assertOrder(orderId, "confirmed", "partially_refunded");
        refund(admin, orderId, "39.50").then().statusCode(409).body("error.code", equalTo("REFUND_EXCEEDS_PAYMENT"));
        refund(admin, orderId, "39.49").then().statusCode(200).body("data.status", equalTo("succeeded"));

        assertThat(refunded(orderId)).isEqualTo(CENTS);
        assertThat(FakePayPal.refunds(references(orderId))).isEqualTo(2);
        assertThat(shopper.order(orderId).getString("data.payment_status")).isEqualTo("refunded");
        refund(admin, orderId, "0.01").then().statusCode(409);
    }

    @Test
    void an_order_that_is_cancelled_gives_the_money_back() {
        long orderId = paidOrder();

        cancel(shopper, orderId);

        waitForPayment(orderId, "refunded");
        assertThat(refunded(orderId)).isEqualTo(CENTS);
    }

    @ParameterizedTest
    @CsvSource({"before,http_500", "before,http_429", "after,cut", "after,http_500", "after,close"})
    void a_refund_with_an_unknown_outcome_is_pending_and_made_once(String when, String kind) {
        FakePayPal.webhooks("off");
        long orderId = paidOrder();
        FakePayPal.fault("POST", FakePayPal.REFUND, when, kind, 1);

        refund(admin, orderId, "10.00").then().statusCode(200).body("data.status", equalTo("pending"));

        waitForPayment(orderId, "partially_refunded");
        assertThat(refunded(orderId)).isEqualTo(1000);
        assertThat(FakePayPal.refunds(references(orderId))).isEqualTo(1);
    }

    @Test
    void after_a_day_a_refund_is_looked_for_before_it_is_made_again() {
        FakePayPal.webhooks("off");
        long orderId = paidOrder();
        FakePayPal.fault("POST", FakePayPal.REFUND, "after", "cut", 1);
        refund(admin, orderId, "10.00").then().statusCode(200).body("data.status", equalTo("pending"));
        sql("UPDATE transactions SET created_at = created_at - interval '25 hours' WHERE order_id = " + orderId);
        FakePayPal.forgetRequestIds();

        waitForPayment(orderId, "partially_refunded");
        assertThat(FakePayPal.refunds(references(orderId))).isEqualTo(1);
    }

    @Test
    void a_refund_that_paypal_takes_its_time_for_succeeds_by_the_webhook() {
        FakePayPal.set("refunds", "pending");
        long orderId = paidOrder();

        String id = refund(admin, orderId, "10.00")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("pending"))
                .extract()
                .path("data.refund_id");
        FakePayPal.completeRefund(id, "succeed");

        waitForPayment(orderId, "partially_refunded");
        assertThat(refunded(orderId)).isEqualTo(1000);
    }

    @Test
    void a_refund_whose_answer_got_lost_is_known_by_the_webhook_that_bears_our_reference() {
        long orderId = paidOrder();
        FakePayPal.fault("POST", FakePayPal.REFUND, "after", "cut", 1);

        refund(admin, orderId, "10.00").then().statusCode(200).body("data.status", equalTo("pending"));
        putOffChecks(orderId);

        waitForPayment(orderId, "partially_refunded");
        assertThat(FakePayPal.refunds(references(orderId))).isEqualTo(1);
    }

    @Test
    void twenty_refunds_at_once_never_exceed_what_was_paid() {
        long orderId = paidOrder();
        ship(orderId);

        List<Response> answers = Together.times(20, _ -> refund(admin, orderId, "9.00"));

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(5);
        assertThat(refunded(orderId)).isEqualTo(4500);
        assertOrder(orderId, "shipped", "partially_refunded");
    }

    @Test
    void what_somebody_has_refunded_at_paypal_is_refused_and_told() {
        FakePayPal.webhooks("hold");
        long orderId = paidOrder();
        FakePayPal.refundByHand(captureOf(orderId), "45.00", "REFUNDED");

        refund(admin, orderId, "10.00").then().statusCode(409).body("error.code", equalTo("REFUND_EXCEEDS_PAYMENT"));

        assertThat(refunded(orderId)).isEqualTo(4500);
        FakePayPal.webhooks("on");
        waitForPayment(orderId, "partially_refunded");
    }

    @Test
    void a_refund_made_at_paypal_is_noted_once_and_counts_against_what_is_left() {
        FakePayPal.webhooks(Map.of("state", "on", "duplicates", 5));
        long orderId = paidOrder();

        String refund = FakePayPal.refundByHand(captureOf(orderId), "20.00", "REFUNDED");

        waitForPayment(orderId, "partially_refunded");
        String noted = "data.refund_requests.find { it.refund_id == '" + refund + "' }";
        pageOf("/api/v1/refund-requests?status=succeeded", noted)
                .body(noted + ".cause", equalTo("provider"))
                .body(noted + ".amount", equalTo(20.0f));
        refund(shopper, orderId, "30.00").then().statusCode(409).body("error.details.refundable", equalTo(29.99f));
        // What PayPal takes back by itself is gone just so, where no dispute tells of it.
        FakePayPal.refundByHand(captureOf(orderId), "10.00", "REVERSED");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(number(
                                "SELECT count(*) FROM refunds WHERE status = 'succeeded' AND order_id = " + orderId))
                        .isEqualTo(2));
        refund(shopper, orderId, "19.99").then().statusCode(200);
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(events("refund.succeeded", orderId)).isEqualTo(3);
    }

    @Test
    void one_of_everything_made_at_paypal_cancels_an_order_that_has_not_left() {
        long orderId = paidOrder();

        FakePayPal.refundByHand(captureOf(orderId), "49.99", "REFUNDED");

        waitForPayment(orderId, "refunded");
        assertOrder(orderId, "cancelled", "refunded");
    }

    @Test
    void one_that_paypal_does_not_answer_for_is_noted_when_it_does() {
        FakePayPal.webhooks("hold");
        long orderId = paidOrder();
        FakePayPal.refundByHand(captureOf(orderId), "10.00", "REFUNDED");
        FakePayPal.fault("GET", "/v2/payments/captures/**", "before", "http_503", 1);

        FakePayPal.webhooks("on");

        waitForPayment(orderId, "partially_refunded");
    }
}
