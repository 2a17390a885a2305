package io.emporium.payment.fraud;

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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.ColumnTransformer;
import org.jspecify.annotations.Nullable;

/** A paid order that a person has to look at before it is packed; one an order. */
@Entity
@Table(name = "reviews")
class Review extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "review_id")
    Long reviewId;

    @Column(name = "order_id", nullable = false, updatable = false)
    long orderId;

    @Column(name = "transaction_id", nullable = false, updatable = false)
    long transactionId;

    @Column(nullable = false)
    ReviewStatus status;

    @Column(nullable = false, updatable = false, columnDefinition = "jsonb")
    @ColumnTransformer(write = "CAST(? AS jsonb)")
    String reasons;

    @Column(name = "opened_at", nullable = false, updatable = false)
    Instant openedAt;

    @Nullable
    @Column(name = "decided_by")
    Long decidedBy;

    @Nullable
    @Column(name = "decided_at")
    Instant decidedAt;

    @Nullable
    @Column
    String note;

    @Version
    long version;

    long reviewId() {
        return reviewId;
    }

    ReviewStatus status() {
        return status;
    }

    /**
     * Takes its one step.
     *
     * @param adminId who has decided; null where nobody had to any more
     * @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION unless it is open
     */
    void end(ReviewStatus as, @Nullable Long adminId, @Nullable String why, Instant now) {
        if (status != ReviewStatus.OPEN) {
            throw ReviewError.alreadyDecided(status);
        }
        status = as;
        decidedBy = adminId;
        decidedAt = now;
        note = why;
    }

    static Optional<Review> lock(long reviewId) {
        return find("reviewId", reviewId)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** The open one of an order, locked. */
    static Optional<Review> lockOpen(long orderId) {
        return find("orderId = ?1 AND status = OPEN", orderId)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** Which order it belongs to, without loading it: the order is locked first. */
    static Optional<Long> orderOf(long reviewId) {
        return getEntityManager()
                .createQuery("SELECT r.orderId FROM Review r WHERE r.reviewId = :id", Long.class)
                .setParameter("id", reviewId)
                .getResultStream()
                .findFirst();
    }

    /** Each with its order and customer, the longest waiting first. */
    static Page<Object[]> pageOf(ReviewStatus status, int page, int limit) {
        List<Object[]> rows = getEntityManager()
                .createQuery("""
                        SELECT r, o, u FROM Review r JOIN Order o ON o.orderId = r.orderId JOIN User u ON u.userId = o.userId
                         WHERE r.status = :status ORDER BY r.openedAt, r.reviewId
                        """, Object[].class)
                .setParameter("status", status)
                .setFirstResult(Page.offset(page, limit))
                .setMaxResults(limit)
                .getResultList();
        return new Page<>(rows, page, limit, count("status", status));
    }
}
