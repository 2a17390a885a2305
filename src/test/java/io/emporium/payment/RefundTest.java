package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.emporium.Shopper;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.shared.Money;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@QuarkusTest
class RefundTest extends PaymentScene {
    @Inject
    RefundSettlement refunds;

    @Inject
    Gateways gateways;

    @Test
    void the_owner_gets_all_of_it_back_at_once_while_the_order_is_not_shipped_and_the_order_is_cancelled() {
        long orderId = paidOrder();

        Response answer = refund(shopper, orderId, "49.99");

        answer.then()
                .statusCode(200)
                .body("message", equalTo("Refund processed successfully"))
                .body("data.refund_id", startsWith("re_"))
                .body("data.status", equalTo("succeeded"));
        assertThat(answer.asString()).contains("\"amount\":49.99");
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
        assertThat(events("refund.succeeded", orderId)).isEqualTo(1);
        // It cancels the order, and that does not give it back once more.
        assertThat(transactions(orderId)).extracting(row -> row.get("type")).containsExactly("payment", "refund");
        assertThat(transactions(orderId).get(1).get("amount").toString()).isEqualTo("-49.99");
    }

    @Test
    void a_part_can_be_given_back_and_then_no_more_than_the_rest() {
        long orderId = paidOrder();

        refund(shopper, orderId, "20.00").then().statusCode(200);
        assertOrder(orderId, "confirmed", "partially_refunded");
        refund(shopper, orderId, "30.00")
                .then()
                .statusCode(409)
                .body("error.code", equalTo("REFUND_EXCEEDS_PAYMENT"))
                .body("error.details.refundable", equalTo(29.99f));
        refund(shopper, orderId, "29.99").then().statusCode(200);

        assertOrder(orderId, "cancelled", "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
    }

    @Test
    void after_shipping_the_owner_asks_and_an_admin_decides() {
        long orderId = paidOrder();
        ship(orderId);

        int request = refund(shopper, orderId, "49.99")
                .then()
                .statusCode(202)
                .body("data.status", equalTo("pending_approval"))
                .body("data.refund_id", nullValue())
                .extract()
                .path("data.refund_request_id");
        assertThat(FakeStripe.refunded(orderId)).isZero();
        String waiting = "data.refund_requests.find { it.refund_request_id == " + request + " }";
        pageOf("/api/v1/refund-requests", waiting).body(waiting + ".order_id", equalTo((int) orderId));

        admin.json()
                .post("/api/v1/refund-requests/" + request + "/approve")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("succeeded"))
                .body("data.refund_id", startsWith("re_"));

        // The goods have left: what was given back is noted, the order stays what it is.
        assertOrder(orderId, "shipped", "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
        admin.json()
                .post("/api/v1/refund-requests/" + request + "/approve")
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        assertThat(audited("refund.approved", request)).isEqualTo(1);
    }

    @Test
    void a_rejected_request_gives_nothing_back_and_blocks_nothing() {
        long orderId = paidOrder();
        ship(orderId);
        int request = refund(shopper, orderId, "49.99")
                .then()
                .statusCode(202)
                .extract()
                .path("data.refund_request_id");
        refund(admin, orderId, "0.01").then().statusCode(409);

        admin.json()
                .post("/api/v1/refund-requests/" + request + "/reject")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("rejected"));

        assertThat(FakeStripe.refunded(orderId)).isZero();
        admin.json()
                .post("/api/v1/refund-requests/" + request + "/approve")
                .then()
                .statusCode(409);
        refund(admin, orderId, "10.00").then().statusCode(200);
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(1000);
        assertThat(audited("refund.rejected", request)).isEqualTo(1);
    }

    @Test
    void who_may_not_refund_does_not_refund() {
        long orderId = paidOrder();
        Shopper other = Shopper.registered();

        refund(other, orderId, "1.00").then().statusCode(404);
        other.request().get("/api/v1/refund-requests").then().statusCode(403);
        shopper.json().post("/api/v1/refund-requests/1/approve").then().statusCode(403);
        shopper.json().post("/api/v1/refund-requests/1/reject").then().statusCode(403);
        io.restassured.RestAssured.given()
                .post("/api/v1/refund-requests/1/reject")
                .then()
                .statusCode(401);

        assertThat(FakeStripe.refunded(orderId)).isZero();
    }

