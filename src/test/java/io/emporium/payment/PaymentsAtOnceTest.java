package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Together;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** One charge an order (promise 3), and refunds that never exceed it (promise 4), whatever runs at once. */
@QuarkusTest
class PaymentsAtOnceTest extends PaymentScene {

    @RepeatedTest(5)
    void ten_payments_of_one_order_at_once_and_the_webhook_charge_once() {
        FakeStripe.webhooks(Map.of("state", "on", "duplicates", 3));
        long orderId = order();

        List<Response> answers = Together.times(10, _ -> pay(orderId, "pm_card_visa"));

        assertThat(answers)
                .extracting(Response::statusCode)
                .isSubsetOf(200, 202, 409)
                .contains(200);
        assertThat(answers)
                .filteredOn(answer -> answer.statusCode() == 409)
                .extracting(answer -> answer.jsonPath().getString("error.code"))
                .allMatch("ORDER_NOT_PAYABLE"::equals);
        assertOrder(orderId, "confirmed", "completed");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(FakeStripe.intents(orderId)).hasSize(1);
        assertThat(transactions(orderId)).hasSize(1);
        assertThat(events("payment.completed", orderId)).isEqualTo(1);
        assertThat(events("order.confirmed", orderId)).isEqualTo(1);
    }

    @Test
    void ten_payments_by_different_cards_at_once_charge_one_of_them() {
        long orderId = order();
        List<String> cards =
                List.of("pm_card_visa", "pm_card_mastercard", "pm_card_threeDSecure2Required", "pm_card_amex");

        Together.times(10, number -> pay(orderId, cards.get(number % cards.size())));

        if (shopper.order(orderId).getString("data.payment_status").equals("requires_action")) {
            pay(orderId, "pm_card_visa").then().statusCode(200);
        }
        waitForPayment(orderId, "completed");
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void paying_and_cancelling_at_once_end_paid_or_given_back() {
        for (int round = 0; round < 5; round++) {
            long orderId = order();

            Together.times(
                    4,
                    number -> number % 2 == 0
                            ? pay(orderId, "pm_card_visa")
                            : shopper.json().post("/api/v1/orders/" + orderId + "/cancel"));

            String status = shopper.order(orderId).getString("data.status");
            assertThat(status).isEqualTo("cancelled");
            invariants.hold();
            assertThat(FakeStripe.captured(orderId) - FakeStripe.refunded(orderId))
                    .isZero();
        }
    }

    @Test
    void twenty_refunds_at_once_never_exceed_what_was_paid() {
        long orderId = paidOrder();
        ship(orderId);

        List<Response> answers = Together.times(20, _ -> refund(admin, orderId, "9.00"));

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(5);
        assertThat(answers)
                .filteredOn(answer -> answer.statusCode() != 200)
                .hasSize(15)
                .allMatch(answer -> answer.jsonPath().getString("error.code").equals("REFUND_EXCEEDS_PAYMENT"));
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(4500);
        assertOrder(orderId, "shipped", "partially_refunded");
    }

    @Test
    void one_refund_sent_twenty_times_with_its_key_is_made_once() {
        long orderId = paidOrder();
        ship(orderId);
        String key = UUID.randomUUID().toString();

        Together.times(
                20,
                _ -> admin.json()
                        .header("Idempotency-Key", key)
                        .body(Map.of("order_id", orderId, "amount", 1))
                        .post("/api/v1/payments/refund"));

        assertThat(FakeStripe.refunded(orderId)).isEqualTo(100);
    }

    @Test
    void approving_a_refund_ten_times_at_once_makes_it_once() {
        long orderId = paidOrder();
        ship(orderId);
        int request = refund(shopper, orderId, "10.00")
                .then()
                .statusCode(202)
                .extract()
                .path("data.refund_request_id");

        List<Response> answers =
                Together.times(10, _ -> admin.json().post("/api/v1/refund-requests/" + request + "/approve"));

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(1);
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(1000);
    }
}
