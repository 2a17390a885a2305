package io.emporium.payment;

import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.quarkus.panache.common.Sort;
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
import java.util.Set;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * What was asked to be given back of a payment, and what became of it. The money's own row is its transaction, which is
 * there from the moment the refund is decided.
 */
@Entity
@Table(name = "refunds")
public class Refund extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "refund_id")
    Long refundId;

    @Column(name = "order_id", nullable = false, updatable = false)
    long orderId;

    @Column(name = "payment_id", nullable = false, updatable = false)
    long paymentId;

    @Nullable
    @Column(name = "transaction_id")
    Long transactionId;

    @Nullable
    @Column(name = "requested_by", updatable = false)
    Long requestedBy;

    @Nullable
    @Column(name = "decided_by")
    Long decidedBy;

    @Column(nullable = false, updatable = false)
    BigDecimal amount;

    @JdbcTypeCode(SqlTypes.CHAR)
    @Column(nullable = false, updatable = false, length = 3)
    String currency;

    @Column(nullable = false)
    RefundStatus status;

    @Column(nullable = false, updatable = false)
    RefundCause cause;

    @Nullable
    @Column(updatable = false)
    String reason;

    @Nullable
    @Column(name = "idempotency_key", updatable = false)
    String idempotencyKey;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Version
    long version;

    long refundId() {
        return refundId;
    }

    RefundStatus status() {
        return status;
    }

    Money amount() {
        return Money.of(amount, currency);
    }

    /** Takes a step of its life; one that its life does not have is passed over. @return whether it was taken */
    boolean moveTo(RefundStatus to, Instant now) {
        if (!status.next().contains(to)) {
            return false;
        }
        status = to;
        updatedAt = now;
        return true;
    }

    static Optional<Refund> lock(long refundId) {
        return find("refundId", refundId)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** The money's row, locked; nothing before the refund is decided. */
    Optional<Transaction> lockMoney() {
        return transactionId == null ? Optional.empty() : Transaction.lock(transactionId);
    }

    static Optional<Refund> findByTransaction(long transactionId) {
        return find("transactionId", transactionId).firstResultOptional();
    }

    static Optional<Refund> findByKey(long requestedBy, @Nullable String idempotencyKey) {
        return idempotencyKey == null
                ? Optional.empty()
                : find("requestedBy = ?1 AND idempotencyKey = ?2", requestedBy, idempotencyKey)
                        .firstResultOptional();
    }

    /** Which order it belongs to, without loading it: the order is locked first. */
    static Optional<Long> orderOf(long refundId) {
        return getEntityManager()
                .createQuery("SELECT r.orderId FROM Refund r WHERE r.refundId = :id", Long.class)
                .setParameter("id", refundId)
                .getResultStream()
                .findFirst();
    }

    /** The payment it is taken from, locked before the refund itself. */
    static Optional<Transaction> lockPaymentOf(long refundId) {
        return getEntityManager()
                .createQuery("SELECT r.paymentId FROM Refund r WHERE r.refundId = :id", Long.class)
                .setParameter("id", refundId)
                .getResultStream()
                .findFirst()
                .flatMap(Transaction::lock);
    }

    /** Those by transfer whose money bears one of these references, ours. */
    static List<Long> transferredUnder(Set<String> references) {
        return references.isEmpty()
                ? List.of()
                : getEntityManager()
                        .createQuery("""
                                SELECT r.refundId FROM Refund r JOIN Transaction t ON t.transactionId = r.transactionId
                                 WHERE t.transactionReference IN :references AND t.paymentMethod = BANK_TRANSFER
                                """, Long.class)
                        .setParameter("references", references)
                        .setMaxResults(2)
                        .getResultList();
    }

    /** The money's row of a refund; nothing before it is decided. */
    static Optional<Long> moneyOf(long refundId) {
        return getEntityManager()
                .createQuery(
                        "SELECT r.transactionId FROM Refund r WHERE r.refundId = :id AND r.transactionId IS NOT NULL",
                        Long.class)
                .setParameter("id", refundId)
                .getResultStream()
                .findFirst();
    }

    /** By the provider's name for it. */
    static Optional<Refund> findByProviderReference(String reference) {
        return find(
                        "transactionId IN (SELECT t.transactionId FROM Transaction t WHERE t.providerReference = ?1)",
                        reference)
                .firstResultOptional();
    }

    /** Those of a payment that the provider has not, as far as we know; the newest first. */
    static List<Refund> unmade(long paymentId) {
        return list("""
                paymentId = ?1 AND status IN (PENDING_APPROVAL, PROCESSING)
                  AND (transactionId IS NULL OR transactionId IN (
                       SELECT t.transactionId FROM Transaction t WHERE t.providerReference IS NULL))
                ORDER BY refundId DESC
                """, paymentId);
    }

    /** Whether it is not known yet what becomes of a refund of a payment. */
    static boolean isUnderWay(long paymentId) {
        return count("paymentId = ?1 AND status IN (PROCESSING, PENDING)", paymentId) > 0;
    }

    /** Whether a payment came too late, so that it is given back, has been, or would be if the provider did. */
    static boolean isGoingBackAsLate(long paymentId) {
        return count("paymentId = ?1 AND cause = LATE_PAYMENT", paymentId) > 0;
    }

    static Optional<Refund> lastFailed(long paymentId) {
        return find("paymentId = ?1 AND status = FAILED ORDER BY refundId DESC", paymentId)
                .page(0, 1)
                .firstResultOptional();
    }

    /** What of a payment is given back, on its way back, or asked for: it cannot be given back again. */
    static Money promised(Transaction payment) {
        return sum(
                "SELECT sum(r.amount) FROM Refund r WHERE r.paymentId = :payment AND r.status NOT IN (FAILED, REJECTED)",
                payment);
    }

    /** What of a payment has gone back, or is on its way, in the provider's own books as far as we know them. */
    static Money madeThere(Transaction payment) {
        return sum("""
                SELECT sum(r.amount) FROM Refund r JOIN Transaction t ON t.transactionId = r.transactionId
                 WHERE r.paymentId = :payment AND r.status NOT IN (FAILED, REJECTED) AND t.providerReference IS NOT NULL
                """, payment);
    }

    static Money succeeded(Transaction payment) {
        return sum("SELECT sum(r.amount) FROM Refund r WHERE r.paymentId = :payment AND r.status = SUCCEEDED", payment);
    }

    private static Money sum(String query, Transaction payment) {
        BigDecimal sum = getEntityManager()
                .createQuery(query, BigDecimal.class)
                .setParameter("payment", payment.transactionId())
                .getSingleResultOrNull();
        return Money.of(sum == null ? BigDecimal.ZERO : sum, payment.currency);
    }

    /** Oldest first: the one that waits longest is decided first. */
    static Page<Refund> pageOf(RefundStatus status, int page, int limit) {
        var found = Refund.<Refund>find("status", Sort.by("createdAt", "refundId"), status);
        return new Page<>(found.page(page - 1, limit).list(), page, limit, found.count());
    }
}
