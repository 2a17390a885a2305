package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.payment.gateway.DisputeFacts;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A customer asks their bank for the money back. */
@QuarkusTest
class DisputeTest extends PaymentScene {
    @Inject
    Disputes disputes;

    @Test
    void a_dispute_is_noted_and_shown_to_the_shop_and_not_to_the_customer() {
        long orderId = paidOrder();
        String dispute = FakeStripe.dispute(intentOf(orderId));

        waitForDispute(dispute, "needs_response");

        admin.request()
                .get("/api/v1/admin/disputes?limit=100")
                .then()
                .statusCode(200)
                .body(of(dispute, "order_id"), equalTo((int) orderId))
                .body(of(dispute, "order_status"), equalTo("confirmed"))
                .body(of(dispute, "amount"), equalTo(49.99f))
                .body(of(dispute, "reason"), equalTo("fraudulent"))
                .body(of(dispute, "evidence_due_by"), notNullValue())
                .body(of(dispute, "closed_at"), nullValue());
        String transactions = "/api/v1/orders/" + orderId + "/transactions";
        admin.request().get(transactions).then().body("data.disputes.provider_reference", equalTo(List.of(dispute)));
        shopper.request().get(transactions).then().statusCode(200).body(not(containsString("disputes")));
        // The goods have not left, and nothing happens to them by itself.
        assertOrder(orderId, "confirmed", "completed");
        FakeStripe.closeDispute(dispute, "won");
        waitForDispute(dispute, "won");
    }

