package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Somebody refunds in Stripe's dashboard, past us. */
@QuarkusTest
class RefundElsewhereTest extends PaymentScene {

    @Test
    void a_refund_made_at_the_provider_is_noted_once_and_counts_against_what_is_left() {
        FakeStripe.webhooks(Map.of("state", "on", "duplicates", 5));
        long orderId = paidOrder();

        String refund = FakeStripe.refund(intentOf(orderId), 2000);

        waitForPayment(orderId, "partially_refunded");
        String noted = "data.refund_requests.find { it.refund_id == '" + refund + "' }";
        pageOf("/api/v1/refund-requests?status=succeeded", noted)
                .body(noted + ".cause", equalTo("provider"))
                .body(noted + ".amount", equalTo(20.0f));
        refund(shopper, orderId, "30.00").then().statusCode(409).body("error.details.refundable", equalTo(29.99f));
        // Two of them are no contradiction.
        FakeStripe.refund(intentOf(orderId), 1000);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(number(
                                "SELECT count(*) FROM refunds WHERE status = 'succeeded' AND order_id = " + orderId))
                        .isEqualTo(2));
        assertOrder(orderId, "confirmed", "partially_refunded");
        assertThat(transactions(orderId))
                .extracting(row -> row.get("amount").toString())
                .containsExactly("49.99", "-20.0", "-10.0");
        refund(shopper, orderId, "19.99").then().statusCode(200);
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(events("refund.succeeded", orderId)).isEqualTo(3);
    }

    @Test
    void one_of_everything_cancels_an_order_that_has_not_left() {
        long orderId = paidOrder();

        FakeStripe.refund(intentOf(orderId), CENTS);

        waitForPayment(orderId, "refunded");
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(number("SELECT count(*) FROM refunds WHERE order_id = " + orderId))
                .isEqualTo(1);
    }

    @Test
    void one_that_fails_later_is_taken_back_and_nothing_made_in_its_place() {
        long orderId = paidOrder();
        String refund = FakeStripe.refund(intentOf(orderId), 2000);
        waitForPayment(orderId, "partially_refunded");

        FakeStripe.completeRefund(refund, "fail");

        waitForPayment(orderId, "completed");
        assertThat(number("SELECT count(*) FROM refunds WHERE order_id = " + orderId))
                .isEqualTo(1);
        refund(shopper, orderId, "49.99").then().statusCode(200);
    }

    @Test
    void a_request_that_no_longer_fits_is_turned_down() {
        long orderId = paidOrder();
        ship(orderId);
        int request = refund(shopper, orderId, "40.00")
                .then()
                .statusCode(202)
                .extract()
                .path("data.refund_request_id");

        FakeStripe.refund(intentOf(orderId), 1500);

        waitForPayment(orderId, "partially_refunded");
        assertThat(number("SELECT count(*) FROM refunds WHERE status = 'rejected' AND refund_id = " + request))
                .isEqualTo(1);
        admin.json()
                .post("/api/v1/refund-requests/" + request + "/approve")
                .then()
                .statusCode(409);
    }

    @Test
    void what_a_cancelled_order_still_owes_beside_it_goes_back() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        String intent = intentOf(orderId);
        // Ours cannot be made for a moment, and meanwhile somebody makes a part of it by hand.
        FakeStripe.fault("POST", FakeStripe.REFUND, "before", "http_503", 1_000);
        FakeStripe.set("refunds", "succeed");
        refund(shopper, orderId, "49.99").then().statusCode(200).body("data.status", equalTo("pending"));
        assertOrder(orderId, "cancelled", "completed");
        putOffChecks(orderId);
        FakeStripe.noFaults();
        FakeStripe.refund(intent, 2000);
        FakeStripe.webhooks("on");
        FakeStripe.resend(FakeStripe.events(intent, "refund.created").getFirst(), "good", 0);

        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
        assertThat(transactions(orderId))
                .filteredOn(row -> "completed".equals(row.get("status")))
                .extracting(row -> row.get("amount").toString())
                .isEqualTo(List.of("49.99", "-20.0", "-29.99"));
    }

    @Test
    void one_that_comes_while_ours_are_under_way_waits_for_what_becomes_of_them() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        String intent = intentOf(orderId);
        FakeStripe.fault("POST", FakeStripe.REFUND, "before", "http_503", 1_000);
        refund(shopper, orderId, "15.00").then().statusCode(200).body("data.status", equalTo("pending"));
        refund(shopper, orderId, "20.00").then().statusCode(200).body("data.status", equalTo("pending"));
        putOffChecks(orderId);
        FakeStripe.noFaults();
        FakeStripe.refund(intent, 2500);
        String event = FakeStripe.events(intent, "refund.created").getFirst();
        FakeStripe.resend(event, "good", 0);

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                number("SELECT count(*) FROM webhook_events WHERE status = 'received' AND last_error"
                                        + " IS NOT NULL AND event_id = '" + event + "'"))
                        .isEqualTo(1));
        assertThat(number("SELECT count(*) FROM refunds WHERE cause = 'provider' AND order_id = " + orderId))
                .isZero();
        sql("UPDATE transactions SET next_check_at = now() WHERE transaction_type = 'refund' AND order_id = "
                + orderId);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(FakeStripe.refunded(orderId)).isIn(4000L, 4500L));
        sql("UPDATE webhook_events SET next_try_at = now() WHERE event_id = '" + event + "'");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(number("SELECT count(*) FROM refunds WHERE cause = 'provider' AND status ="
                                        + " 'succeeded' AND order_id = " + orderId))
                                .isEqualTo(1));
    }

    @Test
    void a_refund_that_the_bank_sends_back_when_its_order_is_cancelled_is_made_again() {
        long orderId = paidOrder();
        String refund = refund(shopper, orderId, "49.99")
                .then()
                .statusCode(200)
                .extract()
                .path("data.refund_id");
        assertOrder(orderId, "cancelled", "refunded");

        FakeStripe.completeRefund(refund, "fail");

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(number(
                                "SELECT count(*) FROM refunds WHERE cause = 'cancelled' AND order_id = " + orderId))
                        .isEqualTo(1));
        sql("UPDATE transactions SET next_check_at = now() WHERE status = 'processing' AND order_id = " + orderId);
        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
    }

    @Test
    void all_of_it_on_its_way_back_keeps_the_goods_here() {
        FakeStripe.set("refunds", "pending");
        long orderId = paidOrder();
        String refund = FakeStripe.refund(intentOf(orderId), CENTS);

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertOrder(orderId, "cancelled", "completed"));

        FakeStripe.completeRefund(refund, "succeed");
        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
    }
}
