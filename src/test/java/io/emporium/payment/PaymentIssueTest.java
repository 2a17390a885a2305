package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.emporium.payment.gateway.GatewayOutcome.Captured;
import io.emporium.shared.Money;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Money that a person has to look at is on one list, until somebody has. */
@QuarkusTest
class PaymentIssueTest extends PaymentScene {
    @Inject
    Settlement settlement;

    @Test
    void another_amount_than_was_asked_for_is_listed_and_the_customer_hears_that_it_is_processed() {
        FakeStripe.webhooks("off");
        long orderId = order();
        String reference = payWhileStripeIsAway(orderId);
        long id = number("SELECT transaction_id FROM transactions WHERE order_id = " + orderId);

        settlement.settle(id, new Captured("pi_wrong" + id, Money.of(new BigDecimal("49.98"), "USD"), "{}"));
        settlement.settle(id, new Captured("pi_wrong" + id, Money.of(new BigDecimal("49.98"), "USD"), "{}"));
        FakeStripe.noFaults();

        listed(reference)
                .body(of(reference, "reason"), equalTo("amount_mismatch"))
                .body(of(reference, "details"), equalTo("captured 49.98 USD instead of 49.99 USD"))
                .body(of(reference, "order_id"), equalTo((int) orderId))
                .body(of(reference, "status"), equalTo("processing"))
                .body(of(reference, "amount"), equalTo(49.99f));
        pay(orderId, "pm_card_visa").then().statusCode(202).body("data.status", equalTo("processing"));
        resolve(issue(reference), "It was a mistake of the test's").then().statusCode(200);
        // What was told here has not happened at Stripe.
        sql(
                "UPDATE transactions SET provider_reference = NULL, error_message = NULL, next_check_at = now() WHERE order_id = "
                        + orderId);
        waitForPayment(orderId, "completed");
    }

