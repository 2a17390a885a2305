package io.emporium.payment;

import io.emporium.payment.gateway.Reversal;
import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A payment or refund that a person has to look at: once a reason, until somebody has, or it settled by itself; or an entry of
 * the bank account that fits none of them.
 */
@Entity
@Table(name = "payment_issues")
public class PaymentIssue extends PanacheEntityBase {
    private static final String VIEW = "SELECT i, t, o, b FROM PaymentIssue i"
            + " LEFT JOIN BankEntry b ON b.entryId = i.bankEntryId"
            + " LEFT JOIN Transaction t ON t.transactionId = coalesce(i.transactionId, b.transactionId)"
            + " LEFT JOIN Order o ON o.orderId = t.orderId ";

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "issue_id")
    Long issueId;

    /** Which payment or refund; null where it is a bank entry. */
    @Nullable
    @Column(name = "transaction_id", updatable = false)
    Long transactionId;

    @Nullable
    @Column(name = "bank_entry_id", updatable = false)
    Long bankEntryId;

    @Column(nullable = false, updatable = false)
    IssueReason reason;

    @Column(nullable = false, updatable = false)
    String details;

    @Column(name = "opened_at", nullable = false, updatable = false)
    Instant openedAt;

    @Nullable
    @Column(name = "resolved_at")
    Instant resolvedAt;

    @Nullable
    @Column(name = "resolved_by")
    Long resolvedBy;

    @Nullable
    String note;

    /** The provider's name of the money that was taken twice, or was another amount. */
    @Nullable
    @Column(updatable = false)
    String capture;

    @Nullable
    @Column(name = "captured_amount", updatable = false)
    BigDecimal capturedAmount;

    /** Ours: under it the provider is asked to give it back. */
    @Nullable
    @Column(name = "refund_reference")
    String refundReference;

    @Column(name = "spoilt_keys", nullable = false)
    int spoiltKeys;

    @Nullable
    @Column(name = "refund_id")
    String refundId;

    @Version
    long version;

    long issueId() {
        return issueId;
    }

    void resolve(long adminId, String why, Instant now) {
        if (resolvedAt != null) {
            throw PaymentError.alreadyResolved();
        }
        resolvedAt = now;
        resolvedBy = adminId;
        note = why;
    }

    /**
     * What the provider is asked to give back: the same however often it is asked.
     *
     * @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION if it is resolved already, or about no money taken twice
     */
    Reversal reversal(Transaction payment) {
        if (resolvedAt != null) {
            throw PaymentError.alreadyResolved();
        }
        if (capture == null || capturedAmount == null) {
            throw PaymentError.notTakenTwice(reason);
        }
        if (refundReference == null) {
            refundReference = Transaction.newReference("ref_");
        }
        return new Reversal(
                refundReference,
                Reversal.key(refundReference, spoiltKeys),
                payment.paymentMethod,
                capture,
                null,
                payment.orderId,
                Money.of(capturedAmount, payment.currency));
    }

    /** @param adminId who has given it back; null where somebody has at the provider */
    void givenBack(String refund, @Nullable Long adminId, String why, Instant now) {
        refundId = refund;
        resolvedAt = resolvedAt == null ? now : resolvedAt;
        resolvedBy = adminId == null ? resolvedBy : adminId;
        note = adminId == null && note != null ? note : why;
    }

    /** The money is still here, or here again: somebody has to look once more, and whoever gives it back begins anew. */
    void notGivenBack() {
        refundReference = null;
        spoiltKeys = 0;
        refundId = null;
        resolvedAt = null;
        resolvedBy = null;
        note = null;
    }

    /** Whether that money is a person's to give back. */
    static boolean isAboutCapture(long transactionId, String capture) {
        return count("transactionId = ?1 AND capture = ?2", transactionId, capture) > 0;
    }

    static Optional<PaymentIssue> lockOfCapture(long transactionId, String capture) {
        return find("transactionId = ?1 AND capture = ?2", transactionId, capture)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    static Optional<PaymentIssue> lock(long issueId) {
        return find("issueId", issueId).withLock(LockModeType.PESSIMISTIC_WRITE).firstResultOptional();
    }

    static PaymentIssueView view(long issueId) {
        return getEntityManager()
                .createQuery(VIEW + "WHERE i.issueId = :id", PaymentIssueView.class)
                .setParameter("id", issueId)
                .getSingleResult();
    }

    /** The open ones, the longest waiting first. */
    static Page<PaymentIssueView> pageOf(int page, int limit) {
        List<PaymentIssueView> items = getEntityManager()
                .createQuery(VIEW + "WHERE i.resolvedAt IS NULL ORDER BY i.openedAt, i.issueId", PaymentIssueView.class)
                .setFirstResult(Page.offset(page, limit))
                .setMaxResults(limit)
                .getResultList();
        return new Page<>(items, page, limit, count("resolvedAt IS NULL"));
    }
}
