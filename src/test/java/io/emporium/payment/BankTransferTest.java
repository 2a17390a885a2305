package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.emporium.Shopper;
import io.emporium.Together;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
class BankTransferTest extends PaymentScene {
    private long transferOrder() {
        return shopper.order(product, 1, "bank_transfer");
    }

    private Response pay(long orderId) {
        return shopper.json()
                .body(Map.of("order_id", orderId, "payment_method", "bank_transfer", "payment_details", Map.of()))
                .post("/api/v1/payments/process");
    }

    private String awaited(long orderId) {
        return pay(orderId).then().statusCode(200).extract().path("data.transaction_id");
    }

    private static Response confirm(Shopper who, String reference, String amount) {
        return who.json()
                .body("{\"amount\":" + amount + "}")
                .post("/api/v1/payments/bank-transfers/" + reference + "/confirm");
    }

    private Map<String, Object> listed(String status, long orderId) {
        String entry = " { it.order_id == " + orderId + " }";
        List<Map<String, Object>> found = pageOf(
                        "/api/v1/payments/bank-transfers?status=" + status, "data.transfers.find" + entry)
                .extract()
                .jsonPath()
                .getList("data.transfers.findAll" + entry);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @Test
    void the_customer_is_told_where_to_pay_and_an_admin_sees_the_money_come() {
        long orderId = transferOrder();

        Response told = pay(orderId);

        told.then()
                .statusCode(200)
                .body("data.status", equalTo("pending_verification"))
                .body("data.transaction_id", startsWith("RF"))
                .body("data.next_action.type", equalTo("bank_transfer"))
                .body("data.next_action.iban", equalTo("DE89370400440532013000"))
                .body("data.next_action.account_holder", equalTo("Emporium Demo Shop"))
                .body("data.next_action.currency", equalTo("USD"));
        assertThat(told.asString()).contains("\"amount\":49.99");
        assertOrder(orderId, "pending", "pending_verification");
        String reference = told.path("data.transaction_id");
        assertThat(told.<String>path("data.next_action.reference")).isEqualTo(reference);
        assertThat(listed("pending_verification", orderId)).containsEntry("reference", reference);

        FakeBank.transfer("49.99", reference);
        confirm(admin, reference, "49.99").then().statusCode(200).body("data.status", equalTo("completed"));

        assertOrder(orderId, "confirmed", "completed");
        assertThat(events("payment.completed", orderId)).isEqualTo(1);
        assertThat(listed("completed", orderId)).containsEntry("reference", reference);
    }

    @Test
    void asked_again_it_is_the_same_transfer() {
        long orderId = transferOrder();
        String reference = awaited(orderId);

        assertThat(awaited(orderId)).isEqualTo(reference);
        List<String> together = Together.times(10, i -> pay(orderId).path("data.transaction_id"));

        assertThat(together).containsOnly(reference);
        assertThat(transactions(orderId)).hasSize(1);
    }

    @Test
    void another_amount_is_refused_and_noted_and_the_order_still_waits() {
        long orderId = transferOrder();
        String reference = awaited(orderId);

        for (String wrong : List.of("49.98", "50.00", "4999")) {
            confirm(admin, reference, wrong)
                    .then()
                    .statusCode(400)
                    .body("error.code", equalTo("VALIDATION_ERROR"))
                    .body("error.details.fields[0].message", equalTo("must be 49.99"));
        }

        assertOrder(orderId, "pending", "pending_verification");
        assertThat(listed("pending_verification", orderId)
                        .get("reported_amount")
                        .toString())
                .isEqualTo("4999.0");
        FakeBank.transfer("49.99", reference);
        confirm(admin, reference, "49.99").then().statusCode(200);
        assertOrder(orderId, "confirmed", "completed");
    }

    @Test
    void confirmed_twice_or_by_ten_admins_at_once_it_is_paid_once() {
        long orderId = transferOrder();
        String reference = awaited(orderId);
        FakeBank.transfer("49.99", reference);

        List<Integer> answers =
                Together.times(10, i -> confirm(admin, reference, "49.99").statusCode());

        assertThat(answers).containsOnlyOnce(200).contains(409);
        confirm(admin, reference, "49.99")
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        assertThat(events("payment.completed", orderId)).isEqualTo(1);
        assertThat(events("order.confirmed", orderId)).isEqualTo(1);
    }

    @Test
    void a_confirmation_is_repeated_under_its_key() {
        long orderId = transferOrder();
        String reference = awaited(orderId);
        String path = "/api/v1/payments/bank-transfers/" + reference + "/confirm";
        String key = "confirm-" + reference;
        FakeBank.transfer("49.99", reference);

        for (int i = 0; i < 2; i++) {
            admin.json()
                    .header("Idempotency-Key", key)
                    .body("{\"amount\":49.99}")
                    .post(path)
                    .then()
                    .statusCode(200)
                    .body("data.status", equalTo("completed"));
        }
    }

    @Test
    void only_an_admin_confirms_and_only_what_there_is() {
        String reference = awaited(transferOrder());

        confirm(shopper, reference, "49.99").then().statusCode(403);
        confirm(admin, "RF00NOTHING", "49.99").then().statusCode(404);
        String card = paidOrderReference();
        confirm(admin, card, "49.99").then().statusCode(404);
        for (String amount : List.of("0", "-49.99", "null", "\"x\"", "1e309", "49.999")) {
            confirm(admin, reference, amount).then().statusCode(400);
        }
        shopper.request().get("/api/v1/payments/bank-transfers").then().statusCode(403);
        admin.request()
                .get("/api/v1/payments/bank-transfers?status=nonsense")
                .then()
                .statusCode(400);
    }

    private String paidOrderReference() {
        return (String) transactions(paidOrder()).getFirst().get("transaction_id");
    }

    @Test
    void a_transfer_that_does_not_come_in_time_frees_the_goods() {
        long orderId = transferOrder();
        awaited(orderId);

        sql("UPDATE orders SET expires_at = now() - interval '1 second' WHERE order_id = " + orderId);
        sql("UPDATE transactions SET next_check_at = now() WHERE order_id = " + orderId);

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(shopper.order(orderId).getString("data.status"))
                        .isEqualTo("cancelled"));
        assertThat(shopper.order(orderId).getString("data.cancel_reason")).isEqualTo("expired");
    }

