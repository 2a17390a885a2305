package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Shopper;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.ActionRequired;
import io.emporium.payment.gateway.GatewayOutcome.Approved;
import io.emporium.payment.gateway.GatewayOutcome.Awaited;
import io.emporium.payment.gateway.GatewayOutcome.Captured;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.GatewayOutcome.Pending;
import io.emporium.payment.gateway.GatewayOutcome.Unknown;
import io.emporium.shared.Money;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The one function that every outcome goes through, on all pairs of what a payment is and what is heard of it. */
@QuarkusTest
class SettlementTest extends PaymentScene {
    private static final String EVIDENCE = "{}";

    @Inject
    Settlement settlement;

    /** Everybody may have five unpaid orders only. */
    @Override
    long order() {
        shopper = Shopper.registered();
        return super.order();
    }

    // What is told here has not happened at Stripe: it is undone, so that the invariants hold for whoever comes next.
    // An overriding method is only called with an annotation of its own.
    @AfterEach
    @Override
    void whateverHappenedTheInvariantsHold() {
        String orders = "(SELECT order_id FROM order_items WHERE product_id = " + product + ")";
        sql("DELETE FROM refunds WHERE order_id IN " + orders);
        sql("DELETE FROM reviews WHERE order_id IN " + orders);
        sql(
                "DELETE FROM fraud_assessments WHERE transaction_id IN (SELECT transaction_id FROM transactions WHERE order_id IN "
                        + orders + ")");
        sql("DELETE FROM transactions WHERE order_id IN " + orders);
        sql(
                "INSERT INTO stock_ledger (product_id, delta, reason, order_id) SELECT product_id, quantity, 'released', order_id"
                        + " FROM order_items JOIN orders USING (order_id) WHERE status <> 'cancelled' AND product_id = "
                        + product);
        sql("UPDATE products SET stock_quantity = 100 WHERE product_id = " + product);
        sql(
                "UPDATE orders SET status = 'cancelled', cancel_reason = coalesce(cancel_reason, 'admin'), payment_status = 'failed'"
                        + " WHERE order_id IN " + orders);
        super.whateverHappenedTheInvariantsHold();
    }

    @Test
    void every_outcome_moves_every_status_as_the_life_of_a_payment_has_it() {
        // What is settled as unknown the reconciler asks for, if it comes before that is undone: nothing shall be
        // charged.
        FakeStripe.fault("POST", FakeStripe.CREATE, "before", "http_503", 1_000);
        Map<TransactionStatus, List<String>> expected = new EnumMap<>(TransactionStatus.class);
        // captured, declined, called off, action required, pending, unknown, approved
        expected.put(
                TransactionStatus.PROCESSING,
                List.of(
                        "completed",
                        "failed",
                        "cancelled",
                        "requires_action",
                        "processing",
                        "processing",
                        "processing"));
        expected.put(
                TransactionStatus.REQUIRES_ACTION,
                List.of(
                        "completed",
                        "failed",
                        "cancelled",
                        "requires_action",
                        "processing",
                        "requires_action",
                        "processing"));
        expected.put(
                TransactionStatus.COMPLETED,
                List.of("completed", "completed", "completed", "completed", "completed", "completed", "completed"));
        expected.put(
                TransactionStatus.FAILED,
                List.of("completed", "failed", "failed", "failed", "failed", "failed", "failed"));
        expected.put(
                TransactionStatus.CANCELLED,
                List.of("completed", "cancelled", "cancelled", "cancelled", "cancelled", "cancelled", "cancelled"));

        expected.forEach((from, to) -> {
            List<String> became = new ArrayList<>();
            for (int outcome = 0; outcome < to.size(); outcome++) {
                became.add(after(from, outcome));
            }
            assertThat(became).as("from " + from).isEqualTo(to);
        });
    }

    @Test
    void an_outcome_brought_twice_takes_effect_once() {
        long payment = attempt(order());
        GatewayOutcome captured = captured("pi_" + payment, "49.99");

        settlement.settle(payment, captured);
        settlement.settle(payment, captured);
        settlement.settle(payment, new Declined("pi_" + payment, "generic_decline", "", EVIDENCE));

        long orderId = orderOf(payment);
        assertOrder(orderId, "confirmed", "completed");
        assertThat(events("payment.completed", orderId)).isEqualTo(1);
        assertThat(events("payment.failed", orderId)).isZero();
    }

    @Test
    void an_amount_that_is_not_the_one_asked_for_is_held_for_a_person() {
        for (String amount : List.of("49.98", "50.00", "0.00")) {
            long payment = attempt(order());

            Transaction settled = settlement.settle(payment, captured("pi_" + payment, amount));

            assertThat(settled.status()).isEqualTo(TransactionStatus.PROCESSING);
            assertThat(settled.errorMessage).isEqualTo("captured " + amount + " USD instead of 49.99 USD");
            assertThat(settled.nextCheckAt).isNull();
            assertOrder(orderOf(payment), "pending", "processing");
            assertThat(events("payment.completed", orderOf(payment))).isZero();
            forget(payment);
        }
    }

