package io.emporium.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.shared.Refusal;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import jakarta.transaction.RollbackException;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;

/** What a failure is called that the database has caused in the middle of something. */
class FaultsTest {
    /** As Narayana says it; seen when PostgreSQL is killed between the last statement and the commit. */
    @Test
    void a_commit_that_lost_its_connection_may_be_tried_again() {
        assertThat(Faults.refusal(ofCommit(new SQLException("terminating connection", "57P01")))
                        .code())
                .isEqualTo(Refusal.Code.SERVICE_UNAVAILABLE);
        assertThat(Faults.refusal(ofCommit(new SQLException("deadlock detected", "40P01")))
                        .code())
                .isEqualTo(Refusal.Code.SERVICE_UNAVAILABLE);
        assertThat(Faults.refusal(ofCommit(new IllegalStateException("a fault of ours")))
                        .code())
                .isEqualTo(Refusal.Code.INTERNAL_SERVER_ERROR);
    }

    @Test
    void failures_that_name_each_other_are_looked_at_for_a_while_only() {
        var one = new IllegalStateException("one");
        var other = new IllegalStateException("other", one);
        one.addSuppressed(other);
        assertThat(Faults.refusal(one).code()).isEqualTo(Refusal.Code.INTERNAL_SERVER_ERROR);
    }

    private static Throwable ofCommit(Exception cause) {
        var refused = new XAException(XAException.XAER_RMERR);
        refused.initCause(cause);
        var rollback = new RollbackException("could not commit");
        rollback.addSuppressed(refused);
        return new QuarkusTransactionException(rollback);
    }
}