    @Test
    void it_has_seven_days() {
        long orderId = transferOrder();
        var order = shopper.order(orderId);
        var left = Duration.between(
                java.time.Instant.parse(order.getString("data.created_at")),
                java.time.Instant.parse(order.getString("data.expires_at")));
        assertThat(left).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void money_that_comes_after_the_order_was_cancelled_is_to_go_back_and_an_admin_says_when_it_has() {
        long orderId = transferOrder();
        String reference = awaited(orderId);
        cancel(shopper, orderId);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(transactions(orderId).getFirst().get("status"))
                        .isEqualTo("cancelled"));

        FakeBank.transfer("49.99", reference);
        confirm(admin, reference, "49.99").then().statusCode(200);

        assertOrder(orderId, "cancelled", "completed");
        int refund = pendingRefund(orderId);
        transferred(shopper, refund).then().statusCode(403);
        FakeBank.payout("49.99", refundReference(orderId));
        transferred(admin, refund).then().statusCode(200).body("data.status", equalTo("succeeded"));
        transferred(admin, refund).then().statusCode(409);
        assertOrder(orderId, "cancelled", "refunded");
        assertThat(events("refund.succeeded", orderId)).isEqualTo(1);
    }

    @Test
    void a_refund_waits_until_the_shop_has_transferred_it() {
        long orderId = transferOrder();
        String reference = awaited(orderId);
        FakeBank.transfer("49.99", reference);
        confirm(admin, reference, "49.99").then().statusCode(200);

        refund(shopper, orderId, "49.99").then().statusCode(200).body("data.status", equalTo("pending"));
        refund(shopper, orderId, "0.01").then().statusCode(409);
        // Nobody packs what is being given back.
        assertOrder(orderId, "cancelled", "completed");

        FakeBank.payout("49.99", refundReference(orderId));
        transferred(admin, pendingRefund(orderId)).then().statusCode(200);
        assertOrder(orderId, "cancelled", "refunded");
    }