    @Test
    void an_intent_that_bears_another_payments_reference_does_not_settle_it() {
        long payment = attempt(order());
        settlement.settle(payment, new Pending("pi_ours" + payment, EVIDENCE));

        settlement.settle(payment, captured("pi_theirs" + payment, "49.99"));

        assertOrder(orderOf(payment), "pending", "processing");
        forget(payment);
    }

    @Test
    void money_that_comes_after_a_failure_pays_the_order_if_it_still_waits() {
        long payment = attempt(order());
        settlement.settle(payment, new Declined("pi_" + payment, "generic_decline", "", EVIDENCE));

        settlement.settle(payment, captured("pi_" + payment, "49.99"));

        assertOrder(orderOf(payment), "confirmed", "completed");
    }

    @Test
    void money_that_comes_after_a_failure_is_given_back_once_if_the_order_is_paid_otherwise() {
        long orderId = order();
        long first = attempt(orderId);
        settlement.settle(first, new Declined("pi_first" + first, "generic_decline", "", EVIDENCE));
        long second = attempt(orderId);
        settlement.settle(second, captured("pi_second" + second, "49.99"));

        settlement.settle(first, captured("pi_first" + first, "49.99"));
        settlement.settle(first, captured("pi_first" + first, "49.99"));

        List<?> refunds = database.createNativeQuery(
                        "SELECT amount FROM refunds WHERE cause = 'late_payment' AND payment_id = " + first,
                        BigDecimal.class)
                .getResultList();
        assertThat(refunds).hasSize(1);
        assertThat(transactions(orderId))
                .filteredOn(row -> "completed".equals(row.get("status")))
                .hasSize(1);
        sql("UPDATE transactions SET next_check_at = NULL WHERE order_id = " + orderId);
        assertOrder(orderId, "confirmed", "completed");
    }

    @Test
    void money_that_comes_when_the_order_is_cancelled_is_recorded_and_given_back_in_one_transaction() {
        long orderId = order();
        long payment = attempt(orderId);
        cancel(shopper, orderId);

        Transaction settled = settlement.settle(payment, captured("pi_" + payment, "49.99"));

        assertThat(settled.status()).isEqualTo(TransactionStatus.COMPLETED);
        assertThat(settled.cameTooLate()).isTrue();
        assertThat(database.createNativeQuery(
                                "SELECT amount FROM refunds WHERE cause = 'late_payment' AND payment_id = " + payment,
                                BigDecimal.class)
                        .getResultList())
                .hasSize(1);
        sql("UPDATE transactions SET next_check_at = NULL WHERE order_id = " + orderId);
    }

    @Test
    void what_is_approved_is_not_taken_for_an_order_that_is_cancelled() {
        long orderId = order();
        long payment = attempt(orderId);
        settlement.settle(payment, new ActionRequired("pi_" + payment, null, EVIDENCE, EVIDENCE));
        cancel(shopper, orderId);
        forget(payment);

        Transaction settled = settlement.settle(payment, new Approved("pi_" + payment, EVIDENCE));

        assertThat(settled.isToBeCaptured()).isFalse();
        forget(payment);
    }

    @Test
    void what_is_being_taken_is_not_called_off() {
        long payment = attempt(order());
        settlement.settle(payment, new ActionRequired("pi_" + payment, null, EVIDENCE, EVIDENCE));
        settlement.settle(payment, new Approved("pi_" + payment, EVIDENCE));

        Transaction settled =
                settlement.settleCalledOff(payment, new Declined("pi_" + payment, Declined.CALLED_OFF, "", EVIDENCE));

        assertThat(settled.status()).isEqualTo(TransactionStatus.PROCESSING);
        forget(payment);
    }

    @Test
    void a_failed_payment_of_which_a_webhook_spoke_is_asked_about_until_there_is_an_answer_and_no_longer() {
        for (boolean isCalledOff : List.of(true, false)) {
            long payment = attempt(order());
            String intent = "pi_" + payment;
            var declined = new Declined(intent, isCalledOff ? Declined.CALLED_OFF : "generic_decline", "", EVIDENCE);
            settlement.settle(payment, declined);

            assertThat(settlement.settle(payment, new Unknown("test")).nextCheckAt)
                    .isNotNull();
            assertThat(settlement.settle(payment, declined).nextCheckAt).isNull();

            settlement.settle(payment, new Unknown("test"));
            assertThat(settlement.settle(payment, new Approved(intent, EVIDENCE)).nextCheckAt)
                    .isNull();
        }
    }