    @Test
    void money_taken_twice_under_one_reference_is_listed() {
        long orderId = order();
        String reference = pay(orderId, 200);

        String second = FakeStripe.charge(CENTS, Map.of("transaction_reference", reference));

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> listed(reference)
                        .body(of(reference, "reason"), equalTo("captured_twice"))
                        .body(of(reference, "details"), containsString("49.99 USD in " + second)));
        assertOrder(orderId, "confirmed", "completed");
        resolve(issue(reference), "Refunded in the dashboard").then().statusCode(200);
    }

    @Test
    void money_taken_twice_is_given_back_once_from_the_list_and_the_order_keeps_its_payment() {
        FakeStripe.webhooks(Map.of("state", "on", "duplicates", 3));
        long orderId = order();
        String reference = pay(orderId, 200);
        String second = FakeStripe.charge(CENTS, Map.of("transaction_reference", reference));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> listed(reference).body(of(reference, "capture"), equalTo(second)));
        int issue = issue(reference);

        // Its answer gets lost, and whoever asks again asks for the same refund.
        FakeStripe.webhooks("off");
        FakeStripe.fault("POST", FakeStripe.REFUND, "after", "cut", 1);
        giveBack(issue).then().statusCode(202).body("data.resolved_at", nullValue());
        giveBack(issue)
                .then()
                .statusCode(200)
                .body("data.note", equalTo("Taken twice"))
                .body("data.refund_id", startsWith("re_"))
                .body("data.resolved_by", equalTo((int) admin.userId));

        giveBack(issue).then().statusCode(409).body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        assertThat(FakeStripe.refunds(second)).isEqualTo(1);
        assertThat(FakeStripe.refunds(intentOf(orderId))).isZero();
        listed(reference).body(of(reference, "reason"), nullValue());
        // What Stripe tells of it is not taken for a refund of the order's.
        FakeStripe.webhooks("on");
        String event = FakeStripe.events(second, "refund.created").getFirst();
        assertThat(FakeStripe.resend(event, "good", 0)).isEqualTo(200);
        waitForEvent(event);
        assertOrder(orderId, "confirmed", "completed");
        for (String action : List.of("payment_issue.refund_begun", "payment_issue.refunded")) {
            assertThat(number("SELECT count(*) FROM audit_log WHERE action = '" + action + "' AND entity_id = '" + issue
                            + "' AND actor_id = " + admin.userId))
                    .as(action)
                    .isEqualTo(1);
        }
    }

    @Test
    void money_taken_twice_that_somebody_gives_back_at_stripe_leaves_the_list_and_moves_no_order() {
        long orderId = order();
        String reference = pay(orderId, 200);
        String second = FakeStripe.charge(CENTS, Map.of("transaction_reference", reference));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(issue(reference)).isPositive());

        String refund = FakeStripe.refund(second, CENTS);

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(issue(reference)).isZero());
        assertOrder(orderId, "confirmed", "completed");
        assertThat(number("SELECT count(*) FROM refunds WHERE order_id = " + orderId))
                .isZero();
        // Sent back by the bank it is here again.
        FakeStripe.completeRefund(refund, "fail");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(issue(reference)).isPositive());
        giveBack(issue(reference)).then().statusCode(200);
    }

    @Test
    void what_goes_back_of_money_that_we_have_not_heard_of_yet_is_no_refund_of_the_order() {
        long orderId = order();
        String reference = pay(orderId, 200);
        FakeStripe.webhooks("off");
        String second = FakeStripe.charge(CENTS, Map.of("transaction_reference", reference));
        FakeStripe.webhooks("on");

        FakeStripe.refund(second, CENTS);

        waitForEvent(FakeStripe.events(second, "refund.created").getFirst());
        assertOrder(orderId, "confirmed", "completed");
        assertThat(number("SELECT count(*) FROM refunds WHERE order_id = " + orderId))
                .isZero();
        // What was taken is heard of last.
        FakeStripe.resend(FakeStripe.events(second, "payment_intent.succeeded").getFirst(), "good", 0);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(issue(reference)).isPositive());
    }

    @Test
    void only_money_taken_twice_is_given_back_from_the_list_and_only_by_an_admin() {
        FakeStripe.webhooks("off");
        long orderId = order();
        String reference = payWhileStripeIsAway(orderId);
        long id = number("SELECT transaction_id FROM transactions WHERE order_id = " + orderId);
        settlement.settle(id, new Captured("pi_wrong" + id, Money.of(new BigDecimal("49.98"), "USD"), "{}"));
        FakeStripe.noFaults();

        // As where the bank tells of another amount.
        sql("UPDATE payment_issues SET capture = NULL, captured_amount = NULL WHERE transaction_id = " + id);
        giveBack(issue(reference))
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"))
                .body("error.details.reason", equalTo("amount_mismatch"));
        giveBack(987654321).then().statusCode(404);
        String path = "/api/v1/admin/payments/attention/" + issue(reference) + "/refund";
        shopper.json().body(Map.of("note", "mine")).post(path).then().statusCode(403);
        admin.json().body(Map.of("note", " ")).post(path).then().statusCode(400);
        sql(
                "UPDATE transactions SET provider_reference = NULL, error_message = NULL, next_check_at = now() WHERE order_id = "
                        + orderId);
        waitForPayment(orderId, "completed");
    }

    @Test
    void a_refund_that_stripe_refuses_leaves_it_on_the_list() {
        long orderId = order();
        String reference = pay(orderId, 200);
        String second = FakeStripe.charge(CENTS, Map.of("transaction_reference", reference));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(issue(reference)).isPositive());
        FakeStripe.refund(second, 1000);

        giveBack(issue(reference)).then().statusCode(409).body("error.code", equalTo("REFUND_EXCEEDS_PAYMENT"));

        assertThat(issue(reference)).isPositive();
        assertOrder(orderId, "confirmed", "completed");
    }

    private io.restassured.response.Response giveBack(int issue) {
        return admin.json()
                .body(Map.of("note", "Taken twice"))
                .post("/api/v1/admin/payments/attention/" + issue + "/refund");
    }

    private void waitForEvent(String event) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(number("SELECT count(*) FROM webhook_events WHERE status IN ('done',"
                                + " 'ignored') AND event_id = '" + event + "'"))
                        .isEqualTo(1));
    }

    @Test
    void what_is_not_settled_for_a_day_is_listed_asked_about_once_an_hour_and_leaves_the_list_when_it_settles() {
        FakeStripe.webhooks("off");
        long orderId = order();
        FakeStripe.fault("POST", FakeStripe.CREATE, "before", "http_503", 1_000);
        String reference = pay(orderId, 202);

        // Stripe does not know it, and will not.
        sql("UPDATE transactions SET provider_reference = 'pi_nobody" + orderId + "', checks = 20,"
                + " created_at = now() - interval '25 hours', next_check_at = now() WHERE order_id = " + orderId);
        FakeStripe.noFaults();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> listed(reference)
                        .body(of(reference, "reason"), equalTo("unsettled"))
                        .body(of(reference, "details"), containsString("404")));
        assertThat(number(
                        "SELECT count(*) FROM transactions WHERE next_check_at > now() + interval '50 minutes' AND order_id = "
                                + orderId))
                .isEqualTo(1);
        pay(orderId, "pm_card_visa").then().statusCode(202).body("data.status", equalTo("processing"));

        sql("UPDATE transactions SET provider_reference = NULL, next_check_at = now() WHERE order_id = " + orderId);

        waitForPayment(orderId, "failed");
        listed(reference).body(of(reference, "reason"), nullValue());
        assertThat(number(
                        "SELECT count(*) FROM payment_issues WHERE resolved_at IS NOT NULL AND resolved_by IS NULL AND"
                                + " transaction_id IN (SELECT transaction_id FROM transactions WHERE order_id = "
                                + orderId + ")"))
                .isEqualTo(1);
    }

    @Test
    void a_payment_that_is_asked_about_for_less_than_a_day_is_not_listed() {
        FakeStripe.webhooks("off");
        long orderId = order();
        FakeStripe.fault("POST", FakeStripe.CREATE, "before", "http_503", 2);
        String reference = pay(orderId, 202);

        waitForPayment(orderId, "completed");
        assertThat(number("SELECT count(*) FROM payment_issues WHERE transaction_id IN (SELECT transaction_id FROM"
                        + " transactions WHERE transaction_reference = '" + reference + "')"))
                .isZero();
    }

    @Test
    void a_refund_that_failed_is_listed_until_the_money_is_back() {
        long orderId = shopper.order(product, 1);
        pay(orderId, "pm_card_refundFail").then().statusCode(200);
        String refund = refund(shopper, orderId, "49.99")
                .then()
                .statusCode(200)
                .extract()
                .path("data.refund_id");

        FakeStripe.completeRefund(refund, "fail");

        String failed = "data.payments.find { it.transaction_id == '" + refund + "' }";
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> pageOf(ATTENTION, failed)
                        .body(failed + ".reason", equalTo("refund_failed"))
                        .body(failed + ".type", equalTo("refund"))
                        .body(failed + ".amount", equalTo(-49.99f)));
        // It is made again by itself, after a pause that this test does not wait for.
        sql("UPDATE transactions SET next_check_at = now() WHERE status = 'processing' AND order_id = " + orderId);
        String again = await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> transactions(orderId).stream()
                                .filter(row -> "processing".equals(row.get("status")))
                                .map(row -> String.valueOf(row.get("transaction_id")))
                                .filter(id -> id.startsWith("re_"))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
        FakeStripe.completeRefund(again, "succeed");
        waitForPayment(orderId, "refunded");
        pageOf(ATTENTION, failed).body(failed, nullValue());
    }

    @Test
    void an_admin_resolves_it_once_with_a_note_and_nobody_else_does() {
        long orderId = order();
        String reference = pay(orderId, 200);
        FakeStripe.charge(CENTS, Map.of("transaction_reference", reference));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(issue(reference)).isPositive());
        int issue = issue(reference);
        String path = "/api/v1/admin/payments/attention/" + issue + "/resolve";

        for (String body :
                List.of("{}", "{\"note\":\" \"}", "{\"note\":\"" + "x".repeat(501) + "\"}", "{\"note\":7}", "")) {
            admin.json().body(body).post(path).then().statusCode(400);
        }
        admin.json()
                .body(Map.of("note", "It was 4242 4242 4242 4242"))
                .post(path)
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"));
        shopper.json().body(Map.of("note", "mine")).post(path).then().statusCode(403);
        shopper.request().get(ATTENTION).then().statusCode(403);
        RestAssured.given().get(ATTENTION).then().statusCode(401);

        resolve(issue, "Refunded in the dashboard")
                .then()
                .statusCode(200)
                .body("data.note", equalTo("Refunded in the dashboard"))
                .body("data.resolved_by", equalTo((int) admin.userId));
        resolve(issue, "Again").then().statusCode(409).body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        resolve(987654321, "None").then().statusCode(404);
        listed(reference).body(of(reference, "reason"), nullValue());
        assertThat(number("SELECT count(*) FROM audit_log WHERE action = 'payment_issue.resolved' AND entity_id = '"
                        + issue + "' AND actor_id = " + admin.userId))
                .isEqualTo(1);
    }

    private ValidatableResponse listed(String reference) {
        return pageOf(ATTENTION, entry(reference));
    }

    private static String entry(String reference) {
        return "data.payments.find { it.transaction_reference == '" + reference + "' }";
    }

    private static String of(String reference, String field) {
        return entry(reference) + "." + field;
    }

    private int issue(String reference) {
        Integer id = listed(reference).extract().path(of(reference, "issue_id"));
        return id == null ? 0 : id;
    }

    private io.restassured.response.Response resolve(int issue, String note) {
        return admin.json().body(Map.of("note", note)).post("/api/v1/admin/payments/attention/" + issue + "/resolve");
    }

    @Test
    void another_amount_than_was_asked_for_is_given_back_from_the_list_and_the_order_paid_anew() {
        Wrong wrong = anotherAmountTaken();

        giveBack(issue(wrong.reference())).then().statusCode(200).body("data.refund_id", startsWith("re_"));

        assertThat(FakeStripe.refunds(wrong.intent())).isEqualTo(1);
        assertOrder(wrong.orderId(), "pending", "failed");
        // More than was to be paid: it is no refund of the order's.
        FakeStripe.webhooks("on");
        String event = FakeStripe.events(wrong.intent(), "refund.created").getFirst();
        assertThat(FakeStripe.resend(event, "good", 0)).isEqualTo(200);
        waitForEvent(event);
        assertThat(number("SELECT count(*) FROM refunds WHERE order_id = " + wrong.orderId()))
                .isZero();
        pay(wrong.orderId(), "pm_card_visa").then().statusCode(200).body("data.status", equalTo("completed"));
    }

    @Test
    void money_taken_three_times_is_listed_twice() {
        long orderId = order();
        String reference = pay(orderId, 200);
        FakeStripe.charge(CENTS, Map.of("transaction_reference", reference));
        FakeStripe.charge(CENTS, Map.of("transaction_reference", reference));

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(number(
                                "SELECT count(*) FROM payment_issues i JOIN transactions t USING (transaction_id) WHERE"
                                        + " i.reason = 'captured_twice' AND i.resolved_at IS NULL AND t.order_id = "
                                        + orderId))
                        .isEqualTo(2));
        assertOrder(orderId, "confirmed", "completed");
    }

    @Test
    void another_amount_that_somebody_gives_back_at_stripe_lets_the_order_be_paid_anew() {
        Wrong wrong = anotherAmountTaken();
        assertThat(issue(wrong.reference())).isPositive();

        FakeStripe.webhooks("on");
        FakeStripe.refund(wrong.intent(), CENTS + 1);

        waitForPayment(wrong.orderId(), "failed");
        assertThat(issue(wrong.reference())).isZero();
        pay(wrong.orderId(), "pm_card_visa").then().statusCode(200).body("data.status", equalTo("completed"));
    }

    @Test
    void a_fault_that_stripe_keeps_holds_no_refund_from_the_list() {
        FakeStripe.webhooks("off");
        long orderId = order();
        String reference = pay(orderId, 200);
        FakeStripe.webhooks("on");
        String second = FakeStripe.charge(CENTS, Map.of("transaction_reference", reference));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(issue(reference)).isPositive());
        int issue = issue(reference);
        FakeStripe.keptFailure(FakeStripe.REFUND, "before");

        giveBack(issue).then().statusCode(202);
        giveBack(issue).then().statusCode(200).body("data.refund_id", startsWith("re_"));

        assertThat(FakeStripe.refunds(second)).isEqualTo(1);
    }

    /** @param intent the money that was taken in place of what was asked for */
    private record Wrong(long orderId, String reference, String intent) {}

    private Wrong anotherAmountTaken() {
        FakeStripe.webhooks("off");
        long orderId = order();
        String intent = FakeStripe.charge(CENTS + 1, Map.of("transaction_reference", "nobody's"));
        String reference = payWhileStripeIsAway(orderId);
        long id = number("SELECT transaction_id FROM transactions WHERE order_id = " + orderId);
        settlement.settle(id, new Captured(intent, Money.of(new BigDecimal("50.00"), "USD"), "{}"));
        FakeStripe.noFaults();
        return new Wrong(orderId, reference, intent);
    }

    /** It stays away until there are no faults any more: the reconciler shall not pay before the test has settled. */
    /** @return our reference of the payment */
    private String pay(long orderId, int status) {
        return pay(orderId, "pm_card_visa").then().statusCode(status).extract().path("data.transaction_reference");
    }

    private String payWhileStripeIsAway(long orderId) {
        FakeStripe.fault("POST", FakeStripe.CREATE, "before", "http_503", 1_000);
        return pay(orderId, 202);
    }
}
