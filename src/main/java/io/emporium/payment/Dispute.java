package io.emporium.payment;

import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.TypedQuery;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A customer who asks their bank, or PayPal, for the money of a payment back. Those decide; we only note what they say. */
@Entity
@Table(name = "disputes")
public class Dispute extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "dispute_id")
    Long disputeId;

    @Column(name = "provider_reference", nullable = false, updatable = false)
    String providerReference;

    @Column(name = "payment_id", nullable = false, updatable = false)
    long paymentId;

    @Column(name = "order_id", nullable = false, updatable = false)
    long orderId;

    @Column(nullable = false)
    BigDecimal amount;

    @JdbcTypeCode(SqlTypes.CHAR)
    @Column(nullable = false, updatable = false, length = 3)
    String currency;

    @Column(nullable = false)
    String reason;

    @Column(nullable = false)
    DisputeStatus status;

    @Nullable
    @Column(name = "evidence_due_by")
    Instant evidenceDueBy;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Nullable
    @Column(name = "closed_at")
    Instant closedAt;

    @Column(name = "asked_at", nullable = false)
    Instant askedAt;

    @Version
    long version;

    long disputeId() {
        return disputeId;
    }

    DisputeStatus status() {
        return status;
    }

    Money amount() {
        return Money.of(amount, currency);
    }

    /**
     * Takes over what the provider said, unless something newer stands here: of two who asked, the one who asked later
     * is right, whoever comes first. And what is closed stays closed.
     *
     * @return whether it was taken over
     */
    boolean isNow(DisputeStatus said, Instant asked) {
        if (asked.isBefore(askedAt) || (status.isClosed() && !said.isClosed())) {
            return false;
        }
        status = said;
        askedAt = asked;
        return true;
    }

    static Optional<Dispute> findByProviderReference(String reference) {
        return find("providerReference", reference).firstResultOptional();
    }

    /** Those that have taken money of a payment for good, the first first. */
    static List<Dispute> lost(long paymentId) {
        return list("paymentId = ?1 AND status = LOST ORDER BY disputeId", paymentId);
    }

    /** Whether the bank has the money of a payment until it has decided. */
    static boolean isHolding(long paymentId) {
        return Dispute.<Dispute>list("paymentId", paymentId).stream()
                .anyMatch(dispute -> dispute.status().holdsTheMoney());
    }

    /** Oldest first. */
    static List<DisputeView> ofOrder(long orderId) {
        return views("WHERE d.orderId = :order ORDER BY d.createdAt, d.disputeId")
                .setParameter("order", orderId)
                .getResultList();
    }

    /** Newest first; of one status, or of all. */
    static Page<DisputeView> pageOf(@Nullable DisputeStatus status, int page, int limit) {
        String which = status == null ? "" : "WHERE d.status = :status ";
        TypedQuery<DisputeView> query = views(which + "ORDER BY d.createdAt DESC, d.disputeId DESC");
        if (status != null) {
            query.setParameter("status", status);
        }
        List<DisputeView> items = query.setFirstResult(Page.offset(page, limit))
                .setMaxResults(limit)
                .getResultList();
        return new Page<>(items, page, limit, status == null ? count() : count("status", status));
    }

    private static TypedQuery<DisputeView> views(String which) {
        return getEntityManager()
                .createQuery(
                        "SELECT d, t, o FROM Dispute d JOIN Transaction t ON t.transactionId = d.paymentId"
                                + " JOIN Order o ON o.orderId = d.orderId " + which,
                        DisputeView.class);
    }
}
