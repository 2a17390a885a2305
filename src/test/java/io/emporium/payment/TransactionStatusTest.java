package io.emporium.payment;

import static io.emporium.payment.TransactionStatus.CANCELLED;
import static io.emporium.payment.TransactionStatus.COMPLETED;
import static io.emporium.payment.TransactionStatus.FAILED;
import static io.emporium.payment.TransactionStatus.PENDING;
import static io.emporium.payment.TransactionStatus.PENDING_VERIFICATION;
import static io.emporium.payment.TransactionStatus.PROCESSING;
import static io.emporium.payment.TransactionStatus.REQUIRES_ACTION;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The life of a payment, pair by pair, as a table that does not ask the code under test. */
class TransactionStatusTest {
    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:01Z");

    private static final Map<TransactionStatus, Set<TransactionStatus>> LIFE = Map.of(
            PENDING, EnumSet.of(PROCESSING, REQUIRES_ACTION, PENDING_VERIFICATION, COMPLETED, FAILED, CANCELLED),
            PROCESSING, EnumSet.of(REQUIRES_ACTION, PENDING_VERIFICATION, COMPLETED, FAILED, CANCELLED),
            REQUIRES_ACTION, EnumSet.of(PROCESSING, COMPLETED, FAILED, CANCELLED),
            PENDING_VERIFICATION, EnumSet.of(COMPLETED, FAILED, CANCELLED),
            // Money that came after all is never denied.
            FAILED, EnumSet.of(COMPLETED),
            CANCELLED, EnumSet.of(COMPLETED),
            COMPLETED, EnumSet.noneOf(TransactionStatus.class));

    @Test
    void every_step_is_taken_or_passed_over_as_its_life_has_it() {
        assertThat(LIFE.keySet()).containsExactlyInAnyOrder(TransactionStatus.values());
        for (TransactionStatus from : TransactionStatus.values()) {
            for (TransactionStatus to : TransactionStatus.values()) {
                Transaction payment = payment(from);
                boolean isOfItsLife = LIFE.get(from).contains(to);

                assertThat(payment.moveTo(to, NOW)).as("%s to %s", from, to).isEqualTo(isOfItsLife);

                assertThat(payment.status()).as("%s to %s", from, to).isEqualTo(isOfItsLife ? to : from);
                assertThat(payment.updatedAt).as("%s to %s", from, to).isEqualTo(isOfItsLife ? NOW : THEN);
                // What the customer was to do is no longer to be done once it is done.
                assertThat(payment.clientSecret)
                        .as("%s to %s", from, to)
                        .isEqualTo(
                                isOfItsLife && to != REQUIRES_ACTION && to != PENDING_VERIFICATION ? null : "secret");
            }
        }
    }

    @Test
    void an_order_waits_for_all_but_failed_and_cancelled_ones() {
        for (TransactionStatus status : TransactionStatus.values()) {
            assertThat(status.isLive()).as("%s", status).isEqualTo(status != FAILED && status != CANCELLED);
        }
    }

    private static Transaction payment(TransactionStatus status) {
        var payment = new Transaction();
        payment.status = status;
        payment.updatedAt = THEN;
        payment.clientSecret = "secret";
        return payment;
    }
}
