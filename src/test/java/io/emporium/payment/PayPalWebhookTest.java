package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.LocalServerSwitch;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** PayPal's webhooks: forged, stale, early, replayed, reordered. */
@QuarkusTest
class PayPalWebhookTest extends PayPalScene {
    private static final String PATH = "/api/v1/payments/webhooks/paypal";
    private static final long DAY = 86_400;

    @Test
    void an_event_brought_many_times_at_once_takes_effect_once() {
        FakePayPal.webhooks(Map.of("state", "on", "duplicates", 5));
        long orderId = order();
        String token = begin(orderId);

        FakePayPal.approve(token);

        waitForPayment(orderId, "completed");
        assertPaidOnce(orderId);
        String event = FakePayPal.events(token, "CHECKOUT.ORDER.APPROVED").getFirst();
        assertThat(FakePayPal.resend(event, "good", 0)).isEqualTo(200);
        assertThat(count(event)).isEqualTo(1);
    }

    @Test
    void events_in_the_wrong_order_end_the_same() {
        FakePayPal.webhooks("hold");
        long orderId = order();
        String token = begin(orderId);
        FakePayPal.approve(token);
        finish(orderId, token).then().statusCode(200);
        refund(admin, orderId, "9.99").then().statusCode(200);

        FakePayPal.webhooks(Map.of("state", "on", "reversed", true));

        String refunded = FakePayPal.events(token, "PAYMENT.CAPTURE.REFUNDED").getFirst();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(status(refunded)).isEqualTo("done"));
        String approved = FakePayPal.events(token, "CHECKOUT.ORDER.APPROVED").getFirst();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(status(approved)).isEqualTo("done"));
        assertOrder(orderId, "confirmed", "partially_refunded");
        assertThat(captured(orderId)).isEqualTo(CENTS);
        assertThat(refunded(orderId)).isEqualTo(999);
    }

    @Test
    void what_is_not_signed_by_paypal_for_this_webhook_or_not_from_now_is_refused() {
        FakePayPal.webhooks("off");
        String event = anEvent();

        for (String signature : List.of("forged", "missing", "malformed", "of_another_webhook", "other_cert")) {
            assertThat(FakePayPal.resend(event, signature, 0)).as(signature).isEqualTo(400);
        }
        assertThat(FakePayPal.resend(event, "good", 330)).isEqualTo(400);
        assertThat(FakePayPal.resend(event, "good", -4 * DAY - 60)).isEqualTo(400);
        assertThat(count(event)).isZero();

        assertThat(FakePayPal.resend(event, "good", 270)).isEqualTo(200);
        // PayPal repeats for three days, perhaps with the first time.
        assertThat(FakePayPal.resend(event, "good", -3 * DAY)).isEqualTo(200);
        assertThat(count(event)).isEqualTo(1);
    }

    @Test
    void headers_that_make_no_sense_are_a_bad_request() {
        String payload = "{\"id\":\"WH-1\",\"event_type\":\"X\",\"resource\":{}}";
        Map<String, String> good = FakePayPal.sign(payload, "good");
        for (String header : List.of(
                "PAYPAL-AUTH-ALGO",
                "PAYPAL-CERT-URL",
                "PAYPAL-TRANSMISSION-ID",
                "PAYPAL-TRANSMISSION-SIG",
                "PAYPAL-TRANSMISSION-TIME")) {
            for (String value : List.of("", " ", "x y", "\"", "}", "9".repeat(3000), "-1", "2026-02-30T00:00:00Z")) {
                Map<String, String> headers = new HashMap<>(good);
                headers.put(header, value);
                post(headers, payload).then().statusCode(400).body("error.code", equalTo("MALFORMED_REQUEST"));
            }
            Map<String, String> without = new HashMap<>(good);
            without.remove(header);
            post(without, payload).then().statusCode(400);
        }
        RestAssured.given().post(PATH).then().statusCode(400);
    }

    @Test
    void what_is_signed_but_no_event_is_a_bad_request() {
        for (String payload : List.of(
                "",
                "null",
                "[]",
                "7",
                "{",
                "{}",
                "{\"id\":7,\"event_type\":\"x y\"}",
                "{\"id\":\"WH-1\"}",
                "[".repeat(2000),
                "{\"id\":\"WH-1\",\"event_type\":\"X\",\"a\":\"" + "a".repeat(70_000) + "\"}")) {
            assertThat(FakePayPal.send(payload, "good")).isEqualTo(400);
        }
    }

    @Test
    void an_event_signed_for_another_webhook_does_not_smuggle_its_name_into_the_question() {
        String event = "WH-" + UUID.randomUUID();
        String genuine =
                "{\"id\":\"" + event + "\",\"event_type\":\"X\",\"resource_type\":\"capture\",\"resource\":{}}";
        Map<String, String> headers = FakePayPal.sign(genuine, "of_another_webhook");

        // PayPal says yes to the question in which another webhook's name comes last.
        post(headers, genuine + ",\"webhook_id\":\"ANOTHERSHOP000001\",\"webhook_event\":" + genuine)
                .then()
                .statusCode(400);
        post(headers, genuine + ",\"webhook_id\":\"ANOTHERSHOP000001\"").then().statusCode(400);

        assertThat(count(event)).isZero();
    }

    @Test
    void what_is_not_ours_is_ignored() {
        for (String resource : List.of(
                "\"resource_type\":\"checkout-order\",\"resource\":{\"id\":\"5O190127TN364715T\"}",
                "\"resource_type\":\"checkout-order\",\"resource\":{\"id\":\"5O190127TN364715T\","
                        + "\"purchase_units\":[{\"custom_id\":\"pay_of_another_shop\"}]}",
                "\"resource_type\":\"capture\",\"resource\":{\"id\":\"C1\",\"supplementary_data\":{\"related_ids\":{\"order_id\":\"X\"}}}",
                "\"resource_type\":\"capture\",\"resource\":{\"id\":\"C1\"}",
                "\"resource_type\":\"refund\",\"resource\":{\"id\":\"R1\"}",
                "\"resource_type\":\"sale\",\"resource\":{\"id\":\"S1\"}",
                "\"resource_type\":\"refund\",\"resource\":{\"id\":\"R\\u0000\"}",
                "\"resource\":[]")) {
            String event = "WH-" + UUID.randomUUID();

            assertThat(FakePayPal.send(
                            "{\"id\":\"" + event + "\",\"event_type\":\"WHAT.EVER\"," + resource + "}", "good"))
                    .as(resource)
                    .isEqualTo(200);

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(status(event)).isEqualTo("ignored"));
        }
    }

    @Test
    void what_an_event_claims_is_not_believed_but_asked_for() {
        FakePayPal.webhooks("off");
        long orderId = order();
        String token = begin(orderId);
        String event = "WH-" + UUID.randomUUID();

        FakePayPal.send(
                ("{\"id\":\"%s\",\"event_type\":\"PAYMENT.CAPTURE.COMPLETED\",\"resource_type\":\"capture\",\"resource\":{"
                                + "\"id\":\"C1\",\"status\":\"COMPLETED\",\"amount\":{\"currency_code\":\"USD\",\"value\":\"49.99\"},"
                                + "\"supplementary_data\":{\"related_ids\":{\"order_id\":\"%s\"}}}}")
                        .formatted(event, token),
                "good");

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(status(event)).isEqualTo("done"));
        assertOrder(orderId, "pending", "requires_action");
        cancel(shopper, orderId);
        waitForPayment(orderId, "failed");
    }

    @Test
    void while_paypal_cannot_be_asked_its_webhooks_are_put_off_and_come_again() {
        FakePayPal.fault("POST", "/v1/notifications/verify-webhook-signature", "before", "http_500", 2);
        long orderId = order();
        FakePayPal.approve(begin(orderId));

        waitForPayment(orderId, "completed");

        String payload = "{\"id\":\"WH-1\",\"event_type\":\"X\",\"resource\":{}}";
        Map<String, String> headers = FakePayPal.sign(payload, "good");
        var paypal = new LocalServerSwitch("paypal");
        paypal.stop();
        try {
            post(headers, payload)
                    .then()
                    .statusCode(503)
                    .header("Retry-After", equalTo("5"))
                    .body("error.code", equalTo("SERVICE_UNAVAILABLE"));
        } finally {
            paypal.start();
        }
    }

    @Test
    void forgeries_that_paypal_has_no_answer_for_do_not_shut_the_door_to_buyers() {
        FakePayPal.webhooks("off");
        FakePayPal.fault("POST", "/v1/notifications/verify-webhook-signature", "before", "http_500", 1_000);
        String payload = "{\"id\":\"WH-1\",\"event_type\":\"X\",\"resource\":{}}";
        Map<String, String> headers = FakePayPal.sign(payload, "forged");
        for (int i = 0; i < 10; i++) {
            post(headers, payload).then().statusCode(503);
        }

        long orderId = order();
        begin(orderId);

        cancel(shopper, orderId);
        waitForPayment(orderId, "failed");
    }

    private String anEvent() {
        long orderId = paidOrder();
        String token = (String) transactions(orderId).getFirst().get("transaction_id");
        return FakePayPal.events(token, "PAYMENT.CAPTURE.COMPLETED").getFirst();
    }

    private static Response post(Map<String, String> headers, String payload) {
        return RestAssured.given().headers(headers).body(payload).post(PATH);
    }

    private String status(String event) {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<String> found = database.createNativeQuery(
                            "SELECT status FROM webhook_events WHERE provider = 'paypal' AND event_id = '" + event
                                    + "'",
                            String.class)
                    .getResultList();
            return found.isEmpty() ? "none" : found.getFirst();
        });
    }

    private long count(String event) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(
                                        "SELECT count(*) FROM webhook_events WHERE event_id = '" + event + "'",
                                        Long.class)
                                .getSingleResult())
                        .longValue());
    }
}
