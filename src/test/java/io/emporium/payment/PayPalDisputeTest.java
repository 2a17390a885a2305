package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.order.PaymentMethod;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A buyer asks PayPal for the money back. */
@QuarkusTest
class PayPalDisputeTest extends PayPalScene {
    private static final String LIST = "/api/v1/admin/disputes?limit=100";

    @Inject
    Gateways gateways;

    @Test
    void a_dispute_is_noted_and_shown_as_those_of_cards_are() {
        long orderId = paidOrder();
        String dispute = FakePayPal.dispute(captureOf(orderId), "30.00");

        waitForDispute(dispute, "needs_response");

        admin.request()
                .get(LIST)
                .then()
                .statusCode(200)
                .body(of(dispute, "order_id"), equalTo((int) orderId))
                .body(of(dispute, "order_status"), equalTo("confirmed"))
                .body(
                        of(dispute, "transaction_reference"),
                        equalTo(references(orderId).getFirst()))
                .body(of(dispute, "amount"), equalTo(30.0f))
                .body(of(dispute, "currency"), equalTo("USD"))
                .body(of(dispute, "reason"), equalTo("merchandise_or_service_not_received"))
                .body(of(dispute, "evidence_due_by"), notNullValue())
                .body(of(dispute, "closed_at"), nullValue());
        FakePayPal.update(dispute, "UNDER_REVIEW");
        waitForDispute(dispute, "under_review");
        FakePayPal.update(dispute, "WAITING_FOR_SELLER_RESPONSE");
        waitForDispute(dispute, "needs_response");
        FakePayPal.resolve(dispute, "RESOLVED_SELLER_FAVOUR");
        waitForDispute(dispute, "won");
        admin.request().get(LIST).then().body(of(dispute, "closed_at"), notNullValue());
        assertOrder(orderId, "confirmed", "completed");
    }

    @ParameterizedTest
    @CsvSource({
        "RESOLVED_BUYER_FAVOUR,lost",
        "ACCEPTED,lost",
        "RESOLVED_WITH_PAYOUT,won",
        "CANCELED_BY_BUYER,won",
        "DENIED,won",
        "NONE,other"
    })
    void every_outcome_has_its_word(String outcome, String status) {
        long orderId = paidOrder();
        String dispute = FakePayPal.dispute(captureOf(orderId));

        FakePayPal.resolve(dispute, outcome);

        waitForDispute(dispute, status);
        waitForPayment(orderId, status.equals("lost") ? "refunded" : "completed");
    }

    @Test
    void events_in_any_order_and_any_number_end_the_same() {
        FakePayPal.webhooks("hold");
        long orderId = paidOrder();
        String order =
                (String) FakePayPal.captures(references(orderId)).getFirst().get("order");
        String dispute = FakePayPal.dispute(captureOf(orderId));
        FakePayPal.update(dispute, "UNDER_REVIEW");
        FakePayPal.resolve(dispute, "RESOLVED_SELLER_FAVOUR");

        FakePayPal.webhooks(Map.of("state", "on", "reversed", true, "duplicates", 3));

        waitForDispute(dispute, "won");
        for (String type : List.of("CREATED", "UPDATED", "RESOLVED")) {
            String event = FakePayPal.events(order, "CUSTOMER.DISPUTE." + type).getFirst();
            assertThat(FakePayPal.resend(event, "good", 0)).as(type).isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(number("SELECT count(*) FROM webhook_events WHERE status = 'done' AND"
                                + " payload ->> 'id' = '" + dispute + "'"))
                        .isEqualTo(3));
        waitForDispute(dispute, "won");
        assertThat(number("SELECT count(*) FROM disputes WHERE order_id = " + orderId))
                .isEqualTo(1);
        assertThat(events("payment.disputed", orderId)).isEqualTo(1);
        assertThat(events("payment.dispute_closed", orderId)).isEqualTo(1);
    }

    @Test
    void a_disputed_payment_is_not_refunded_as_well() {
        long orderId = paidOrder();
        // First what we do not know of yet: PayPal refuses a part.
        FakePayPal.webhooks("hold");
        String dispute = FakePayPal.dispute(captureOf(orderId));
        refund(admin, orderId, "1.00")
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"))
                .body("error.message", containsString("disputed"));
        FakePayPal.webhooks("on");
        waitForDispute(dispute, "needs_response");
        long asked = FakePayPal.calls("POST", "/refund");

        // All of it PayPal would give back, and the buyer could have it twice.
        refund(admin, orderId, "49.99")
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"))
                .body("error.message", containsString("disputed"));

        assertThat(FakePayPal.calls("POST", "/refund")).isEqualTo(asked);
        FakePayPal.resolve(dispute, "RESOLVED_BUYER_FAVOUR");
        waitForPayment(orderId, "refunded");
        refund(admin, orderId, "1.00").then().statusCode(409).body("error.code", equalTo("REFUND_EXCEEDS_PAYMENT"));
        assertOrder(orderId, "confirmed", "refunded");
        cancel(shopper, orderId);
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(refunded(orderId)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"RESOLVED_SELLER_FAVOUR,4999", "NONE,4999", "RESOLVED_BUYER_FAVOUR,0"})
    void what_a_cancelled_order_owes_goes_back_once(String outcome, long byTheShop) {
        long orderId = paidOrder();
        String dispute = FakePayPal.dispute(captureOf(orderId));
        waitForDispute(dispute, "needs_response");
        cancel(shopper, orderId);
        // The reconciler has passed: nothing was begun.
        invariants.hold();
        assertThat(number("SELECT count(*) FROM refunds WHERE order_id = " + orderId))
                .isZero();

        FakePayPal.resolve(dispute, outcome);

        waitForPayment(orderId, "refunded");
        assertThat(refunded(orderId)).isEqualTo(byTheShop);
        assertThat(number("SELECT count(*) FROM refunds WHERE order_id = " + orderId))
                .isEqualTo(1);
    }

