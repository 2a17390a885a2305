package io.emporium.payment;

import static io.emporium.payment.RefundStatus.FAILED;
import static io.emporium.payment.RefundStatus.PENDING;
import static io.emporium.payment.RefundStatus.PENDING_APPROVAL;
import static io.emporium.payment.RefundStatus.PROCESSING;
import static io.emporium.payment.RefundStatus.REJECTED;
import static io.emporium.payment.RefundStatus.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The life of a refund, pair by pair, as a table that does not ask the code under test. */
class RefundStatusTest {
    private static final Map<RefundStatus, Set<RefundStatus>> LIFE = Map.of(
            PENDING_APPROVAL, EnumSet.of(PROCESSING, REJECTED),
            PROCESSING, EnumSet.of(PENDING, SUCCEEDED, FAILED),
            PENDING, EnumSet.of(SUCCEEDED, FAILED),
            // The customer's bank can send the money back weeks later.
            SUCCEEDED, EnumSet.of(FAILED),
            FAILED, EnumSet.of(PENDING, SUCCEEDED),
            REJECTED, EnumSet.noneOf(RefundStatus.class));

    @Test
    void every_step_is_taken_or_passed_over_as_its_life_has_it() {
        assertThat(LIFE.keySet()).containsExactlyInAnyOrder(RefundStatus.values());
        for (RefundStatus from : RefundStatus.values()) {
            for (RefundStatus to : RefundStatus.values()) {
                var refund = new Refund();
                refund.status = from;
                boolean isOfItsLife = LIFE.get(from).contains(to);

                assertThat(refund.moveTo(to, Instant.EPOCH))
                        .as("%s to %s", from, to)
                        .isEqualTo(isOfItsLife);

                assertThat(refund.status).as("%s to %s", from, to).isEqualTo(isOfItsLife ? to : from);
            }
        }
    }
}
