package io.emporium.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.Shopper;
import io.emporium.Together;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.builder.RequestSpecBuilder;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What looks like fraud is declined without a word, or held until an admin has looked at it. The rules are tight here. */
@QuarkusTest
@TestProfile(FraudTest.Tight.class)
class FraudTest extends PaymentScene {
    private static final String REVIEWS = "/api/v1/admin/reviews";

    /** Rules that a test can meet, and a proxy on this machine believed, so that a test can come from any address. */
    public static class Tight implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("emporium.fraud.rules.attempts-by-user", "review at 4 within 10m, deny at 6 within 10m");
            settings.put("emporium.fraud.rules.attempts-by-card", "review at 4 within 10m, deny at 6 within 10m");
            settings.put("emporium.fraud.rules.attempts-by-address", "deny at 4 within 10m");
            settings.put("emporium.fraud.rules.declines-by-user", "deny at 3 within 1h");
            settings.put("emporium.fraud.rules.declines-by-card", "deny at 3 within 1h");
            settings.put("emporium.fraud.rules.declines-by-address", "deny at 3 within 1h");
            settings.put("emporium.fraud.rules.amount-over-history", "review at 10 within 365d");
            settings.put("emporium.fraud.rules.amount-without-history", "review at 5000 within 365d");
            settings.put("emporium.fraud.rules.address-mismatch", "review at 2");
            settings.put("emporium.fraud.rules.risk-level", "review at 2, deny at 3");
            settings.put("emporium.order.most-unpaid", "30");
            settings.put("emporium.web.trusted-proxies", "127.0.0.0/8");
            return settings;
        }
    }

    private int networks;

    /** What others have done lately is long ago, so that each test begins with a clean slate. */
    @BeforeEach
    void forget() {
        sql("UPDATE fraud_assessments SET at = at - interval '2 days'");
        elsewhere();
    }

    @AfterEach
    @Override
    void whateverHappenedTheInvariantsHold() {
        RestAssured.requestSpecification = null;
        super.whateverHappenedTheInvariantsHold();
    }

    /** From now on requests come from another address. */
    private String elsewhere() {
        String address = "203.0.113." + ++networks;
        RestAssured.requestSpecification =
                new RequestSpecBuilder().addHeader("X-Forwarded-For", address).build();
        return address;
    }

    private Response payFromElsewhere(Shopper who, long orderId, String card) {
        elsewhere();
        return who.pay(orderId, card);
    }

    private JsonPath reviews(String status) {
        return admin.request()
                .get(REVIEWS + "?limit=100&status=" + status)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private Map<String, Object> reviewOf(long orderId, String status) {
        return reviews(status).getMap("data.reviews.find { it.order_id == " + orderId + " }");
    }

    private static List<String> signals(Map<String, Object> review) {
        return ((List<?>) review.get("reasons"))
                .stream()
                        .map(reason -> (String) ((Map<?, ?>) reason).get("signal"))
                        .toList();
    }

    private long review(long orderId) {
        Map<String, Object> review = reviewOf(orderId, "open");
        assertThat(review).as("an open review of order " + orderId).isNotNull();
        return ((Number) review.get("review_id")).longValue();
    }

    private Response decide(long reviewId, String decision) {
        return admin.json().post(REVIEWS + "/" + reviewId + "/" + decision);
    }

    /** A paid order that is held. */
    private long heldOrder() {
        long orderId = order();
        pay(orderId, "pm_card_riskLevelElevated").then().statusCode(200).body("data.status", equalTo("completed"));
        return orderId;
    }

    private Response toProcessing(long orderId) {
        return admin.json().body(Map.of("status", "processing")).put("/api/v1/orders/" + orderId + "/status");
    }

    private void assertHeld(long orderId) {
        assertOrder(orderId, "confirmed", "completed");
        toProcessing(orderId)
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"))
                .body("error.details.held", equalTo(true));
    }

    private void assertFree(long orderId) {
        assertThat(reviewOf(orderId, "open")).isNull();
        toProcessing(orderId).then().statusCode(200);
    }

    private void assertDeniedUnasked(Response answer, long orderId, int asked) {
        answer.then()
                .statusCode(402)
                .body("error.code", equalTo("PAYMENT_DECLINED"))
                .body("error.details.decline_code", equalTo("generic_decline"));
        assertThat(FakeStripe.intents(orderId)).hasSize(asked);
        assertOrder(orderId, "pending", "failed");
    }

    private String verdict(long orderId, String stage) {
        return QuarkusTransaction.requiringNew().call(() -> (String) database.createNativeQuery("""
                        SELECT verdict FROM fraud_assessments JOIN transactions USING (transaction_id)
                         WHERE order_id = :order AND stage = :stage ORDER BY assessment_id DESC LIMIT 1
                        """, String.class)
                .setParameter("order", orderId)
                .setParameter("stage", stage)
                .getSingleResult());
    }

    /** Everything of an answer but its ids and times. */
    private static String shape(Response answer) {
        List<String> headers = new ArrayList<>();
        answer.headers().forEach(header -> {
            if (!header.getName().equalsIgnoreCase("X-Request-Id")) {
                headers.add(header.getName() + ": " + header.getValue());
            }
        });
        return answer.statusCode() + " " + headers + " " + shape(answer.asString());
    }

    private static String shape(String body) {
        return body.replaceAll("(pay|pi)_[A-Za-z0-9]+", "$1_")
                .replaceAll("\"20[0-9]{2}-[^\"]*Z\"", "\"time\"")
                .replaceAll("ORD-[0-9]+-[0-9]+", "ORD")
                .replaceAll("\"order_id\":[0-9]+", "\"order_id\":0");
    }

    @Test
    void a_usual_payment_is_judged_twice_and_goes_its_way() {
        long orderId = order();
        pay(orderId, "pm_card_visa").then().statusCode(200);

        assertThat(verdict(orderId, "asked")).isEqualTo("allow");
        assertThat(verdict(orderId, "captured")).isEqualTo("allow");
        assertFree(orderId);
    }

    @Test
    void a_denied_payment_looks_to_its_customer_as_one_that_the_bank_declines() {
        long declined = order();
        Response banks = pay(declined, "pm_card_chargeDeclined");
        String orderOfBanks =
                shopper.request().get("/api/v1/orders/" + declined).asString();
        String bookOfBanks = shopper.request()
                .get("/api/v1/orders/" + declined + "/transactions")
                .asString();
        sql("UPDATE fraud_assessments SET at = at - interval '2 days'");
        for (int i = 0; i < 5; i++) {
            payFromElsewhere(shopper, order(), "pm_card_mastercard").then().statusCode(200);
        }
        long orderId = order();

        Response denied = payFromElsewhere(shopper, orderId, "pm_card_visa");

        assertThat(shape(denied)).isEqualTo(shape(banks));
        assertThat(shape(shopper.request().get("/api/v1/orders/" + orderId).asString()))
                .isEqualTo(shape(orderOfBanks));
        assertThat(shape(shopper.request()
                        .get("/api/v1/orders/" + orderId + "/transactions")
                        .asString()))
                .isEqualTo(shape(bookOfBanks));
        assertDeniedUnasked(denied, orderId, 0);
        assertThat(events("payment.failed", orderId)).isEqualTo(1);
        // The shop sees more.
        admin.request()
                .get("/api/v1/orders/" + orderId + "/transactions")
                .then()
                .body("data.transactions[0].decline_code", equalTo("denied_by_rules"));
        assertThat(verdict(orderId, "asked")).isEqualTo("deny");
        // Ten minutes later the order can be paid.
        sql("UPDATE fraud_assessments SET at = at - interval '11 minutes'");
        pay(orderId, "pm_card_visa").then().statusCode(200).body("data.status", equalTo("completed"));
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
    }

    /** A stranger's number can be said, and what costs nobody anything can be tried for ever. */
    @Test
    void what_the_bank_declines_is_told_by_sms_and_what_our_rules_deny_is_not() {
        shopper.json()
                .body(Map.of("phone", "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 10_000_000)))
                .patch("/api/v1/users/me")
                .then()
                .statusCode(200);
        for (String card : List.of(
                "pm_card_chargeDeclined",
                "pm_card_chargeDeclinedInsufficientFunds",
                "pm_card_chargeDeclinedLostCard")) {
            payFromElsewhere(shopper, order(), card).then().statusCode(402);
        }
        long orderId = order();
        assertDeniedUnasked(payFromElsewhere(shopper, orderId, "pm_card_visa"), orderId, 0);

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                number("SELECT count(*) FROM notifications WHERE type = 'payment_failed' AND user_id = "
                                        + shopper.userId))
                        .isEqualTo(4));
        assertThat(number("SELECT count(*) FROM deliveries WHERE channel = 'sms' AND user_id = " + shopper.userId))
                .isEqualTo(3);
    }

    @Test
    void a_denied_payment_sent_again_with_its_key_is_the_same_decline() {
        for (int i = 0; i < 5; i++) {
            payFromElsewhere(shopper, order(), "pm_card_visa").then().statusCode(200);
        }
        long orderId = order();
        String key = UUID.randomUUID().toString();

        Response first = payWithKey(orderId, key);
        Response second = payWithKey(orderId, key);
        // As if the process had died before it could keep its answer.
        sql("DELETE FROM idempotency_keys WHERE key = '" + key + "'");
        Response third = payWithKey(orderId, key);

        assertThat(second.asString()).isEqualTo(first.asString());
        assertThat(third.asString()).isEqualTo(first.asString());
        assertThat(transactions(orderId)).hasSize(1);
        assertDeniedUnasked(third, orderId, 0);
    }

    private Response payWithKey(long orderId, String key) {
        return shopper.json()
                .header("Idempotency-Key", key)
                .body(Map.of(
                        "order_id",
                        orderId,
                        "payment_method",
                        "credit_card",
                        "payment_details",
                        Map.of("payment_method_id", "pm_card_visa")))
                .post("/api/v1/payments/process");
    }

    @Test
    void too_many_payments_of_one_customer_are_looked_at_and_then_denied() {
        List<Long> orders = new ArrayList<>();
        List<String> cards = List.of(
                "pm_card_visa",
                "pm_card_mastercard",
                "pm_card_amex",
                "pm_card_discover",
                "pm_card_jcb",
                "pm_card_diners");
        for (String card : cards) {
            orders.add(order());
            payFromElsewhere(shopper, orders.getLast(), card);
        }

        assertThat(orders.stream().map(orderId -> verdict(orderId, "asked")))
                .containsExactly("allow", "allow", "allow", "review", "review", "deny");
        assertFree(orders.get(2));
        assertHeld(orders.get(3));
        assertThat(signals(reviewOf(orders.get(3), "open"))).containsExactly("attempts_by_user");
        assertThat(FakeStripe.intents(orders.get(5))).isEmpty();
        // Others are not concerned.
        Shopper other = Shopper.registered();
        payFromElsewhere(other, other.order(product, 1), "pm_card_unionpay")
                .then()
                .statusCode(200);
    }

    @RepeatedTest(3)
    void ten_payments_at_once_do_not_slip_past_the_limit_of_their_customer() {
        List<Long> orders = Stream.generate(this::order).limit(10).toList();
        String[] cards = {
            "visa",
            "mastercard",
            "amex",
            "discover",
            "jcb",
            "diners",
            "unionpay",
            "visa_debit",
            "mastercard_debit",
            "mastercard_prepaid"
        };

        RestAssured.requestSpecification = null;
        List<Response> answers = Together.times(
                10,
                number -> shopper.json()
                        .header("X-Forwarded-For", "198.51.100." + number)
                        .body(Map.of(
                                "order_id",
                                orders.get(number),
                                "payment_method",
                                "credit_card",
                                "payment_details",
                                Map.of("payment_method_id", "pm_card_" + cards[number])))
                        .post("/api/v1/payments/process"));

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(5);
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 402).hasSize(5);
        assertThat(orders.stream().mapToLong(FakeStripe::captured).sum()).isEqualTo(5 * CENTS);
        assertThat(orders.stream().filter(orderId -> reviewOf(orderId, "open") != null))
                .hasSize(2);
    }

    @Test
    void a_card_that_was_seen_before_is_counted_whoever_uses_it() {
        List<Long> orders = new ArrayList<>();
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            shopper = Shopper.registered();
            orders.add(order());
            answers.add(
                    payFromElsewhere(shopper, orders.getLast(), "pm_card_jcb").statusCode());
        }

        assertThat(answers).containsExactly(200, 200, 200, 200, 200, 402);
        assertThat(orders.stream().map(orderId -> reviewOf(orderId, "open") != null))
                .containsExactly(false, false, false, true, true, false);
        assertThat(signals(reviewOf(orders.get(4), "open"))).containsExactly("attempts_by_card");
        assertThat(FakeStripe.intents(orders.getLast())).isEmpty();
    }

    @Test
    void cards_that_nobody_knew_are_counted_when_they_are_charged() {
        // Names of one card that nobody has used yet: it is known only by what the charge tells.
        sql("UPDATE fraud_assessments SET payment_token = NULL");
        List<Shopper> shoppers = Stream.generate(Shopper::registered).limit(6).toList();
        List<Long> orders =
                shoppers.stream().map(each -> each.order(product, 1)).toList();

        RestAssured.requestSpecification = null;
        List<Response> answers = Together.times(
                6,
                number -> shoppers.get(number)
                        .json()
                        .header("X-Forwarded-For", "198.51.100." + (100 + number))
                        .body(Map.of(
                                "order_id",
                                orders.get(number),
                                "payment_method",
                                "credit_card",
                                "payment_details",
                                Map.of("token", "tok_discover")))
                        .post("/api/v1/payments/process"));

        // Whoever came first is known by the time of the next: charged and held from the fourth on, or denied as the
        // sixth.
        assertThat(answers).extracting(Response::statusCode).isSubsetOf(200, 402);
        long free = orders.stream()
                .filter(orderId -> FakeStripe.captured(orderId) > 0 && reviewOf(orderId, "open") == null)
                .count();
        assertThat(free).isEqualTo(3);
    }

    /**
     * As the last, with every payment held up at the very moment between counting and noting: whoever counts without waiting
     * for the others sees none of them.
     */
    @Test
    void a_card_that_is_charged_six_times_in_one_moment_is_counted_six_times() {
        sql("UPDATE fraud_assessments SET payment_token = NULL, fingerprint = NULL");
        List<Long> orders = new ArrayList<>();
        List<String> intents = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            shopper = Shopper.registered();
            orders.add(order());
            intents.add(payFromElsewhere(shopper, orders.getLast(), "pm_card_threeDSecure2Required")
                    .then()
                    .statusCode(200)
                    .body("data.status", equalTo("requires_action"))
                    .extract()
                    .path("data.transaction_id"));
        }
        RestAssured.requestSpecification = null;

        QuarkusTransaction.requiringNew().run(() -> {
            // They can be read, and nothing is written until this transaction ends.
            database.createNativeQuery("LOCK TABLE fraud_assessments IN SHARE ROW EXCLUSIVE MODE")
                    .executeUpdate();
            intents.forEach(intent -> FakeStripe.authenticate(intent, "succeed"));
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(
                                    number(
                                            "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"))
                            .isGreaterThanOrEqualTo(6));
        });

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(orders.stream()
                                .filter(orderId -> number("SELECT count(*) FROM transactions WHERE status = 'completed'"
                                                + " AND order_id = " + orderId)
                                        == 1))
                        .hasSize(6));
        assertThat(orders.stream().filter(orderId -> reviewOf(orderId, "open") == null))
                .hasSize(3);
    }

    @Test
    void too_many_payments_from_one_address_are_denied_whoever_makes_them() {
        elsewhere();
        List<Integer> answers = new ArrayList<>();
        List<String> cards = List.of("pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_discover");
        for (String card : cards) {
            shopper = Shopper.registered();
            answers.add(pay(order(), card).statusCode());
        }
        assertThat(answers).containsExactly(200, 200, 200, 402);

        // An address that the client made up in front of its own is not believed.
        long orderId = order();
        shopper.json()
                .header("X-Forwarded-For", "192.0.2.1, 203.0.113." + networks)
                .body(Map.of(
                        "order_id",
                        orderId,
                        "payment_method",
                        "credit_card",
                        "payment_details",
                        Map.of("token", "tok_jcb")))
                .post("/api/v1/payments/process")
                .then()
                .statusCode(402);
        payFromElsewhere(shopper, orderId, "pm_card_jcb").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "card", "address"})
    void who_was_declined_too_often_is_denied(String what) {
        List<String> declining = List.of(
                "pm_card_chargeDeclined",
                "pm_card_chargeDeclinedInsufficientFunds",
                "pm_card_chargeDeclinedExpiredCard");
        for (int i = 0; i < 3; i++) {
            if (!what.equals("user")) {
                shopper = Shopper.registered();
            }
            if (!what.equals("address")) {
                elsewhere();
            }
            pay(order(), what.equals("card") ? "pm_card_chargeDeclinedLostCard" : declining.get(i))
                    .then()
                    .statusCode(402);
        }
        if (!what.equals("user")) {
            shopper = Shopper.registered();
        }
        long orderId = order();
        String card = what.equals("card") ? "pm_card_chargeDeclinedLostCard" : "pm_card_visa";

        if (!what.equals("address")) {
            elsewhere();
        }
        assertDeniedUnasked(pay(orderId, card), orderId, 0);
        assertThat(reasons(orderId)).contains("declines_by_" + what);
        assertThat(number(
                        "SELECT count(*) FROM fraud_assessments JOIN transactions USING (transaction_id) WHERE declined"
                                + " AND order_id = " + orderId))
                .isZero();

        // What we denied ourselves is no decline of a bank: an hour later all is forgotten.
        sql("UPDATE fraud_assessments SET at = at - interval '61 minutes'");
        payFromElsewhere(shopper, orderId, "pm_card_visa").then().statusCode(200);
    }

    private String reasons(long orderId) {
        return QuarkusTransaction.requiringNew().call(() -> (String) database.createNativeQuery("""
                        SELECT CAST(reasons AS text) FROM fraud_assessments JOIN transactions USING (transaction_id)
                         WHERE order_id = :order ORDER BY assessment_id DESC LIMIT 1
                        """, String.class)
                .setParameter("order", orderId)
                .getSingleResult());
    }

    @Test
    void a_card_that_stripe_does_not_know_and_one_taken_back_are_no_declines() {
        for (int i = 0; i < 3; i++) {
            payFromElsewhere(shopper, order(), "pm_nobody_has_this").then().statusCode(400);
        }
        sql("UPDATE fraud_assessments SET at = at - interval '11 minutes'");
        for (int i = 0; i < 2; i++) {
            long orderId = order();
            payFromElsewhere(shopper, orderId, "pm_card_threeDSecure2Required")
                    .then()
                    .statusCode(200);
            payFromElsewhere(shopper, orderId, "pm_card_visa").then().statusCode(200);
        }
        sql("UPDATE fraud_assessments SET at = at - interval '11 minutes'");

        payFromElsewhere(shopper, order(), "pm_card_visa").then().statusCode(200);
    }

    @Test
    void an_amount_far_above_what_they_have_paid_before_is_looked_at() {
        long cheap = admin.createProduct("10.00", 1000);
        for (int i = 0; i < 3; i++) {
            shopper.paidOrder(cheap, 1);
        }
        sql("UPDATE fraud_assessments SET at = at - interval '11 minutes'");
        long usual = shopper.order(cheap, 9);
        payFromElsewhere(shopper, usual, "pm_card_visa").then().statusCode(200);
        sql("UPDATE fraud_assessments SET at = at - interval '11 minutes'");
        long large = shopper.order(cheap, 90);
        payFromElsewhere(shopper, large, "pm_card_visa").then().statusCode(200);

        assertFree(usual);
        assertHeld(large);
        assertThat(signals(reviewOf(large, "open"))).containsExactly("amount_over_history");
        assertThat(decide(review(large), "approve").statusCode()).isEqualTo(200);
    }

    @Test
    void a_large_first_amount_is_looked_at() {
        long dear = admin.createProduct("5000.00", 10);
        long orderId = shopper.order(dear, 1);

        pay(orderId, "pm_card_visa").then().statusCode(200);

        assertHeld(orderId);
        assertThat(signals(reviewOf(orderId, "open"))).containsExactly("amount_without_history");
    }

    @Test
    void an_address_that_does_not_fit_the_card_is_looked_at() {
        long abroad = order();
        payFromElsewhere(shopper, abroad, "pm_card_fr").then().statusCode(200);
        long wrongAddress = order();
        payFromElsewhere(shopper, wrongAddress, "pm_card_avsFail").then().statusCode(200);
        long wrongPostalCode = order();
        payFromElsewhere(shopper, wrongPostalCode, "pm_card_avsZipFail").then().statusCode(200);

        assertFree(abroad);
        assertFree(wrongPostalCode);
        assertHeld(wrongAddress);
        assertThat(signals(reviewOf(wrongAddress, "open"))).containsExactly("address_mismatch");
    }

    @Test
    void a_held_order_is_a_confirmed_one_to_its_customer_and_waits_for_the_admin() {
        long orderId = heldOrder();

        assertHeld(orderId);
        admin.json()
                .body(Map.of("carrier", "UPS", "tracking_number", "1Z999"))
                .post("/api/v1/orders/" + orderId + "/shipments")
                .then()
                .statusCode(409);
        for (String status : List.of("shipped", "delivered", "confirmed", "pending")) {
            admin.json()
                    .body(Map.of("status", status))
                    .put("/api/v1/orders/" + orderId + "/status")
                    .then()
                    .statusCode(409);
        }
        String seen = shopper.request().get("/api/v1/orders/" + orderId).asString()
                + shopper.request()
                        .get("/api/v1/orders/" + orderId + "/transactions")
                        .asString();
        assertThat(seen)
                .doesNotContainIgnoringCase("held")
                .doesNotContainIgnoringCase("review")
                .doesNotContain("risk");
        assertThat(events("order.confirmed", orderId)).isEqualTo(1);
        String order = shopper.order(orderId).getString("data.order_number");
        admin.request()
                .get(REVIEWS + "?limit=100")
                .then()
                .statusCode(200)
                .body("data.pagination.total_items", notNullValue())
                .rootPath("data.reviews.find { it.order_id == " + orderId + " }")
                .body("status", equalTo("open"))
                .body("order_number", equalTo(order))
                .body("order_status", equalTo("confirmed"))
                .body("amount", equalTo(49.99f))
                .body("customer.user_id", equalTo((int) shopper.userId))
                .body("customer.email", equalTo(shopper.email))
                .body("customer.name", equalTo("Ada Lovelace"))
                .body("opened_at", notNullValue())
                .body("decided_at", nullValue())
                .body(
                        "reasons",
                        hasItem(Map.of("signal", "risk_level", "verdict", "review", "measured", 2, "threshold", 2)));
        assertThat(decide(review(orderId), "approve").statusCode()).isEqualTo(200);
    }

    @Test
    void the_list_of_orders_tells_which_are_held() {
        long held = heldOrder();
        long free = order();
        pay(free, "pm_card_visa").then().statusCode(200);
        String mine = "/api/v1/admin/orders?limit=100&q=" + shopper.email;
        String ofHeld = "data.orders.find { it.order_id == " + held + " }.held";

        admin.request()
                .get(mine)
                .then()
                .statusCode(200)
                .body(ofHeld, equalTo(true))
                .body("data.orders.find { it.order_id == " + free + " }.held", equalTo(false));
        admin.request().get(mine + "&held=true").then().body("data.orders.order_id", equalTo(List.of((int) held)));
        admin.request().get(mine + "&held=false").then().body("data.orders.order_id", equalTo(List.of((int) free)));
        admin.request().get(mine + "&held=").then().body("data.orders.size()", equalTo(2));
        admin.request()
                .get(mine + "&held=maybe")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"))
                .body("error.details.fields.field", equalTo(List.of("held")));
        String one = "/api/v1/admin/orders/" + held;
        admin.request().get(one).then().body("data.held", equalTo(true));
        assertThat(shopper.request().get("/api/v1/orders/" + held).asString()).doesNotContain("held");

        decide(review(held), "approve").then().statusCode(200);

        admin.request().get(one).then().body("data.held", equalTo(false));
        admin.request().get(mine + "&held=true").then().body("data.orders.size()", equalTo(0));
    }

    @Test
    void approved_it_goes_its_way() {
        long orderId = heldOrder();
        long review = review(orderId);

        admin.json()
                .body(Map.of("note", "Called the customer"))
                .post(REVIEWS + "/" + review + "/approve")
                .then()
                .statusCode(200)
                .body("message", equalTo("Review approved"))
                .body("data.status", equalTo("approved"))
                .body("data.note", equalTo("Called the customer"))
                .body("data.decided_by", equalTo((int) admin.userId))
                .body("data.decided_at", notNullValue());

        assertFree(orderId);
        assertThat(reviewOf(orderId, "approved")).isNotNull();
        assertThat(number("SELECT count(*) FROM audit_log WHERE action = 'review.approved' AND entity_id = '" + review
                        + "'"))
                .isEqualTo(1);
        for (String decision : List.of("approve", "reject")) {
            decide(review, decision)
                    .then()
                    .statusCode(409)
                    .body("error.code", equalTo("INVALID_STATUS_TRANSITION"))
                    .body("error.details.status", equalTo("approved"));
        }
        assertOrder(orderId, "processing", "completed");
        assertThat(FakeStripe.refunded(orderId)).isZero();
    }

    @Test
    void rejected_it_is_cancelled_and_the_money_goes_back() {
        long orderId = heldOrder();
        long review = review(orderId);

        decide(review, "reject").then().statusCode(200).body("data.status", equalTo("rejected"));

        JsonPath order = waitForPayment(orderId, "refunded");
        assertThat(order.getString("data.status")).isEqualTo("cancelled");
        assertThat(order.getString("data.cancel_reason")).isEqualTo("admin");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
        assertThat(number("SELECT count(*) FROM audit_log WHERE action = 'review.rejected' AND entity_id = '" + review
                        + "'"))
                .isEqualTo(1);
        assertThat(events("order.cancelled", orderId)).isEqualTo(1);
        decide(review, "approve").then().statusCode(409);
        assertThat(reviewOf(orderId, "rejected")).isNotNull();
    }

    @Test
    void a_decision_sent_again_with_its_key_is_the_same_answer() {
        long orderId = heldOrder();
        long review = review(orderId);
        String key = UUID.randomUUID().toString();
        List<Response> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            answers.add(admin.json().header("Idempotency-Key", key).post(REVIEWS + "/" + review + "/reject"));
        }

        assertThat(answers).extracting(Response::statusCode).containsExactly(200, 200);
        assertThat(answers.get(1).asString()).isEqualTo(answers.get(0).asString());
        admin.json()
                .header("Idempotency-Key", key)
                .post(REVIEWS + "/" + review + "/approve")
                .then()
                .statusCode(422);
        waitForPayment(orderId, "refunded");
    }

    @Test
    void cancelled_by_its_customer_there_is_nothing_left_to_decide() {
        long orderId = heldOrder();
        long review = review(orderId);

        cancel(shopper, orderId);

        waitForPayment(orderId, "refunded");
        assertThat(reviewOf(orderId, "closed")).isNotNull();
        decide(review, "approve").then().statusCode(409).body("error.details.status", equalTo("closed"));
        decide(review, "reject").then().statusCode(409);
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
    }

    @Test
    void given_back_in_full_there_is_nothing_left_to_decide() {
        long orderId = heldOrder();

        refund(shopper, orderId, "49.99").then().statusCode(200);

        assertOrder(orderId, "cancelled", "refunded");
        assertThat(reviewOf(orderId, "closed")).isNotNull();
    }

    @RepeatedTest(5)
    void approved_and_rejected_at_once_one_of_them_wins() {
        long orderId = heldOrder();
        long review = review(orderId);

        List<Response> answers = Together.times(6, number -> decide(review, number % 2 == 0 ? "approve" : "reject"));

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(1);
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 409).hasSize(5);
        boolean isRejected = reviewOf(orderId, "rejected") != null;
        if (isRejected) {
            waitForPayment(orderId, "refunded");
        } else {
            assertFree(orderId);
        }
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(isRejected ? CENTS : 0);
    }

    @RepeatedTest(3)
    void decided_and_cancelled_at_once_it_ends_one_way() {
        long orderId = heldOrder();
        long review = review(orderId);

        Together.times(
                4,
                number -> number % 2 == 0
                        ? decide(review, number == 0 ? "approve" : "reject")
                        : shopper.json().post("/api/v1/orders/" + orderId + "/cancel"));

        // The customer may cancel what was approved, too.
        waitForPayment(orderId, "refunded");
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(reviewOf(orderId, "open")).isNull();
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
        assertThat(events("order.cancelled", orderId)).isEqualTo(1);
    }

    @Test
    void what_the_webhook_settles_is_held_too() {
        long orderId = heldByWebhook("on");

        assertHeld(orderId);
    }

    @Test
    void what_the_reconciler_settles_is_held_too() {
        long orderId = heldByWebhook("off");

        assertHeld(orderId);
    }

    /** Paid by a card that nobody would look at, but for how often its customer has tried; confirmed by 3-D Secure. */
    private long heldByWebhook(String webhooks) {
        FakeStripe.webhooks(Map.of("state", webhooks, "duplicates", 3));
        for (int i = 0; i < 3; i++) {
            payFromElsewhere(shopper, order(), "pm_card_visa").then().statusCode(200);
        }
        long orderId = order();
        String intent = payFromElsewhere(shopper, orderId, "pm_card_threeDSecure2Required")
                .jsonPath()
                .getString("data.transaction_id");
        assertThat(reviewOf(orderId, "open")).isNull();

        FakeStripe.authenticate(intent, "succeed");

        waitForPayment(orderId, "completed");
        assertThat(signals(reviewOf(orderId, "open"))).containsExactly("attempts_by_user");
        assertThat(number("SELECT count(*) FROM reviews WHERE order_id = " + orderId))
                .isEqualTo(1);
        assertThat(number(
                        "SELECT count(*) FROM fraud_assessments JOIN transactions USING (transaction_id) WHERE order_id = "
                                + orderId))
                .isEqualTo(2);
        return orderId;
    }

    @Test
    void an_answer_that_got_lost_is_judged_once_when_it_is_found() {
        FakeStripe.loseTheAnswerAndThen(FakeStripe.CREATE, "http_500", 2);
        long orderId = order();
        pay(orderId, "pm_card_riskLevelElevated").then().statusCode(202);

        waitForPayment(orderId, "completed");

        assertHeld(orderId);
        assertThat(number("SELECT count(*) FROM reviews WHERE order_id = " + orderId))
                .isEqualTo(1);
    }

    @Test
    void money_that_is_here_is_never_denied() {
        FakeStripe.set("radar", "allow");
        long orderId = order();

        pay(orderId, "pm_card_riskLevelHighest").then().statusCode(200).body("data.status", equalTo("completed"));

        assertThat(verdict(orderId, "captured")).isEqualTo("deny");
        assertHeld(orderId);
        assertThat(FakeStripe.captured(orderId)).isEqualTo(CENTS);
        assertThat(FakeStripe.refunded(orderId)).isZero();
    }

    @Test
    void what_radar_blocks_is_declined() {
        long orderId = order();

        pay(orderId, "pm_card_riskLevelHighest")
                .then()
                .statusCode(402)
                .body("error.details.decline_code", equalTo("generic_decline"));

        assertThat(reviewOf(orderId, "open")).isNull();
    }

    @Test
    void only_admins_see_and_decide() {
        long orderId = heldOrder();
        long review = review(orderId);

        shopper.request().get(REVIEWS).then().statusCode(403).body("error.code", equalTo("FORBIDDEN"));
        given().get(REVIEWS).then().statusCode(401);
        for (String decision : List.of("approve", "reject")) {
            String path = REVIEWS + "/" + review + "/" + decision;
            shopper.json().post(path).then().statusCode(403);
            given().contentType(ContentType.JSON).post(path).then().statusCode(401);
        }

        assertThat(reviewOf(orderId, "open")).isNotNull();
        decide(review, "approve").then().statusCode(200);
    }

    @Test
    void bad_input_is_refused() {
        long orderId = heldOrder();
        long review = review(orderId);

        for (String query : List.of("?status=fraud", "?status=OPEN", "?limit=0", "?limit=101", "?page=0", "?page=x")) {
            admin.request().get(REVIEWS + query).then().statusCode(400).body("error.code", equalTo("VALIDATION_ERROR"));
        }
        for (String decision : List.of("approve", "reject")) {
            decide(987654321, decision).then().statusCode(404);
            decide(-1, decision).then().statusCode(404);
            admin.json().post(REVIEWS + "/x/" + decision).then().statusCode(404);
            String path = REVIEWS + "/" + review + "/" + decision;
            for (String body : List.of(
                    "{\"note\":\"" + "x".repeat(501) + "\"}",
                    "{\"note\":\"a\\u0000b\"}",
                    "{\"note\":5}",
                    "[]",
                    "{",
                    "{\"note\":{}}")) {
                admin.json().body(body).post(path).then().statusCode(400);
            }
            admin.json()
                    .body("{\"note\":\"paid by 4242 4242 4242 4242\"}")
                    .post(path)
                    .then()
                    .statusCode(400);
            admin.json().header("Idempotency-Key", "a b").post(path).then().statusCode(400);
        }
        assertThat(reviewOf(orderId, "open")).isNotNull();
        admin.json()
                .body("{\"status\":\"approved\",\"note\":\"\"}")
                .post(REVIEWS + "/" + review + "/approve")
                .then()
                .statusCode(200);
    }

    @Test
    void the_longest_waiting_is_listed_first_and_a_page_at_a_time() {
        List<Long> orders = Stream.generate(this::heldOrder).limit(2).toList();

        List<Integer> listed = reviews("open").getList("data.reviews.order_id");

        assertThat(listed)
                .containsSubsequence(orders.get(0).intValue(), orders.get(1).intValue());
        admin.request()
                .get(REVIEWS + "?limit=1&page=" + listed.size())
                .then()
                .body("data.reviews.order_id", contains(orders.get(1).intValue()))
                .body("data.reviews.order_id", not(hasItem(orders.get(0).intValue())))
                .body("data.pagination.items_per_page", equalTo(1));
        orders.forEach(orderId -> decide(review(orderId), "approve").then().statusCode(200));
    }
}
