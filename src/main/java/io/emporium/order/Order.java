package io.emporium.order;

import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * What a customer has bought (low-level-design 3.2.5): goods, prices and address as they were at checkout. It moves by
 * its own methods, which refuse what its life does not allow.
 */
@Entity
@Table(name = "orders")
public class Order extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "order_id")
    Long orderId;

    @Column(name = "user_id", nullable = false, updatable = false)
    long userId;

    @Column(name = "order_number", nullable = false, updatable = false)
    String orderNumber;

    @Column(nullable = false)
    OrderStatus status;

    @Column(name = "payment_method", nullable = false, updatable = false)
    PaymentMethod paymentMethod;

    @Column(name = "payment_status", nullable = false)
    PaymentStatus paymentStatus;

    @Column(name = "total_amount", nullable = false, updatable = false)
    BigDecimal totalAmount;

    @JdbcTypeCode(SqlTypes.CHAR)
    @Column(nullable = false, updatable = false, length = 3)
    String currency;

    @Nullable
    @Column(name = "shipping_address_id", updatable = false)
    Long shippingAddressId;

    @Embedded
    ShipTo shipTo;

    @Column(name = "expires_at", nullable = false, updatable = false)
    Instant expiresAt;

    @Nullable
    @Column(name = "cancel_reason")
    String cancelReason;

    @Nullable
    @Column(name = "held_since")
    Instant heldSince;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Version
    long version;

    @OneToMany(mappedBy = "order", cascade = CascadeType.PERSIST)
    @OrderBy("orderItemId")
    List<OrderItem> items = new ArrayList<>();

    public long orderId() {
        return orderId;
    }

    /** Whose it is. */
    public long userId() {
        return userId;
    }

    /** {@code ORD-2026-0001}. */
    public String orderNumber() {
        return orderNumber;
    }

    public OrderStatus status() {
        return status;
    }

    public PaymentMethod paymentMethod() {
        return paymentMethod;
    }

    public PaymentStatus paymentStatus() {
        return paymentStatus;
    }

    /** What it costs: the sum of its lines. */
    public Money total() {
        return Money.of(totalAmount, currency);
    }

    public ShipTo shipTo() {
        return shipTo;
    }

    /** When it is cancelled by itself unless it is paid or being paid. */
    public Instant expiresAt() {
        return expiresAt;
    }

    /** customer, admin, expired or refunded; null unless cancelled. */
    public @Nullable String cancelReason() {
        return cancelReason;
    }

    /** Whether somebody of the shop has to look at it before it is packed. The customer is not told. */
    public boolean isHeld() {
        return heldSince != null;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Instant updatedAt() {
        return updatedAt;
    }

    public List<OrderItem> items() {
        return List.copyOf(items);
    }

    /** Takes the one step; every move goes through here. */
    OrderStatus moveTo(OrderStatus to, Instant now) {
        OrderStatus from = status;
        if (!from.next().contains(to)) {
            throw OrderError.notThatWay(from, to);
        }
        // Calling it off is the one thing that needs no look at it.
        if (isHeld() && to != OrderStatus.CANCELLED) {
            throw OrderError.held(from, to);
        }
        heldSince = null;
        status = to;
        updatedAt = now;
        return from;
    }

    /** As {@link #moveTo}, to cancelled, with the reason beside it. */
    OrderStatus cancel(String reason, Instant now) {
        OrderStatus from = moveTo(OrderStatus.CANCELLED, now);
        cancelReason = reason;
        return from;
    }

    /** @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION unless it is confirmed: what is packed is not held */
    void hold(Instant now) {
        if (status != OrderStatus.CONFIRMED) {
            throw OrderError.notHoldable(status);
        }
        heldSince = now;
        updatedAt = now;
    }

    void release(Instant now) {
        heldSince = null;
        updatedAt = now;
    }

    void paymentIs(PaymentStatus payment, Instant now) {
        paymentStatus = payment;
        updatedAt = now;
    }

    static Optional<Order> findOwn(long orderId, long userId) {
        return find("orderId = ?1 AND userId = ?2", orderId, userId).firstResultOptional();
    }

    static Optional<Order> lockOwn(long orderId, long userId) {
        return find("orderId = ?1 AND userId = ?2", orderId, userId)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    static Optional<Order> lock(long orderId) {
        return find("orderId", orderId).withLock(LockModeType.PESSIMISTIC_WRITE).firstResultOptional();
    }

    /** Newest first. */
    static Page<OrderSummary> pageOf(long userId, int page, int limit) {
        List<OrderSummary> items = getEntityManager()
                .createQuery("""
                        SELECT o.orderId, o.orderNumber, o.status, o.paymentStatus, o.totalAmount, o.currency, o.createdAt,
                               (SELECT count(i) FROM OrderItem i WHERE i.order = o)
                          FROM Order o WHERE o.userId = :user ORDER BY o.createdAt DESC, o.orderId DESC
                        """, OrderSummary.class)
                .setParameter("user", userId)
                .setFirstResult(Page.offset(page, limit))
                .setMaxResults(limit)
                .getResultList();
        return new Page<>(items, page, limit, count("userId", userId));
    }

    /** Those with a greater id whose time is up and whose money is not under way; in the order of their ids. */
    static List<Long> expired(Instant now, long after, int most) {
        return getEntityManager()
                .createQuery("""
                        SELECT o.orderId FROM Order o
                         WHERE o.status = PENDING AND o.paymentStatus IN (PENDING, FAILED) AND o.expiresAt <= :now
                           AND o.orderId > :after
                         ORDER BY o.orderId
                        """, Long.class)
                .setParameter("now", now)
                .setParameter("after", after)
                .setMaxResults(most)
                .getResultList();
    }

    static List<Instant> unpaidDeadlines(long userId) {
        return getEntityManager()
                .createQuery(
                        "SELECT o.expiresAt FROM Order o WHERE o.userId = :user AND o.status = PENDING ORDER BY o.expiresAt",
                        Instant.class)
                .setParameter("user", userId)
                .getResultList();
    }
}