    @Test
    void a_transfer_that_is_begun_while_its_order_is_cancelled_is_called_off_at_once() {
        long orderId = order();
        long payment = attempt(orderId);
        cancel(shopper, orderId);
        String before = shopper.order(orderId).getString("data.payment_status");

        Transaction settled = settlement.settle(payment, new Awaited("RF" + payment, EVIDENCE));

        assertThat(settled.nextCheckAt).isBeforeOrEqualTo(Instant.now());
        assertOrder(orderId, "cancelled", before);
        forget(payment);
    }

    @Test
    void what_was_refunded_at_the_provider_before_we_heard_that_it_was_paid_does_not_ship() {
        long orderId = order();
        long payment = attempt(orderId);
        sql("INSERT INTO refunds (order_id, payment_id, amount, currency, status, cause) VALUES (" + orderId + ", "
                + payment + ", 49.99, 'USD', 'succeeded', 'provider')");

        settlement.settle(payment, captured("pi_" + payment, "49.99"));

        assertOrder(orderId, "cancelled", "refunded");
    }

    private String after(TransactionStatus from, int outcome) {
        long payment = attempt(order());
        String intent = "pi_" + payment;
        switch (from) {
            case PROCESSING -> {}
            case REQUIRES_ACTION ->
                settlement.settle(payment, new ActionRequired(intent, "secret", EVIDENCE, EVIDENCE));
            case COMPLETED -> settlement.settle(payment, captured(intent, "49.99"));
            case FAILED -> settlement.settle(payment, new Declined(intent, "generic_decline", "", EVIDENCE));
            case CANCELLED -> settlement.settle(payment, new Declined(intent, Declined.CALLED_OFF, "", EVIDENCE));
            case PENDING, PENDING_VERIFICATION -> throw new IllegalArgumentException(from.code());
        }
        Transaction settled = settlement.settle(
                payment,
                List.of(
                                captured(intent, "49.99"),
                                new Declined(intent, "generic_decline", "", EVIDENCE),
                                new Declined(intent, Declined.CALLED_OFF, "", EVIDENCE),
                                new ActionRequired(intent, "secret", EVIDENCE, EVIDENCE),
                                new Pending(intent, EVIDENCE),
                                new Unknown("test"),
                                new Approved(intent, EVIDENCE))
                        .get(outcome));
        forget(payment);
        return settled.status().code();
    }

    private static Captured captured(String intent, String amount) {
        return new Captured(intent, Money.of(new BigDecimal(amount), "USD"), EVIDENCE);
    }

    /** As the first transaction of a payment leaves it, but out of the reconciler's sight. */
    private long attempt(long orderId) {
        return QuarkusTransaction.requiringNew().call(() -> {
            database.createNativeQuery("UPDATE orders SET payment_status = 'processing' WHERE order_id = " + orderId)
                    .executeUpdate();
            return ((Number) database.createNativeQuery("""
                            INSERT INTO transactions (order_id, user_id, transaction_reference, payment_method, amount, currency, status, payment_token)
                            SELECT order_id, user_id, :reference, payment_method, total_amount, currency, 'processing', 'pm_card_visa'
                              FROM orders WHERE order_id = :order RETURNING transaction_id
                            """, Long.class)
                            .setParameter("reference", "pay_" + UUID.randomUUID())
                            .setParameter("order", orderId)
                            .getSingleResult())
                    .longValue();
        });
    }

    private long orderOf(long payment) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Transaction.orderOf(payment).orElseThrow());
    }

    private void forget(long payment) {
        sql("UPDATE transactions SET next_check_at = NULL WHERE transaction_id = " + payment);
    }

    @Test
    void what_is_going_back_as_too_late_does_not_pay_the_order_when_the_other_card_fails_too() {
        FakeStripe.webhooks("off");
        long orderId = order();
        FakeStripe.fault("POST", FakeStripe.CREATE, "before", "http_503", 1_000);
        pay(orderId, "pm_card_visa").then().statusCode(202);
        long first = number("SELECT transaction_id FROM transactions WHERE order_id = " + orderId);
        settlement.settle(first, new Declined(null, "card_declined", "test", null));
        pay(orderId, "pm_card_visa").then().statusCode(202);
        long second =
                number("SELECT max(transaction_id) FROM transactions WHERE transaction_type = 'payment' AND order_id = "
                        + orderId);
        assertThat(second).isNotEqualTo(first);
        sql("UPDATE transactions SET next_check_at = NULL WHERE order_id = " + orderId);
        var captured = new Captured("pi_late" + first, Money.of(new BigDecimal("49.99"), "USD"), "{}");
        settlement.settle(first, captured);
        settlement.settle(second, new Declined(null, "card_declined", "test", null));
        FakeStripe.noFaults();

        settlement.settle(first, captured);

        assertOrder(orderId, "pending", "failed");
        assertThat(number("SELECT count(*) FROM refunds WHERE cause = 'late_payment' AND order_id = " + orderId))
                .isEqualTo(1);
        sql("UPDATE transactions SET next_check_at = NULL WHERE order_id = " + orderId);
    }
}