    @Test
    void every_admin_is_told_once_and_the_customer_is_not() {
        FakeStripe.webhooks(Map.of("state", "on", "duplicates", 5));
        long orderId = paidOrder();

        String dispute = FakeStripe.dispute(intentOf(orderId));
        waitForDispute(dispute, "needs_response");
        FakeStripe.closeDispute(dispute, "lost");
        waitForDispute(dispute, "lost");

        List<Long> admins = admins();
        assertThat(admins).contains(admin.userId).doesNotContain(shopper.userId);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            for (String type : List.of("payment_disputed", "payment_dispute_closed")) {
                assertThat(told(orderId, type)).as(type).containsExactlyInAnyOrderElementsOf(admins);
            }
        });
        assertThat(events("payment.disputed", orderId)).isEqualTo(1);
        assertThat(events("payment.dispute_closed", orderId)).isEqualTo(1);
    }

    @Test
    void events_in_any_order_end_the_same() {
        FakeStripe.webhooks("hold");
        long orderId = paidOrder();
        String intent = intentOf(orderId);
        String dispute = FakeStripe.dispute(intent);
        FakeStripe.review(dispute);
        FakeStripe.closeDispute(dispute, "won");

        FakeStripe.webhooks(Map.of("state", "on", "reversed", true));

        waitForDispute(dispute, "won");
        for (String type : List.of("created", "funds_withdrawn", "updated", "funds_reinstated", "closed")) {
            String event = FakeStripe.events(intent, "charge.dispute." + type).getFirst();
            assertThat(FakeStripe.resend(event, "good", 0)).as(type).isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(number("SELECT count(*) FROM webhook_events WHERE status = 'done' AND"
                                + " payload ->> 'id' = '" + dispute + "'"))
                        .isEqualTo(5));
        waitForDispute(dispute, "won");
        assertThat(number("SELECT count(*) FROM disputes WHERE order_id = " + orderId))
                .isEqualTo(1);
        assertThat(events("payment.disputed", orderId)).isEqualTo(1);
        assertThat(events("payment.dispute_closed", orderId)).isEqualTo(1);
    }

    @Test
    void what_was_asked_for_earlier_does_not_replace_what_was_asked_for_later() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        Instant now = Instant.now();
        String dispute = "dp_told" + orderId;

        assertThat(disputes.record(facts(orderId, dispute, "under_review"), now))
                .isTrue();
        disputes.record(facts(orderId, dispute, "needs_response"), now.minusSeconds(1));
        waitForDispute(dispute, "under_review");

        disputes.record(facts(orderId, dispute, "won"), now.plusSeconds(1));
        // Later, and still a closed dispute does not begin again.
        disputes.record(facts(orderId, dispute, "under_review"), now.plusSeconds(2));
        waitForDispute(dispute, "won");

        disputes.record(facts(orderId, "dp_new" + orderId, "a_word_of_next_year"), now);
        waitForDispute("dp_new" + orderId, "other");
        assertThat(disputes.record(
                        new DisputeFacts("dp_x", "pi_of_somebody_else", null, 1, "jpy", "x", "won", null, now), now))
                .isFalse();
    }

    @Test
    void a_disputed_payment_is_not_refunded_as_well() {
        long orderId = paidOrder();
        long shipped = shopper.paidOrder(product, 1);
        ship(shipped);
        int request = refund(shopper, shipped, "10.00")
                .then()
                .statusCode(202)
                .extract()
                .path("data.refund_request_id");
        // First what we do not know of yet: Stripe refuses.
        FakeStripe.webhooks("off");
        String early = FakeStripe.dispute(intentOf(orderId));
        refund(admin, orderId, "1.00").then().statusCode(409).body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        FakeStripe.webhooks("on");
        assertThat(FakeStripe.resend(
                        FakeStripe.events(intentOf(orderId), "charge.dispute.created")
                                .getFirst(),
                        "good",
                        0))
                .isEqualTo(200);
        String dispute = FakeStripe.dispute(intentOf(shipped));
        waitForDispute(early, "needs_response");
        waitForDispute(dispute, "needs_response");

        refund(admin, orderId, "1.00")
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"))
                .body("error.message", containsString("disputed"));
        approve(request);
        // Not a row more: it was not even asked for.
        assertThat(number("SELECT count(*) FROM refunds WHERE order_id = " + orderId))
                .isEqualTo(1);

        FakeStripe.closeDispute(early, "lost");
        FakeStripe.closeDispute(dispute, "lost");
        waitForDispute(early, "lost");
        waitForDispute(dispute, "lost");

        refund(admin, orderId, "1.00")
                .then()
                .statusCode(409)
                .body("error.code", equalTo("REFUND_EXCEEDS_PAYMENT"))
                .body("error.details.refundable", equalTo(0.0f));
        approve(request);
        assertThat(number("SELECT count(*) FROM refunds WHERE status = 'rejected' AND refund_id = " + request))
                .isEqualTo(1);
    }

    @Test
    void what_a_cancelled_order_owes_goes_back_when_the_dispute_is_won() {
        long orderId = paidOrder();
        String dispute = FakeStripe.dispute(intentOf(orderId));
        waitForDispute(dispute, "needs_response");

        cancel(shopper, orderId);
        assertOrder(orderId, "cancelled", "completed");
        // While the bank has the money nothing is tried, and the books do not say that the shop keeps it.
        assertThat(refunds(orderId)).isZero();
        invariants.hold();
        FakeStripe.closeDispute(dispute, "won");

        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS);
        assertNothingForAttention(orderId);
    }

    @Test
    void what_a_cancelled_order_owes_is_given_back_by_a_dispute_that_is_lost() {
        long orderId = paidOrder();
        String dispute = FakeStripe.dispute(intentOf(orderId));
        waitForDispute(dispute, "needs_response");
        cancel(shopper, orderId);

        FakeStripe.closeDispute(dispute, "lost");

        waitForPayment(orderId, "refunded");
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(FakeStripe.refunds(intentOf(orderId))).isZero();
        String noted = "data.refund_requests.find { it.refund_id == '" + dispute + "' }";
        pageOf("/api/v1/refund-requests?status=succeeded", noted)
                .body(noted + ".cause", equalTo("dispute"))
                .body(noted + ".amount", equalTo(49.99f));
        // The customer was not told of a refund: it was their bank's.
        assertThat(events("refund.succeeded", orderId)).isZero();
        assertThat(refunds(orderId)).isEqualTo(1);
    }

    @Test
    void what_a_lost_dispute_did_not_take_of_a_cancelled_order_goes_back() {
        long orderId = paidOrder();
        String dispute = FakeStripe.dispute(intentOf(orderId), 2000);
        waitForDispute(dispute, "needs_response");
        cancel(shopper, orderId);
        assertThat(refunds(orderId)).isZero();

        FakeStripe.closeDispute(dispute, "lost");

        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.refunded(orderId)).isEqualTo(CENTS - 2000);
    }

    @Test
    void a_lost_dispute_calls_no_order_off_and_cancelled_later_it_owes_nothing() {
        FakeStripe.webhooks(Map.of("state", "on", "duplicates", 5));
        long orderId = paidOrder();
        String dispute = FakeStripe.dispute(intentOf(orderId));
        waitForDispute(dispute, "needs_response");
        FakeStripe.closeDispute(dispute, "lost");

        waitForPayment(orderId, "refunded");
        assertOrder(orderId, "confirmed", "refunded");
        cancel(shopper, orderId);

        assertOrder(orderId, "cancelled", "refunded");
        assertThat(refunds(orderId)).isEqualTo(1);
        assertThat(FakeStripe.refunds(intentOf(orderId))).isZero();
    }

    @Test
    void a_refund_that_is_under_way_when_the_bank_takes_the_money_is_not_made_as_well() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        String intent = intentOf(orderId);
        // It is recorded, and Stripe does not answer: it may have been made.
        FakeStripe.fault("POST", FakeStripe.REFUND, "before", "http_503", 1_000);
        cancel(shopper, orderId);
        putOffChecks(orderId);
        FakeStripe.noFaults();
        String dispute = FakeStripe.dispute(intent);
        FakeStripe.closeDispute(dispute, "lost");
        FakeStripe.webhooks("on");
        assertThat(FakeStripe.resend(
                        FakeStripe.events(intent, "charge.dispute.closed").getFirst(), "good", 0))
                .isEqualTo(200);
        waitForDispute(dispute, "lost");
        // Whether it was made before only its outcome tells.
        assertThat(refunds(orderId)).isEqualTo(1);

        sql("UPDATE transactions SET next_check_at = now() WHERE transaction_type = 'refund' AND order_id = "
                + orderId);

        waitForPayment(orderId, "refunded");
        assertThat(FakeStripe.refunds(intent)).isZero();
        assertThat(number(
                        "SELECT count(*) FROM refunds WHERE cause = 'dispute' AND status = 'succeeded' AND order_id = "
                                + orderId))
                .isEqualTo(1);
        assertThat(number("SELECT count(*) FROM refunds WHERE status IN ('processing', 'pending') AND order_id = "
                        + orderId))
                .isZero();
        assertNothingForAttention(orderId);
    }

    @Test
    void what_a_lost_dispute_took_is_booked_when_the_refund_beside_it_is_known_to_have_failed() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        FakeStripe.fault("POST", FakeStripe.REFUND, "before", "http_503", 1_000);
        refund(admin, orderId, "40.00").then().statusCode(200).body("data.status", equalTo("pending"));
        putOffChecks(orderId);
        FakeStripe.noFaults();
        String dispute = FakeStripe.dispute(intentOf(orderId));
        FakeStripe.closeDispute(dispute, "lost");
        disputes.record(facts(orderId, dispute, "lost"), Instant.now());
        assertOrder(orderId, "confirmed", "completed");

        sql("UPDATE transactions SET next_check_at = now() WHERE transaction_type = 'refund' AND order_id = "
                + orderId);

        waitForPayment(orderId, "refunded");
        assertOrder(orderId, "confirmed", "refunded");
        assertThat(FakeStripe.refunds(intentOf(orderId))).isZero();
    }

    @Test
    void lost_and_won_after_all_it_is_the_shops_again() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        String dispute = FakeStripe.dispute(intentOf(orderId));
        Instant now = Instant.now();

        disputes.record(facts(orderId, dispute, "lost"), now);
        assertOrder(orderId, "confirmed", "refunded");
        disputes.record(facts(orderId, dispute, "won"), now.plusSeconds(1));

        assertOrder(orderId, "confirmed", "completed");
        FakeStripe.closeDispute(dispute, "won");
        refund(shopper, orderId, "49.99").then().statusCode(200);
    }

    @Test
    void a_dispute_of_money_that_was_taken_twice_holds_nothing_of_the_orders() {
        FakeStripe.webhooks("off");
        long orderId = paidOrder();
        String reference = (String) transactions(orderId).getFirst().get("transaction_reference");
        var ofTheOther = new DisputeFacts(
                "dp_other" + orderId, "pi_other" + orderId, reference, CENTS, "usd", "x", "lost", null, Instant.now());

        assertThat(disputes.record(ofTheOther, Instant.now())).isFalse();

        assertOrder(orderId, "confirmed", "completed");
    }

    @Test
    void a_dispute_is_heard_of_when_stripe_is_back_however_long_it_was_away() {
        long orderId = paidOrder();
        FakeStripe.fault("GET", "/v1/disputes/**", "before", "http_503", 14);
        String dispute = FakeStripe.dispute(intentOf(orderId));

        await().atMost(Duration.ofSeconds(180))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    // It waits longer each time; this test does not.
                    sql(
                            "UPDATE webhook_events SET next_try_at = now() WHERE status = 'received' AND last_error IS NOT NULL"
                                    + " AND payload ->> 'id' = '" + dispute + "'");
                    assertThat(number("SELECT count(*) FROM disputes WHERE provider_reference = '" + dispute + "'"))
                            .isEqualTo(1);
                });
        assertThat(number("SELECT max(attempts) FROM webhook_events WHERE payload ->> 'id' = '" + dispute + "'"))
                .isGreaterThan(5);
        assertThat(number("SELECT count(*) FROM webhook_events WHERE status = 'parked' AND payload ->> 'id' = '"
                        + dispute + "'"))
                .isZero();
        FakeStripe.closeDispute(dispute, "won");
        waitForDispute(dispute, "won");
    }

    @Test
    void the_list_is_narrowed_by_status_and_is_for_admins() {
        long orderId = paidOrder();
        String dispute = FakeStripe.dispute(intentOf(orderId));
        waitForDispute(dispute, "needs_response");
        FakeStripe.closeDispute(dispute, "lost");
        waitForDispute(dispute, "lost");

        admin.request()
                .get("/api/v1/admin/disputes?status=lost&limit=100")
                .then()
                .statusCode(200)
                .body("data.disputes.provider_reference", hasItem(dispute))
                .body("data.disputes.status", not(hasItem("won")))
                .body("data.pagination.items_per_page", equalTo(100));
        admin.request()
                .get("/api/v1/admin/disputes?status=won&limit=100")
                .then()
                .body("data.disputes.provider_reference", not(hasItem(dispute)));
        admin.request()
                .get("/api/v1/admin/disputes?status=nonsense")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"));
        shopper.request().get("/api/v1/admin/disputes").then().statusCode(403);
        RestAssured.given().get("/api/v1/admin/disputes").then().statusCode(401);
    }

    private void waitForDispute(String dispute, String status) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> admin.request()
                        .get("/api/v1/admin/disputes?limit=100")
                        .then()
                        .statusCode(200)
                        .body(of(dispute, "status"), equalTo(status)));
    }

    private static String of(String dispute, String field) {
        return "data.disputes.find { it.provider_reference == '" + dispute + "' }." + field;
    }

    private void assertNothingForAttention(long orderId) {
        String entry = "data.payments.find { it.order_id == " + orderId + " }";
        pageOf(ATTENTION, entry).body(entry, nullValue());
    }

    private void approve(int request) {
        admin.json()
                .post("/api/v1/refund-requests/" + request + "/approve")
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
    }

    private long refunds(long orderId) {
        return number("SELECT count(*) FROM refunds WHERE order_id = " + orderId);
    }

    private static DisputeFacts facts(long orderId, String dispute, String status) {
        return new DisputeFacts(
                dispute, intentOf(orderId), null, CENTS, "usd", "fraudulent", status, null, Instant.now());
    }

    private List<Long> told(long orderId, String type) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "SELECT user_id FROM notifications WHERE type = :type AND related_entity_id = :order",
                                Long.class)
                        .setParameter("type", type)
                        .setParameter("order", orderId)
                        .getResultList());
    }

    private List<Long> admins() {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "SELECT user_id FROM users WHERE role = 'admin' AND is_active", Long.class)
                        .getResultList());
    }
}
