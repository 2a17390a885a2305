package io.emporium.payment.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.Test;

/** Where somebody was is kept for thirty days; how they were judged, for as long as the payment. */
@QuarkusTest
class AssessmentsTest {
    @Inject
    Assessments assessments;

    @Inject
    EntityManager database;

    @Inject
    Invariants invariants;

    @Test
    void an_address_is_erased_after_thirty_days() {
        Shopper shopper = Shopper.registered();
        shopper.paidOrder(Shopper.admin().createProduct("10.00", 5), 1);
        assertThat(kept(shopper)).containsExactly(1, 2);

        age(shopper, 29);
        assessments.eraseAddresses();
        assertThat(kept(shopper)).containsExactly(1, 2);

        age(shopper, 2);
        assessments.eraseAddresses();
        assertThat(kept(shopper)).containsExactly(0, 2);
        invariants.hold();
    }

    /** How many rows have an address, and how many there are. */
    private int[] kept(Shopper shopper) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Object[] row = (Object[]) database.createNativeQuery(
                            "SELECT count(ip), count(*) FROM fraud_assessments WHERE user_id = " + shopper.userId)
                    .getSingleResult();
            return new int[] {((Number) row[0]).intValue(), ((Number) row[1]).intValue()};
        });
    }

    private void age(Shopper shopper, int days) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("UPDATE fraud_assessments SET at = at - " + days
                                + " * interval '1 day' WHERE user_id = " + shopper.userId)
                        .executeUpdate());
    }
}