    @Test
    void what_a_lost_dispute_did_not_take_of_a_cancelled_order_goes_back() {
        long orderId = paidOrder();
        String dispute = FakePayPal.dispute(captureOf(orderId), "20.00");
        waitForDispute(dispute, "needs_response");
        cancel(shopper, orderId);

        FakePayPal.resolve(dispute, "RESOLVED_BUYER_FAVOUR");

        waitForPayment(orderId, "refunded");
        assertThat(refunded(orderId)).isEqualTo(CENTS - 2000);
    }

    @ParameterizedTest
    @CsvSource({"nothing,won,completed", "unsaid,lost,refunded"})
    void a_buyer_who_is_right_and_is_said_to_have_got_nothing_holds_nothing_up(
            String refunded, String status, String paymentStatus) {
        long orderId = paidOrder();
        String dispute = FakePayPal.dispute(captureOf(orderId), "49.99");
        waitForDispute(dispute, "needs_response");

        FakePayPal.resolve(dispute, "RESOLVED_BUYER_FAVOUR", refunded);

        waitForDispute(dispute, status);
        admin.request().get(LIST).then().body(of(dispute, "amount"), equalTo(49.99f));
        waitForPayment(orderId, paymentStatus);
        // The bank holds nothing any more: what is still the shop's can go back, and nothing else.
        int answer = status.equals("won") ? 200 : 409;
        refund(admin, orderId, "49.99").then().statusCode(answer);
        assertThat(refunded(orderId)).isEqualTo(status.equals("won") ? CENTS : 0);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void a_reversal_beside_a_lost_dispute_is_booked_once(boolean reversed) {
        long orderId = paidOrder();
        String dispute = FakePayPal.dispute(captureOf(orderId), "20.00");
        waitForDispute(dispute, "needs_response");
        FakePayPal.webhooks("hold");
        FakePayPal.resolveWithReversal(dispute);

        FakePayPal.webhooks(Map.of("state", "on", "reversed", reversed));

        waitForDispute(dispute, "lost");
        waitForPayment(orderId, "partially_refunded");
        String order =
                (String) FakePayPal.captures(references(orderId)).getFirst().get("order");
        String event = FakePayPal.events(order, "PAYMENT.CAPTURE.REVERSED").getFirst();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(number("SELECT count(*) FROM webhook_events WHERE status = 'ignored' AND"
                                        + " event_id = '" + event + "'"))
                                .isEqualTo(1));
        assertThat(number("SELECT count(*) FROM refunds WHERE order_id = " + orderId))
                .isEqualTo(1);
        refund(admin, orderId, "30.00").then().statusCode(409).body("error.details.refundable", equalTo(29.99f));
    }

    @Test
    void that_paypal_does_not_tell_of_disputes_shuts_out_no_payment() {
        long orderId = paidOrder();
        FakePayPal.webhooks("off");
        String dispute = FakePayPal.dispute(captureOf(orderId));
        String order =
                (String) FakePayPal.captures(references(orderId)).getFirst().get("order");
        FakePayPal.fault("GET", "/v1/customer/disputes/**", "before", "http_503", 14);
        FakePayPal.resend(FakePayPal.events(order, "CUSTOMER.DISPUTE.CREATED").getFirst(), "good", 0);

        var wasShut = new AtomicBoolean();
        await().atMost(Duration.ofSeconds(180))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    wasShut.compareAndSet(
                            false, gateways.of(PaymentMethod.PAYPAL).door().isShut());
                    // It waits longer each time; this test does not.
                    sql("UPDATE webhook_events SET next_try_at = now() WHERE status = 'received' AND last_error IS NOT"
                            + " NULL AND payload ->> 'id' = '" + dispute + "'");
                    assertThat(number("SELECT count(*) FROM disputes WHERE provider_reference = '" + dispute + "'"))
                            .isEqualTo(1);
                });
        assertThat(number("SELECT max(attempts) FROM webhook_events WHERE payload ->> 'id' = '" + dispute + "'"))
                .isGreaterThan(14);
        assertThat(wasShut).isFalse();
    }

    @Test
    void a_dispute_about_no_payment_of_ours_is_passed_over() {
        String payload =
                "{\"id\":\"WH-D-%d\",\"event_type\":\"CUSTOMER.DISPUTE.CREATED\",\"resource_type\":\"dispute\","
                        + "\"resource\":{\"dispute_id\":\"PP-D-NOBODY\"}}";
        String event = payload.formatted(System.nanoTime());

        assertThat(FakePayPal.send(event, "good")).isEqualTo(200);

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(number("SELECT count(*) FROM webhook_events WHERE status = 'ignored' AND"
                                        + " payload ->> 'id' = 'PP-D-NOBODY'"))
                                .isPositive());
    }

    private void waitForDispute(String dispute, String status) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        admin.request().get(LIST).then().statusCode(200).body(of(dispute, "status"), equalTo(status)));
    }

    private static String of(String dispute, String field) {
        return "data.disputes.find { it.provider_reference == '" + dispute + "' }." + field;
    }
}
