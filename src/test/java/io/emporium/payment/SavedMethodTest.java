package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;

import io.emporium.Shopper;
import io.emporium.Together;
import io.emporium.payment.stripe.StripeCustomers;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cards that a customer keeps at Stripe: saved with a payment, listed, used, deleted; by nobody else. */
@QuarkusTest
class SavedMethodTest extends PaymentScene {
    private static final String PATH = "/api/v1/payment-methods";

    @Inject
    StripeCustomers stripe;

    @Test
    void a_card_saved_with_a_payment_is_listed_and_pays_again_without_being_saved_again() {
        long first = order();
        payAndSave(shopper, first, "pm_card_mastercard")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("completed"));

        List<Map<String, Object>> cards = cards(shopper);
        assertThat(cards).hasSize(1);
        // What tells it from their others, and no more.
        assertThat(cards.getFirst().keySet()).isEqualTo(Set.of("id", "brand", "last4", "exp_month", "exp_year"));
        assertThat(cards.getFirst()).containsEntry("brand", "mastercard").containsEntry("last4", "4444");
        String card = (String) cards.getFirst().get("id");

        for (int again = 0; again < 2; again++) {
            long next = order();
            pay(next, card).then().statusCode(200).body("data.status", equalTo("completed"));
            assertThat(FakeStripe.captured(next)).isEqualTo(CENTS);
        }
        assertThat(cards(shopper)).hasSize(1);
        assertThat(FakeStripe.customers(shopper.userId)).hasSize(1);
    }

    @Test
    void what_is_not_to_be_saved_is_not_saved_and_makes_no_customer() {
        for (Object save : new Object[] {null, false}) {
            long orderId = order();
            process(shopper, orderId, "pm_card_visa", save).then().statusCode(200);
        }
        process(shopper, order(), "pm_card_visa", "yes").then().statusCode(400);

        shopper.request().get(PATH).then().statusCode(200).body("data.payment_methods", empty());
        assertThat(FakeStripe.customers(shopper.userId)).isEmpty();
    }

    @Test
    void a_token_is_saved_too_and_a_card_that_asks_for_3_d_secure_once_it_has_paid() {
        process(shopper, order(), Map.of("token", "tok_visa"), true).then().statusCode(200);
        assertThat(cards(shopper)).extracting(card -> card.get("last4")).containsExactly("4242");

        long orderId = order();
        String intent = payAndSave(shopper, orderId, "pm_card_threeDSecure2Required")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("requires_action"))
                .extract()
                .path("data.transaction_id");
        assertThat(cards(shopper)).hasSize(1);
        FakeStripe.authenticate(intent, "succeed");
        waitForPayment(orderId, "completed");

        assertThat(cards(shopper)).extracting(card -> card.get("last4")).containsExactly("3220", "4242");
    }

    @Test
    void a_card_that_was_declined_is_not_saved() {
        payAndSave(shopper, order(), "pm_card_chargeDeclined").then().statusCode(402);

        assertThat(cards(shopper)).isEmpty();
    }

    @Test
    void five_first_payments_at_once_make_one_customer() {
        Shopper buyer = shopper;
        List<Long> orders = List.of(order(), order(), order(), order(), order());

        List<Response> answers = Together.times(5, number -> payAndSave(buyer, orders.get(number), "pm_card_visa"));

        answers.forEach(answer -> answer.then().statusCode(200));
        assertThat(FakeStripe.customers(buyer.userId)).hasSize(1);
        assertThat(cards(buyer)).hasSize(5);
    }

    @Test
    void a_customer_whose_making_was_not_heard_of_is_made_once() {
        long orderId = order();
        FakeStripe.fault("POST", "/v1/customers", "after", "cut", 1);

        payAndSave(shopper, orderId, "pm_card_visa")
                .then()
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .body("error.code", equalTo("SERVICE_UNAVAILABLE"));
        assertThat(transactions(orderId)).isEmpty();
        payAndSave(shopper, orderId, "pm_card_visa").then().statusCode(200);

        assertThat(FakeStripe.customers(shopper.userId)).hasSize(1);
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @ParameterizedTest
    @CsvSource({"before", "after"})
    void a_customer_whose_making_has_failed_is_made_at_the_next_try(String when) {
        long orderId = order();
        // Stripe's failure is its answer to the key, to whoever uses it again.
        FakeStripe.keptFailure("/v1/customers", when);

        payAndSave(shopper, orderId, "pm_card_visa").then().statusCode(503).header("Retry-After", notNullValue());
        payAndSave(shopper, orderId, "pm_card_visa").then().statusCode(200);

        assertThat(cards(shopper)).hasSize(1);
        payAndSave(shopper, order(), "pm_card_amex").then().statusCode(200);
        assertThat(cards(shopper)).hasSize(2);
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    @Test
    void a_saved_card_whose_charge_is_asked_for_again_is_asked_for_the_same_way() {
        FakeStripe.webhooks("off");
        payAndSave(shopper, order(), "pm_card_visa").then().statusCode(200);
        String card = (String) cards(shopper).getFirst().get("id");
        long used = order();
        long saved = order();
        FakeStripe.fault("POST", FakeStripe.CREATE, "after", "cut", 2);

        pay(used, card).then().statusCode(202);
        payAndSave(shopper, saved, "pm_card_amex").then().statusCode(202);

        waitForPayment(used, "completed");
        waitForPayment(saved, "completed");
        assertThat(FakeStripe.intents(used)).hasSize(1);
        assertThat(FakeStripe.intents(saved)).hasSize(1);
        assertThat(cards(shopper)).hasSize(2);
    }

    @Test
    void another_customers_card_is_as_good_as_none() {
        payAndSave(shopper, order(), "pm_card_visa").then().statusCode(200);
        String card = (String) cards(shopper).getFirst().get("id");
        Shopper stranger = Shopper.registered();
        Shopper regular = Shopper.registered();
        payAndSave(regular, regular.order(product, 1), "pm_card_visa").then().statusCode(200);

        for (Shopper other : List.of(stranger, regular)) {
            long orderId = other.order(product, 1);
            String theirs = withoutReference(other.pay(orderId, card));
            String nobodys = withoutReference(other.pay(orderId, "pm_nobody_has_this"));
            assertThat(theirs).isEqualTo(nobodys).contains("INVALID_PAYMENT_DETAILS");
            assertThat(withoutReference(payAndSave(other, orderId, card))).isEqualTo(nobodys);
            assertThat(FakeStripe.captured(orderId)).isZero();
            other.request().delete(PATH + "/" + card).then().statusCode(404);
            assertThat(cards(other)).extracting(mine -> mine.get("id")).doesNotContain(card);
        }
        assertThat(cards(shopper)).hasSize(1);
        pay(order(), card).then().statusCode(200);
    }

    @Test
    void what_was_used_once_without_being_saved_is_not_used_again() {
        String once = FakeStripe.paymentMethod("tok_visa");
        pay(order(), once).then().statusCode(200);
        long orderId = order();

        pay(orderId, once).then().statusCode(400).body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));
        payAndSave(shopper, orderId, once).then().statusCode(400);

        String kept = FakeStripe.paymentMethod("tok_visa");
        payAndSave(shopper, orderId, kept).then().statusCode(200);
        pay(order(), kept).then().statusCode(200);
    }

    @Test
    void a_deleted_card_pays_no_more_and_is_deleted_once() {
        payAndSave(shopper, order(), "pm_card_visa").then().statusCode(200);
        payAndSave(shopper, order(), "pm_card_amex").then().statusCode(200);
        String card = (String) cards(shopper).getFirst().get("id");

        shopper.request()
                .delete(PATH + "/" + card)
                .then()
                .statusCode(200)
                .body("message", equalTo("Payment method deleted"));

        shopper.request().delete(PATH + "/" + card).then().statusCode(404);
        assertThat(cards(shopper)).hasSize(1).extracting(mine -> mine.get("id")).doesNotContain(card);
        pay(order(), card).then().statusCode(400).body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));
    }

    @Test
    void while_stripe_is_away_saved_cards_are_not_there_and_nobody_waits_long() {
        payAndSave(shopper, order(), "pm_card_visa").then().statusCode(200);
        String card = (String) cards(shopper).getFirst().get("id");
        FakeStripe.fault("GET", "/v1/customers/**", "before", "http_503", 2);

        shopper.request()
                .get(PATH)
                .then()
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .body("error.code", equalTo("SERVICE_UNAVAILABLE"));
        shopper.request().delete(PATH + "/" + card).then().statusCode(503).header("Retry-After", notNullValue());
        FakeStripe.fault("GET", "/v1/customers/**", "before", "hang", 1);
        long began = System.nanoTime();
        shopper.request().get(PATH).then().statusCode(503);
        // Stripe hangs for a minute.
        assertThat(System.nanoTime() - began).isLessThan(30_000_000_000L);

        assertThat(cards(shopper)).hasSize(1);
        // Whoever has none need not ask.
        FakeStripe.fault("GET", "/v1/customers/**", "before", "http_503", 1);
        Shopper.registered().request().get(PATH).then().statusCode(200);
        FakeStripe.heal();
        shopper.request().delete(PATH + "/" + card).then().statusCode(200);
    }

    @Test
    void a_customer_who_was_deleted_at_stripe_begins_anew() {
        payAndSave(shopper, order(), "pm_card_visa").then().statusCode(200);
        FakeStripe.deleteCustomer(FakeStripe.customers(shopper.userId).getFirst());
        long orderId = order();

        pay(orderId, "pm_card_visa").then().statusCode(402);
        pay(orderId, "pm_card_visa").then().statusCode(200);
        payAndSave(shopper, order(), "pm_card_visa").then().statusCode(200);
        assertThat(cards(shopper)).hasSize(1);

        FakeStripe.deleteCustomer(FakeStripe.customers(shopper.userId).getFirst());
        assertThat(cards(shopper)).isEmpty();
        payAndSave(shopper, order(), "pm_card_visa").then().statusCode(200);
        assertThat(cards(shopper)).hasSize(1);
    }

    @Test
    void only_who_is_signed_in_has_saved_cards() {
        payAndSave(shopper, order(), "pm_card_visa").then().statusCode(200);
        String card = (String) cards(shopper).getFirst().get("id");

        RestAssured.given().get(PATH).then().statusCode(401);
        RestAssured.given().delete(PATH + "/" + card).then().statusCode(401);
        sql("UPDATE users SET is_active = FALSE WHERE user_id = " + shopper.userId);
        shopper.request().get(PATH).then().statusCode(401);
        shopper.request().delete(PATH + "/" + card).then().statusCode(401);
        sql("UPDATE users SET is_active = TRUE WHERE user_id = " + shopper.userId);
        shopper.request().get(PATH).then().statusCode(200).body("data.payment_methods", hasSize(1));
    }

    @Test
    void what_cannot_be_a_card_is_not_asked_for_and_a_card_number_refused() {
        payAndSave(shopper, order(), "pm_card_visa").then().statusCode(200);
        for (String id :
                List.of("x", "card_1", "pm_", "4242424242424242", "pm_%2e%2e", "pm_a%2Fb", "pm_" + "x".repeat(300))) {
            shopper.request()
                    .urlEncodingEnabled(false)
                    .delete(PATH + "/" + id)
                    .then()
                    .statusCode(404);
        }
        shopper.request()
                .delete(PATH + "/pm_4242424242424242")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));
    }

    private static Response payAndSave(Shopper who, long orderId, String card) {
        return process(who, orderId, Map.of("payment_method_id", card), true);
    }

    private static Response process(Shopper who, long orderId, String card, Object save) {
        return process(who, orderId, Map.of("payment_method_id", card), save);
    }

    private static Response process(Shopper who, long orderId, Map<String, String> details, Object save) {
        Map<String, Object> body = new HashMap<>();
        body.put("order_id", orderId);
        body.put("payment_method", "credit_card");
        body.put("payment_details", details);
        body.put("save_payment_method", save);
        return who.json().body(body).post("/api/v1/payments/process");
    }

    private static List<Map<String, Object>> cards(Shopper who) {
        return who.request()
                .get(PATH)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("data.payment_methods");
    }

    private static String withoutReference(Response refused) {
        return refused.then().statusCode(400).extract().asString();
    }

    @Test
    void whoever_leaves_the_shop_has_no_cards_at_stripe_any_more() {
        long orderId = order();
        payAndSave(shopper, orderId, "pm_card_visa").then().statusCode(200);
        String customer = FakeStripe.customers(shopper.userId).getFirst();
        assertThat(stripe.cards(customer).orElseThrow()).hasSize(1);
        shopper.json().post("/api/v1/orders/" + orderId + "/cancel").then().statusCode(200);

        // Not before the money is back.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> shopper.json()
                                .body(Map.of("password", Shopper.PASSWORD))
                                .delete("/api/v1/users/me")
                                .statusCode()
                        == 200);

        await().atMost(Duration.ofSeconds(60))
                .until(() -> number("SELECT count(*) FROM stripe_customers WHERE user_id = " + shopper.userId) == 0);
        assertThat(stripe.cards(customer).orElseThrow()).isEmpty();
    }
}
