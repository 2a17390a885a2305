package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class WebhookTest extends PaymentScene {
    private static final String PATH = "/api/v1/payments/webhooks/stripe";

    @Test
    void an_event_brought_many_times_at_once_takes_effect_once() {
        FakeStripe.webhooks(Map.of("state", "on", "duplicates", 10));
        long orderId = order();
        String intent = pay(orderId, "pm_card_threeDSecure2Required").jsonPath().getString("data.transaction_id");

        FakeStripe.authenticate(intent, "succeed");

        waitForPayment(orderId, "completed");
        assertThat(events("payment.completed", orderId)).isEqualTo(1);
        assertThat(events("order.confirmed", orderId)).isEqualTo(1);
        String event = FakeStripe.events(intent, "payment_intent.succeeded").getFirst();
        assertThat(FakeStripe.resend(event, "good", 0)).isEqualTo(200);
        assertThat(count("SELECT count(*) FROM webhook_events WHERE event_id = '" + event + "'"))
                .isEqualTo(1);
    }

    @Test
    void events_in_the_wrong_order_end_the_same() {
        FakeStripe.webhooks("hold");
        long orderId = order();
        String intent = pay(orderId, "pm_card_threeDSecure2Required").jsonPath().getString("data.transaction_id");
        FakeStripe.authenticate(intent, "succeed");

        FakeStripe.webhooks(Map.of("state", "on", "reversed", true));

        waitForPayment(orderId, "completed");
        // The older event, once more and last of all.
        String older =
                FakeStripe.events(intent, "payment_intent.requires_action").getFirst();
        assertThat(FakeStripe.resend(older, "good", 0)).isEqualTo(200);
        assertOrder(orderId, "confirmed", "completed");
    }

    @Test
    void what_is_not_signed_by_stripe_or_not_from_now_is_refused() {
        FakeStripe.webhooks("off");
        long orderId = order();
        String intent = pay(orderId, "pm_card_visa").jsonPath().getString("data.transaction_id");
        String event = FakeStripe.events(intent, "payment_intent.succeeded").getFirst();

        assertThat(FakeStripe.resend(event, "forged", 0)).isEqualTo(400);
        assertThat(FakeStripe.resend(event, "missing", 0)).isEqualTo(400);
        assertThat(FakeStripe.resend(event, "malformed", 0)).isEqualTo(400);
        assertThat(FakeStripe.resend(event, "good", -330)).isEqualTo(400);
        assertThat(FakeStripe.resend(event, "good", 330)).isEqualTo(400);
        assertThat(count("SELECT count(*) FROM webhook_events WHERE event_id = '" + event + "'"))
                .isZero();

        assertThat(FakeStripe.resend(event, "good", -270)).isEqualTo(200);
        assertThat(FakeStripe.resend(event, "good", 270)).isEqualTo(200);
        assertThat(count("SELECT count(*) FROM webhook_events WHERE event_id = '" + event + "'"))
                .isEqualTo(1);
    }

    @Test
    void a_header_that_makes_no_sense_is_a_bad_request() {
        for (String header : List.of(
                "",
                ",",
                "=",
                "t",
                "t=",
                "t=,v1=",
                "t=1",
                "v1=abc",
                "t=x,v1=y",
                "t=99999999999999999999,v1=00",
                "t=1=2,v1=3=4",
                "t=-1,v1=00",
                ",,,",
                "t=1732400000",
                "t=+1732400000,t=" + Instant.now().getEpochSecond() + ",v1=00",
                "t=" + Instant.now().getEpochSecond() + ",t=" + Instant.now().getEpochSecond() + ",v1=00",
                "v0=1,t=1",
                "a".repeat(4000))) {
            RestAssured.given()
                    .header("Stripe-Signature", header)
                    .body("{\"id\":\"evt_1\",\"type\":\"payment_intent.succeeded\"}")
                    .post(PATH)
                    .then()
                    .statusCode(400)
                    .body("error.code", equalTo("MALFORMED_REQUEST"));
        }
        RestAssured.given().post(PATH).then().statusCode(400);
    }

    @Test
    void what_is_signed_but_no_event_is_a_bad_request() {
        for (String payload :
                List.of("", "null", "[]", "7", "{", "{}", "{\"id\":7,\"type\":\"x y\"}", "{\"id\":\"evt_1\"}")) {
            assertThat(FakeStripe.send(payload)).as(payload).isEqualTo(400);
        }
    }

    @Test
    void what_is_not_ours_is_ignored() {
        for (String object : List.of(
                "{\"object\":\"payment_intent\",\"id\":\"pi_of_somebody_else\"}",
                "{\"object\":\"payment_intent\",\"id\":\"pi_x\",\"metadata\":{\"transaction_reference\":\"pay_of_another_shop\"}}",
                "{\"object\":\"refund\",\"id\":\"re_of_somebody_else\"}",
                "{\"object\":\"invoice\",\"id\":\"in_1\"}",
                "{\"object\":\"balance\"}",
                "{\"object\":\"payment_intent\",\"id\":\"pi_\\u0000\"}",
                "[]")) {
            String event = "evt_" + UUID.randomUUID().toString().replace("-", "");

            assertThat(FakeStripe.send(
                            "{\"id\":\"" + event + "\",\"type\":\"what.ever\",\"data\":{\"object\":" + object + "}}"))
                    .as(object)
                    .isEqualTo(200);

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(status(event)).isEqualTo("ignored"));
        }
    }

    @Test
    void what_an_event_claims_is_not_believed_but_asked_for() {
        FakeStripe.webhooks("off");
        long orderId = order();
        String intent = pay(orderId, "pm_card_threeDSecure2Required").jsonPath().getString("data.transaction_id");
        String event = "evt_" + UUID.randomUUID().toString().replace("-", "");

        FakeStripe.send(
                ("{\"id\":\"%s\",\"type\":\"payment_intent.succeeded\",\"data\":{\"object\":{\"object\":\"payment_intent\","
                                + "\"id\":\"%s\",\"status\":\"succeeded\",\"amount_received\":4999,\"currency\":\"usd\"}}}")
                        .formatted(event, intent));

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(status(event)).isEqualTo("done"));
        assertOrder(orderId, "pending", "requires_action");
        cancel(shopper, orderId);
        waitForPayment(orderId, "failed");
    }

    @Test
    void an_event_that_cannot_be_taken_is_tried_again_and_parked_after_five_tries() {
        String event = "evt_" + UUID.randomUUID().toString().replace("-", "");
        // A refund's transaction without its refund: what cannot be, and makes the taking fail.
        long orderId = paidOrder();
        sql("""
                INSERT INTO transactions (order_id, user_id, transaction_reference, transaction_type, payment_method, amount, currency, status)
                SELECT order_id, user_id, 'ref_broken%1$d', 'refund', payment_method, -1, currency, 'cancelled' FROM orders WHERE order_id = %1$d
                """.formatted(orderId));

        FakeStripe.send(
                ("{\"id\":\"%s\",\"type\":\"refund.updated\",\"data\":{\"object\":{\"object\":\"refund\",\"id\":\"re_x\","
                                + "\"metadata\":{\"refund_reference\":\"ref_broken%d\"}}}}")
                        .formatted(event, orderId));

        for (int tries = 1; tries < 5; tries++) {
            int made = tries;
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(
                                    count("SELECT attempts FROM webhook_events WHERE last_error IS NOT NULL AND"
                                            + " next_try_at > now() AND event_id = '" + event + "'"))
                            .isEqualTo(made));
            assertThat(status(event)).isEqualTo("received");
            sql("UPDATE webhook_events SET next_try_at = now(), last_error = NULL WHERE event_id = '" + event + "'");
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(status(event)).isEqualTo("parked"));

        // Where an admin sees it, and tries it again when its reason is gone.
        long parked = ((Number) admin.request()
                        .get("/api/v1/admin/outbox")
                        .jsonPath()
                        .get("data.parked.find { it.consumer == 'webhook:stripe' }.id"))
                .longValue();
        sql("DELETE FROM transactions WHERE transaction_reference = 'ref_broken%d'".formatted(orderId));
        admin.json()
                .post("/api/v1/admin/outbox/parked/" + parked + "/replay")
                .then()
                .statusCode(200);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(status(event)).isEqualTo("ignored"));
    }

    @Test
    void an_event_that_a_process_died_with_is_taken_up_by_the_sweep() {
        FakeStripe.webhooks("off");
        long orderId = order();
        String intent = pay(orderId, "pm_card_threeDSecure2Required").jsonPath().getString("data.transaction_id");
        FakeStripe.authenticate(intent, "succeed");
        sql("UPDATE transactions SET next_check_at = now() + interval '1 hour' WHERE order_id = " + orderId);
        sql("""
                INSERT INTO webhook_events (provider, event_id, type, payload, next_try_at, attempts)
                VALUES ('stripe', 'evt_died%d', 'payment_intent.succeeded', '{"object":"payment_intent","id":"%s"}', now(), 1)
                """.formatted(orderId, intent));

        waitForPayment(orderId, "completed");
    }

    // In a transaction of its own: what is waited for is asked from another thread than the test's.
    private String status(String event) {
        return QuarkusTransaction.requiringNew().call(() -> (String) database.createNativeQuery(
                        "SELECT status FROM webhook_events WHERE event_id = '" + event + "'", String.class)
                .getSingleResult());
    }

    private long count(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query, Long.class).getResultList().stream()
                                .findFirst()
                                .orElse(-1L))
                        .longValue());
    }
}
