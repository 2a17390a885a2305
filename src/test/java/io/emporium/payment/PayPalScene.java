package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.Shopper;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** As {@link PaymentScene}, with a healthy PayPal and orders that are paid by it. */
abstract class PayPalScene extends PaymentScene {
    @BeforeEach
    void healPayPal() {
        FakePayPal.heal();
    }

    // An overriding method is only called with an annotation of its own.
    @AfterEach
    @Override
    void whateverHappenedTheInvariantsHold() {
        FakePayPal.heal();
        super.whateverHappenedTheInvariantsHold();
    }

    @Override
    long order() {
        return shopper.order(product, 1, "paypal");
    }

    @Override
    long paidOrder() {
        long orderId = order();
        String token = begin(orderId);
        FakePayPal.approve(token);
        finishPaid(orderId, token);
        return orderId;
    }

    /** The buyer is back from PayPal; its webhook may have been quicker, and the capture be under way (202). */
    void finishPaid(long orderId, String token) {
        finish(orderId, token).then().statusCode(anyOf(equalTo(200), equalTo(202)));
        waitForPayment(orderId, "completed");
    }

    /** Asks for PayPal's page; the id of PayPal's order. */
    String begin(long orderId) {
        return begin(shopper, orderId)
                .then()
                .statusCode(200)
                .body("data.status", equalTo("requires_action"))
                .body("data.next_action.type", equalTo("redirect_to_url"))
                .body("data.next_action.redirect_url", containsString("/checkoutnow?token="))
                .extract()
                .path("data.transaction_id");
    }

    static Response begin(Shopper who, long orderId) {
        return process(who, orderId, Map.of());
    }

    /** The buyer is back from PayPal. */
    Response finish(long orderId, String token) {
        return process(shopper, orderId, Map.of("token", token));
    }

    static Response process(Shopper who, long orderId, Object details) {
        return who.json()
                .body(Map.of("order_id", orderId, "payment_method", "paypal", "payment_details", details))
                .post("/api/v1/payments/process");
    }

    /** Of every attempt to pay the order. */
    List<String> references(long orderId) {
        return transactions(orderId).stream()
                .filter(row -> row.get("type").equals("payment"))
                .map(row -> (String) row.get("transaction_reference"))
                .toList();
    }

    /** PayPal's name of the money that an order has taken. */
    String captureOf(long orderId) {
        return (String) FakePayPal.captures(references(orderId)).getFirst().get("id");
    }

    long captured(long orderId) {
        return FakePayPal.captured(references(orderId));
    }

    long refunded(long orderId) {
        return FakePayPal.refunded(references(orderId));
    }

    void assertPaidOnce(long orderId) {
        assertOrder(orderId, "confirmed", "completed");
        assertThat(FakePayPal.captures(references(orderId))).hasSize(1);
        assertThat(captured(orderId)).isEqualTo(CENTS);
        assertThat(events("payment.completed", orderId)).isEqualTo(1);
        assertThat(events("order.confirmed", orderId)).isEqualTo(1);
    }
}