    @Test
    void what_was_not_paid_cannot_be_given_back() {
        long orderId = order();

        refund(shopper, orderId, "1.00").then().statusCode(409).body("error.code", equalTo("REFUND_EXCEEDS_PAYMENT"));
        refund(admin, 987654321, "1.00").then().statusCode(404);
    }

    @Test
    void an_amount_must_be_money() {
        long orderId = paidOrder();

        for (String amount : List.of("0", "-1", "0.001", "1e309", "null", "\"1\"", "100000000")) {
            refund(shopper, orderId, amount).then().statusCode(400);
        }

        assertThat(FakeStripe.refunded(orderId)).isZero();
    }

    @Test
    void cancelling_a_paid_order_gives_all_of_it_back() {
        long orderId = paidOrder();
        refund(shopper, orderId, "9.99").then().statusCode(200);

        cancel(shopper, orderId);

        waitForPayment(orderId, "refunded");
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
        String rest = "data.refund_requests.find { it.order_id == " + orderId + " && it.cause == 'cancelled' }";
        pageOf("/api/v1/refund-requests?status=succeeded", rest).body(rest + ".amount", equalTo(40.0f));
    }

    @Test
    void a_refund_whose_outcome_is_unknown_is_pending_and_made_once() {
        for (String[] fault : new String[][] {{"before", "http_503"}, {"after", "cut"}, {"after", "http_500"}}) {
            FakeStripe.webhooks("off");
            long orderId = paidOrder();
            FakeStripe.fault("POST", FakeStripe.REFUND, fault[0], fault[1], 1);

            refund(shopper, orderId, "49.99")
                    .then()
                    .statusCode(200)
                    .body("data.status", equalTo("pending"))
                    .body("data.refund_id", startsWith("ref_"));

            waitForPayment(orderId, "refunded");
            String intent = (String) FakeStripe.intents(orderId).getFirst().get("id");
            assertThat(FakeStripe.refunds(intent)).isEqualTo(1);
            assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
        }
    }

    @Test
    void after_a_day_a_refund_is_looked_for_before_it_is_made() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        FakeStripe.loseTheAnswerAndThen(FakeStripe.REFUND, "http_503", 1_000);
        refund(shopper, orderId, "49.99").then().statusCode(200).body("data.status", equalTo("pending"));

