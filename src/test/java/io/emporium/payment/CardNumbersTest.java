package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.emporium.shared.CardNumbers;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Card numbers never enter (promise 13). */
@QuarkusTest
class CardNumbersTest extends PaymentScene {
    private static final String VISA = "4242424242424242";
    private static final List<String> CARDS = List.of(
            VISA,
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "6011111111111117",
            "30569309025904",
            "3530111333300000",
            "6200000000000005",
            "6759649826438453",
            "4222222222222",
            "6304000000000000");

    @Test
    void a_card_number_is_refused_wherever_it_stands_and_leaves_no_trace() {
        long orderId = order();
        for (String details : List.of(
                "{\"payment_method_id\":\"4242424242424242\"}",
                "{\"token\":\"4242 4242 4242 4242\"}",
                "{\"token\":\"tok_4242424242424242\"}",
                "{\"token\":\"4242_4242_4242_4242\"}",
                "{\"token\":4242424242424242}",
                "{\"token\":4.242424242424242E15}",
                "{\"number\":\"4242-4242-4242-4242\",\"cvc\":\"123\"}",
                "{\"card\":{\"numbers\":[\"x\",{\"n\":\"4242.4242.4242.4242\"}]}}",
                "{\"4242424242424242\":\"pm_card_visa\"}",
                "\"4242424242424242\"",
                "[4242424242424242]",
                "{\"token\":\"\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\"}")) {
            refused(
                    "{\"order_id\":" + orderId + ",\"payment_method\":\"credit_card\",\"payment_details\":" + details
                            + "}",
                    null);
        }
        String good = ",\"payment_details\":{\"payment_method_id\":\"pm_card_visa\"}";
        refused("{\"order_id\":" + orderId + ",\"payment_method\":\"4242424242424242\"" + good + "}", null);
        refused(
                "{\"order_id\":" + orderId + ",\"payment_method\":\"credit_card\",\"card\":\"4242424242424242\"" + good
                        + "}",
                null);
        refused("{\"order_id\":" + orderId + ",\"payment_method\":\"credit_card\"" + good + "}", VISA);

        assertThat(transactions(orderId)).isEmpty();
        assertThat(FakeStripe.intents(orderId)).isEmpty();
        assertThat(everyTextInTheDatabase()).noneMatch(text -> text.contains(VISA));
    }

    @Test
    void in_a_payment_a_number_of_no_scheme_is_one_too() {
        long orderId = order();

        pay(orderId, "pm_9870000000007")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("INVALID_PAYMENT_DETAILS"))
                .body("error.message", startsWith("Card numbers are not accepted"));
        assertThat(transactions(orderId)).isEmpty();
    }

    @Test
    void every_scheme_s_numbers_are_found_in_details_in_text_and_in_keys() {
        for (String card : CARDS) {
            assertThat(CardNumbers.isIn(Map.of("a", List.of(card)))).as(card).isTrue();
            assertThat(CardNumbers.isInText("my card is " + card + ", thanks"))
                    .as(card)
                    .isTrue();
            assertThat(CardNumbers.isInKey("retry-" + card)).as(card).isTrue();
            String spaced = card.replaceAll("(.{4})", "$1 - ");
            assertThat(CardNumbers.isIn(spaced)).as(spaced).isTrue();
            assertThat(CardNumbers.isInText(spaced)).as(spaced).isTrue();
            assertThat(CardNumbers.isIn("0012" + card + "9")).as(card).isTrue();
        }
    }

    @Test
    void what_is_no_card_number_passes() {
        for (String text : List.of(
                "pm_1234567890",
                "pm_card_visa",
                "tok_1NXWPnCo6bFb1KQto6C8OWvE",
                "424242424242",
                "order 17 of 2026",
                "")) {
            assertThat(CardNumbers.isIn(text)).as(text).isFalse();
        }
        assertThat(CardNumbers.isInText("Parcel 20261124093015123 of ORD-2026-0001 was empty"))
                .isFalse();
        assertThat(CardNumbers.isInText("4242424242424241")).isFalse();
        // Among the digits of its time is 4275017729579, with the first digit and the check digit of a Visa number.
        assertThat(CardNumbers.isInText("2026-11-29T04:27:50.177295793Z")).isFalse();
        assertThat(CardNumbers.isInText("2026-11-29T04:27:50.177295793+01:00")).isFalse();
        assertThat(CardNumbers.isInText("at 04:27:50.177295793 sharp")).isTrue();
        for (int i = 0; i < 20_000; i++) {
            String key = UUID.randomUUID().toString();
            assertThat(CardNumbers.isInKey(key)).as(key).isFalse();
        }
    }

    private void refused(String body, String key) {
        var request = shopper.json().body(body);
        (key == null ? request : request.header("Idempotency-Key", key))
                .post("/api/v1/payments/process")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("INVALID_PAYMENT_DETAILS"))
                .body(not(containsString("4242")));
    }

    private List<String> everyTextInTheDatabase() {
        List<String> texts = new ArrayList<>();
        for (Object[] column : textColumns()) {
            texts.addAll(database.createNativeQuery(
                            "SELECT CAST(\"%2$s\" AS text) FROM \"%1$s\" WHERE CAST(\"%2$s\" AS text) ~ '4242'"
                                    .formatted(column),
                            String.class)
                    .getResultList());
        }
        return texts;
    }
}