    @Test
    void a_refund_to_a_card_is_not_a_transfer() {
        long orderId = paidOrder();
        int refund = refund(shopper, orderId, "10.00")
                .then()
                .statusCode(200)
                .extract()
                .path("data.refund_request_id");
        transferred(admin, refund).then().statusCode(409).body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        transferred(admin, Integer.MAX_VALUE).then().statusCode(404);
    }

    @Test
    void details_must_be_empty() {
        long orderId = transferOrder();
        for (String details :
                List.of("null", "[]", "{\"token\":\"tok_visa\"}", "{\"iban\":\"DE89370400440532013000\"}")) {
            shopper.json()
                    .body("{\"order_id\":" + orderId + ",\"payment_method\":\"bank_transfer\",\"payment_details\":"
                            + details + "}")
                    .post("/api/v1/payments/process")
                    .then()
                    .statusCode(400)
                    .body("error.code", equalTo("INVALID_PAYMENT_DETAILS"));
        }
        assertThat(transactions(orderId)).isEmpty();
    }

    private String refundReference(long orderId) {
        return (String) transactions(orderId).getLast().get("transaction_reference");
    }

    private int pendingRefund(long orderId) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> admin.request()
                                .get("/api/v1/refund-requests?limit=100&status=pending")
                                .jsonPath()
                                .<Integer>getList("data.refund_requests.findAll { it.order_id == " + orderId
                                        + " }.refund_request_id"),
                        found -> found.size() == 1)
                .getFirst();
    }

    private static Response transferred(Shopper who, int refund) {
        return who.json().post("/api/v1/refund-requests/" + refund + "/transferred");
    }

    private void almostExpired(long orderId) {
        sql("UPDATE orders SET expires_at = now() + interval '1 hour' WHERE order_id = " + orderId);
        sql("UPDATE transactions SET created_at = now() - interval '2 hours' WHERE order_id = " + orderId);
    }

    private void waitForReminder(long orderId) {
        await().atMost(Duration.ofSeconds(60))
                .pollInSameThread()
                .until(() -> events("payment.transfer_due", orderId) == 1);
    }

    @Test
    void who_has_not_transferred_is_told_where_to_and_reminded_once_while_there_is_time() {
        long early = transferOrder();
        awaited(early);
        long late = transferOrder();
        String reference = awaited(late);
        almostExpired(late);
        waitForReminder(late);
        // Those that were looked through with this one, and after the first, are done with.
        long later = transferOrder();
        awaited(later);
        almostExpired(later);
        waitForReminder(later);

        assertThat(events("payment.transfer_due", late)).isEqualTo(1);
        assertThat(events("payment.transfer_due", early)).isZero();
        assertThat(events("payment.transfer_awaited", late)).isEqualTo(1);
        await().atMost(Duration.ofSeconds(60)).pollInSameThread().untilAsserted(() -> {
            for (String type : List.of("transfer_instructions", "transfer_reminder")) {
                List<?> told = database.createNativeQuery(
                                "SELECT body_text FROM deliveries WHERE type = :type AND body_text LIKE :reference")
                        .setParameter("type", type)
                        .setParameter("reference", "%Reference: " + reference + "%")
                        .getResultList();
                assertThat(told).hasSize(1);
                assertThat((String) told.getFirst())
                        .contains(
                                "Account holder: Emporium Demo Shop",
                                "IBAN: DE89 3704 0044 0532 0130 00",
                                "Amount: USD 49.99");
            }
        });
    }

    @Test
    void who_sent_another_amount_is_not_reminded_of_all_of_it() {
        long wrong = transferOrder();
        String reference = awaited(wrong);
        confirm(admin, reference, "49.98").then().statusCode(400);
        almostExpired(wrong);
        long missing = transferOrder();
        awaited(missing);
        almostExpired(missing);
        waitForReminder(missing);

        assertThat(events("payment.transfer_due", wrong)).isZero();
    }
}
