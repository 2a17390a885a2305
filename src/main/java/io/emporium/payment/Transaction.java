package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.Charge;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.ActionRequired;
import io.emporium.payment.gateway.GatewayOutcome.Awaited;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.Reversal;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * Money that moves, or tried to (low-level-design 3.2.8): an attempt to pay an order, or a refund, whose amount is negative.
 * It is recorded before its provider is asked.
 */
@Entity
@Table(name = "transactions")
public class Transaction extends PanacheEntityBase {
    static final String PAYMENT = "payment";
    static final String REFUND = "refund";

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "transaction_id")
    Long transactionId;

    @Column(name = "order_id", nullable = false, updatable = false)
    long orderId;

    @Column(name = "user_id", nullable = false, updatable = false)
    long userId;

    @Column(name = "transaction_reference", nullable = false, updatable = false)
    String transactionReference;

    @Nullable
    @Column(name = "provider_reference")
    String providerReference;

    @Column(name = "transaction_type", nullable = false, updatable = false)
    String transactionType;

    @Column(name = "payment_method", nullable = false, updatable = false)
    PaymentMethod paymentMethod;

    @Column(nullable = false, updatable = false)
    BigDecimal amount;

    @JdbcTypeCode(SqlTypes.CHAR)
    @Column(nullable = false, updatable = false, length = 3)
    String currency;

    @Column(nullable = false)
    TransactionStatus status;

    @Nullable
    @Column(name = "payment_token", updatable = false)
    String paymentToken;

    @Nullable
    @Column(name = "provider_customer", updatable = false)
    String providerCustomer;

    @Column(name = "saves_method", nullable = false, updatable = false)
    boolean savesMethod;

    @Nullable
    @Column(name = "client_secret")
    String clientSecret;

    @Nullable
    @Column(name = "next_action", columnDefinition = "jsonb")
    @ColumnTransformer(write = "CAST(? AS jsonb)")
    String nextAction;

    @Nullable
    @Column(name = "gateway_response", columnDefinition = "jsonb")
    @ColumnTransformer(write = "CAST(? AS jsonb)")
    String gatewayResponse;

    @Nullable
    @Column(name = "decline_code")
    String declineCode;

    @Nullable
    @Column(name = "error_message", columnDefinition = "text")
    String errorMessage;

    @Nullable
    @Column(columnDefinition = "text")
    String reason;

    @Nullable
    @Column(name = "idempotency_key")
    String idempotencyKey;

    @Nullable
    @Column(name = "next_check_at")
    Instant nextCheckAt;

    @Column(nullable = false)
    int checks;

    @Nullable
    @Column(name = "sought_since")
    Instant soughtSince;

    @Column(name = "spoilt_keys", nullable = false)
    int spoiltKeys;

    /** What came instead, as an admin or the bank has reported it. */
    @Nullable
    @Column(name = "reported_amount")
    BigDecimal reportedAmount;

    @Nullable
    @Column(name = "reported_at")
    Instant reportedAt;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Version
    long version;

    long transactionId() {
        return transactionId;
    }

    /** Ours: stable for ever, and the provider's idempotency key. */
    String transactionReference() {
        return transactionReference;
    }

    TransactionStatus status() {
        return status;
    }

    Money amount() {
        return Money.of(amount, currency);
    }

    boolean isPayment() {
        return transactionType.equals(PAYMENT);
    }

    /** The money came when its order could no longer take it, and goes back. */
    boolean cameTooLate() {
        return RefundCause.LATE_PAYMENT.code().equals(reason);
    }

    /** What its provider is asked for: nothing but what was recorded, so that asking again asks for the very same. */
    Charge chargeFor(Order order) {
        return new Charge(
                transactionReference,
                orderId,
                order.orderNumber(),
                amount(),
                paymentToken,
                providerCustomer,
                savesMethod);
    }

    /** As {@link #chargeFor}, of a refund. */
    Reversal reversalOf(Transaction payment) {
        return new Reversal(
                transactionReference,
                refundKey(),
                paymentMethod,
                Objects.requireNonNull(payment.providerReference),
                payment.gatewayResponse,
                orderId,
                Money.of(amount.negate(), currency));
    }

    /** A refund's idempotency key: its reference, and another one for each that its provider has spoilt. */
    String refundKey() {
        return Reversal.key(transactionReference, spoiltKeys);
    }

    /** The customer has called it off to pay by another card; a retry of that request begins anew. */
    boolean wasReplaced() {
        return status == TransactionStatus.CANCELLED;
    }

    /** A reference nobody can guess. */
    static String newReference(String prefix) {
        return prefix + UUID.randomUUID().toString().replace("-", "");
    }

    /** Takes a step of its life; one that its life does not have is passed over. @return whether it was taken */
    boolean moveTo(TransactionStatus to, Instant now) {
        if (!status.next().contains(to)) {
            return false;
        }
        status = to;
        updatedAt = now;
        checks = 0;
        if (!to.isTheCustomers()) {
            clientSecret = null;
            nextAction = null;
        }
        nextCheckAt = null;
        return true;
    }

    /** The customer has agreed and we have begun to take the money; whether it is ours only the provider knows. */
    boolean isToBeCaptured() {
        return status == TransactionStatus.PROCESSING;
    }

    /** Whether an outcome is this payment's, and not that of another intent that carries its name. */
    boolean isOf(GatewayOutcome outcome) {
        String theirs = outcome.providerReference();
        return theirs == null || isNamed(theirs);
    }

    /** Whether the provider's name can be this payment's: another one may bear our reference too. */
    boolean isNamed(String theirs) {
        return providerReference == null || providerReference.equals(theirs);
    }

    void heard(GatewayOutcome outcome) {
        providerReference = providerReference == null ? outcome.providerReference() : providerReference;
        gatewayResponse = outcome.evidence() == null ? gatewayResponse : outcome.evidence();
    }

    void waitFor(ActionRequired action) {
        clientSecret = action.clientSecret();
        nextAction = action.nextAction();
    }

    void waitFor(Awaited transfer) {
        nextAction = transfer.instructions();
    }

    void because(Declined declined) {
        declineCode = declined.code().substring(0, Math.min(100, declined.code().length()));
        errorMessage = declined.message();
    }

    /** Nobody asks about it any more: something is wrong that a person has to look at. */
    void hold(String why, Instant now) {
        errorMessage = why;
        nextCheckAt = null;
        updatedAt = now;
    }

    /** Another amount has come than the one that is awaited. */
    void report(Money came, Instant now) {
        reportedAmount = came.amount();
        reportedAt = now;
        updatedAt = now;
    }

    /**
     * Whether asking for it once more would bring no more than the provider's fault again, for as long as it keeps the key:
     * then only its books tell whether the money was taken.
     *
     * @param begunBefore a younger one is asked for again
     */
    boolean isToBeSought(Instant begunBefore) {
        return status.isLive() && providerReference == null && soughtSince == null && createdAt.isBefore(begunBefore);
    }

    /** It is asked about again, after pauses that double up to the longest. */
    void askAgain(Instant now, Duration longest) {
        Duration pause = Duration.ofSeconds(2L << Math.min(checks, 20));
        nextCheckAt = now.plus(pause.compareTo(longest) < 0 ? pause : longest);
    }

    void askAt(Instant when) {
        nextCheckAt = when;
    }

    static Optional<Transaction> lock(long transactionId) {
        return find("transactionId", transactionId)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** The order's one payment that is, or may yet become, money; locked. */
    static Optional<Transaction> lockLive(long orderId) {
        return find("orderId = ?1 AND transactionType = 'payment' AND status NOT IN (FAILED, CANCELLED)", orderId)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    static Optional<Transaction> findByKey(long userId, @Nullable String idempotencyKey) {
        return idempotencyKey == null
                ? Optional.empty()
                : find("userId = ?1 AND idempotencyKey = ?2", userId, idempotencyKey)
                        .firstResultOptional();
    }

    /** By our reference or the provider's. */
    static Optional<Transaction> findByReference(String reference) {
        return find("transactionReference = ?1 OR providerReference = ?1", reference)
                .firstResultOptional();
    }

    static Optional<Transaction> findOwnByReference(String reference, long userId) {
        return find("(transactionReference = ?1 OR providerReference = ?1) AND userId = ?2", reference, userId)
                .firstResultOptional();
    }

    /**
     * Which payment a provider speaks of: by its own name for it, or by ours where its answer has not reached us.
     * Without loading it: its order is locked first.
     */
    static Optional<Long> paymentNamed(String theirs, @Nullable String ours) {
        return getEntityManager()
                .createQuery("""
                        SELECT t.transactionId FROM Transaction t
                         WHERE t.transactionType = 'payment' AND (t.providerReference = :theirs OR t.transactionReference = :ours)
                         ORDER BY CASE WHEN t.providerReference = :theirs THEN 0 ELSE 1 END
                        """, Long.class)
                .setParameter("theirs", theirs)
                .setParameter("ours", ours == null ? theirs : ours)
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    /** Payments by transfer, oldest first. */
    static Page<Transaction> transfers(TransactionStatus status, int page, int limit) {
        var found = Transaction.<Transaction>find(
                "paymentMethod = BANK_TRANSFER AND transactionType = 'payment' AND status = ?1",
                Sort.by("createdAt", "transactionId"),
                status);
        return new Page<>(found.page(page - 1, limit).list(), page, limit, found.count());
    }

    /** Of the payment for which a transfer with that reference is awaited, or has come. */
    static Optional<Long> transferId(String reference) {
        return Transaction.<Transaction>find(
                        "(transactionReference = ?1 OR providerReference = ?1) AND paymentMethod = BANK_TRANSFER"
                                + " AND transactionType = 'payment' AND providerReference IS NOT NULL",
                        reference)
                .firstResultOptional()
                .map(Transaction::transactionId);
    }

    /** As {@link #transferId}, of all the references that there are, at most two: more than one is one too many. */
    static List<Long> transferIds(Set<String> references) {
        return references.isEmpty()
                ? List.of()
                : getEntityManager()
                        .createQuery("""
                                SELECT t.transactionId FROM Transaction t WHERE t.providerReference IN :references
                                   AND t.paymentMethod = BANK_TRANSFER AND t.transactionType = 'payment'
                                """, Long.class)
                        .setParameter("references", references)
                        .setMaxResults(2)
                        .getResultList();
    }

    /** The attempt to pay an order that its provider has named so. */
    static Optional<Transaction> findPayment(long orderId, String providerReference) {
        return find(
                        "orderId = ?1 AND transactionType = 'payment' AND providerReference = ?2",
                        orderId,
                        providerReference)
                .firstResultOptional();
    }

    /** Oldest first. */
    static List<Transaction> ofOrder(long orderId) {
        return list("orderId = ?1 ORDER BY createdAt, transactionId", orderId);
    }

    /** Which order it belongs to, without loading it: the order is locked first. */
    static Optional<Long> orderOf(long transactionId) {
        return getEntityManager()
                .createQuery("SELECT t.orderId FROM Transaction t WHERE t.transactionId = :id", Long.class)
                .setParameter("id", transactionId)
                .getResultStream()
                .findFirst();
    }
}