        sql(
                "UPDATE transactions SET created_at = created_at - interval '25 hours' WHERE transaction_type = 'refund' AND order_id = "
                        + orderId);

        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
    }

    @Test
    void a_refund_the_bank_is_busy_with_is_pending_until_the_webhook_says_more() {
        long orderId = shopper.order(product, 1);
        pay(orderId, "pm_card_pendingRefund").then().statusCode(200);

        String refund = refund(shopper, orderId, "49.99")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("pending"))
                .body("data.refund_id", startsWith("re_"))
                .extract()
                .path("data.refund_id");
        // Nobody packs what is being given back.
        assertOrder(orderId, "cancelled", "completed");
        admin.json()
                .body(Map.of("status", "processing"))
                .put("/api/v1/orders/" + orderId + "/status")
                .then()
                .statusCode(409);
        refund(shopper, orderId, "0.01").then().statusCode(409);

        FakeStripe.completeRefund(refund, "succeed");

        waitForPayment(orderId, "refunded");
    }

    @Test
    void a_refund_that_fails_can_be_made_again() {
        long orderId = shopper.order(product, 1);
        pay(orderId, "pm_card_refundFail").then().statusCode(200);
        String refund = refund(shopper, orderId, "20.00")
                .then()
                .statusCode(200)
                .extract()
                .path("data.refund_id");

        FakeStripe.completeRefund(refund, "fail");

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> shopper.request()
                        .get("/api/v1/payments/" + refund)
                        .then()
                        .body("data.status", equalTo("failed")));
        assertOrder(orderId, "confirmed", "completed");
        String again = refund(shopper, orderId, "20.00")
                .then()
                .statusCode(200)
                .extract()
                .path("data.refund_id");
        FakeStripe.completeRefund(again, "succeed");
        waitForPayment(orderId, "partially_refunded");
    }

    @Test
    void a_part_that_bounces_when_the_order_was_cancelled_meanwhile_goes_back_again() {
        long orderId = shopper.order(product, 1);
        pay(orderId, "pm_card_refundFail").then().statusCode(200);
        String part = refund(shopper, orderId, "20.00")
                .then()
                .statusCode(200)
                .extract()
                .path("data.refund_id");
        FakeStripe.completeRefund(part, "succeed");
        waitForPayment(orderId, "partially_refunded");
        cancel(shopper, orderId);
        FakeStripe.completeRefund(refundOf(orderId, "processing"), "succeed");
        waitForPayment(orderId, "refunded");

        FakeStripe.completeRefund(part, "fail");

        // After a pause, which this test does not wait for.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(refundsOf(orderId)).hasSize(3));
        sql(
                "UPDATE transactions SET next_check_at = now() WHERE transaction_type = 'refund' AND status = 'processing' AND order_id = "
                        + orderId);
        FakeStripe.completeRefund(refundOf(orderId, "processing"), "succeed");
        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
    }

    @Test
    void what_a_cancelled_order_gives_back_is_tried_again_until_it_is_gone() {
        long orderId = shopper.order(product, 1);
        pay(orderId, "pm_card_refundFail").then().statusCode(200);
        cancel(shopper, orderId);
        FakeStripe.completeRefund(refundOf(orderId, "processing"), "fail");

        // After a pause, which this test does not wait for.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(refundsOf(orderId)).hasSize(2));
        sql(
                "UPDATE transactions SET next_check_at = now() WHERE transaction_type = 'refund' AND status = 'processing' AND order_id = "
                        + orderId);
        FakeStripe.completeRefund(refundOf(orderId, "processing"), "succeed");

        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
    }

    @Test
    void a_refund_that_succeeded_and_of_which_something_was_heard_is_asked_about_until_it_is_known() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        refund(shopper, orderId, "49.99").then().statusCode(200);
        long refundId = ((Number) database.createNativeQuery(
                                "SELECT refund_id FROM refunds WHERE order_id = " + orderId, Long.class)
                        .getSingleResult())
                .longValue();
        long before = askedOf(orderId);

        refunds.settle(refundId, new RefundOutcome.Unknown("test"));

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(askedOf(orderId)).isGreaterThan(before));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(dueOf(orderId)).isZero());
        assertOrder(orderId, "cancelled", "refunded");
    }

    private long askedOf(long orderId) {
        return number("SELECT sum(checks) FROM transactions WHERE order_id = " + orderId);
    }

    private long dueOf(long orderId) {
        return number("SELECT count(*) FROM transactions WHERE next_check_at IS NOT NULL AND order_id = " + orderId);
    }

    private List<Map<String, Object>> refundsOf(long orderId) {
        return transactions(orderId).stream()
                .filter(row -> "refund".equals(row.get("type")))
                .toList();
    }

    /** The provider's name of the order's refund of that status, as soon as it has one. */
    private String refundOf(long orderId, String status) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> refundsOf(orderId).stream()
                                .filter(row -> status.equals(row.get("status")))
                                .map(row -> String.valueOf(row.get("transaction_id")))
                                .filter(id -> id.startsWith("re_"))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    @Test
    void a_reason_with_a_card_number_is_refused() {
        long orderId = paidOrder();

        shopper.json()
                .body(Map.of("order_id", orderId, "amount", 1, "reason", "I paid with 4242 4242 4242 4242"))
                .post("/api/v1/payments/refund")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));
        shopper.json()
                .body(Map.of("order_id", orderId, "amount", 1, "reason", "Parcel 20261124093015 was empty"))
                .post("/api/v1/payments/refund")
                .then()
                .statusCode(200)
                .body("data.status", not(equalTo("failed")));
    }

    private long audited(String action, int refundId) {
        return ((Number) database.createNativeQuery(
                                "SELECT count(*) FROM audit_log WHERE action = :action AND entity_id = :id AND actor_id = :admin",
                                Long.class)
                        .setParameter("action", action)
                        .setParameter("id", Integer.toString(refundId))
                        .setParameter("admin", admin.userId)
                        .getSingleResult())
                .longValue();
    }

    @Test
    void one_that_was_made_after_it_had_been_called_failed_counts() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        long refundId = failedBeforeItWasNamed(orderId);
        String made = FakeStripe.refund(intentOf(orderId), 2000);
        var succeeded = twenty(made);

        refunds.settle(refundId, succeeded);

        assertOrder(orderId, "confirmed", "partially_refunded");
        refund(shopper, orderId, "30.00").then().statusCode(409).body("error.code", equalTo("REFUND_EXCEEDS_PAYMENT"));
        // What fails once it has a name has failed.
        FakeStripe.completeRefund(made, "fail");
        refunds.settle(refundId, new RefundOutcome.Failed(made, "lost_or_stolen_card", "test"));
        refunds.settle(refundId, succeeded);
        assertOrder(orderId, "confirmed", "completed");
    }

    @Test
    void one_that_was_made_after_all_beside_another_in_its_place_is_for_a_person() {
        long orderId = paidOrder();
        long refundId = failedBeforeItWasNamed(orderId);
        refund(shopper, orderId, "49.99").then().statusCode(200).body("data.status", equalTo("succeeded"));

        refunds.settle(refundId, new RefundOutcome.Pending("re_late" + refundId));
        refunds.settle(refundId, twenty("re_late" + refundId));

        assertOrder(orderId, "cancelled", "refunded");
        assertForAPerson(refundId, "failed");
    }

    private static RefundOutcome.Succeeded twenty(String refund) {
        return new RefundOutcome.Succeeded(refund, Money.of(new BigDecimal("20.00"), "USD"));
    }

    private long failedBeforeItWasNamed(long orderId) {
        FakeStripe.fault("POST", FakeStripe.REFUND, "before", "http_503", 1_000);
        refund(shopper, orderId, "20.00").then().statusCode(200).body("data.status", equalTo("pending"));
        long refundId = number("SELECT refund_id FROM refunds WHERE order_id = " + orderId);
        refunds.settle(refundId, new RefundOutcome.Failed(null, "refused", "test"));
        FakeStripe.noFaults();
        assertOrder(orderId, "confirmed", "completed");
        return refundId;
    }

    @Test
    void while_stripe_is_away_it_is_written_down_and_made_when_it_is_back() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        // One answer would open the door, be it to a late webhook's question.
        FakeStripe.fault("POST", "/v1/**", "before", "http_503", 1_000);
        FakeStripe.fault("GET", "/v1/**", "before", "http_503", 1_000);
        var door = gateways.of(PaymentMethod.CREDIT_CARD).door();
        for (int i = 0; i < 10; i++) {
            door.unanswered();
        }

        refund(shopper, orderId, "20.00").then().statusCode(200).body("data.status", equalTo("pending"));
        assertThat(FakeStripe.refunded(orderId)).isZero();

        FakeStripe.noFaults();
        door.answered();
        waitForPayment(orderId, "partially_refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(2000);
    }

    @Test
    void one_that_was_made_twice_is_for_a_person() {
        long orderId = paidOrder();
        refund(shopper, orderId, "20.00").then().statusCode(200).body("data.status", equalTo("succeeded"));
        long refundId = number("SELECT refund_id FROM refunds WHERE order_id = " + orderId);

        refunds.settle(refundId, twenty("re_other" + refundId));

        assertOrder(orderId, "confirmed", "partially_refunded");
        assertForAPerson(refundId, "succeeded");
    }

    private void assertForAPerson(long refundId, String status) {
        assertThat(number("SELECT count(*) FROM payment_issues i JOIN refunds r USING (transaction_id) WHERE i.reason ="
                        + " 'amount_mismatch' AND r.status = '" + status + "' AND r.refund_id = " + refundId))
                .isEqualTo(1);
    }
}
