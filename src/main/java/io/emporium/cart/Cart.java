package io.emporium.cart;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A customer's one cart (low-level-design 3.2.3). Its row is the lock under which it is changed and checked out. */
@Entity
@Table(name = "carts")
public class Cart extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "cart_id")
    Long cartId;

    @Column(name = "user_id", nullable = false, updatable = false)
    long userId;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    public long cartId() {
        return cartId;
    }

    public long userId() {
        return userId;
    }

    /** Its lines as they were put in, each with its product. */
    public List<CartItem> items() {
        return CartItem.list("FROM CartItem i JOIN FETCH i.product WHERE i.cartId = ?1 ORDER BY i.cartItemId", cartId);
    }

    static Optional<Cart> findByUser(long userId) {
        return find("userId", userId).firstResultOptional();
    }

    static Optional<Cart> lockByUser(long userId) {
        return find("userId", userId).withLock(LockModeType.PESSIMISTIC_WRITE).firstResultOptional();
    }
}
