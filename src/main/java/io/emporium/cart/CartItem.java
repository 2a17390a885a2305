package io.emporium.cart;

import io.emporium.catalog.Product;
import io.emporium.shared.Money;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One line of a cart (low-level-design 3.2.4): a product once a cart, 1–999 of it, at today's price. */
@Entity
@Table(name = "cart_items")
public class CartItem extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "cart_item_id")
    Long cartItemId;

    @Column(name = "cart_id", nullable = false, updatable = false)
    long cartId;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "product_id", updatable = false)
    Product product;

    @Column(nullable = false)
    int quantity;

    @Column(name = "added_at", nullable = false, updatable = false)
    Instant addedAt;

    public long cartItemId() {
        return cartItemId;
    }

    public Product product() {
        return product;
    }

    public int quantity() {
        return quantity;
    }

    /** At the product's price of now. */
    public Money subtotal() {
        return product.price().times(quantity);
    }

    static Optional<CartItem> findOwn(long cartItemId, long userId) {
        return find(
                        "FROM CartItem i JOIN FETCH i.product WHERE i.cartItemId = ?1 AND i.cartId = (SELECT c.cartId FROM Cart c WHERE c.userId = ?2)",
                        cartItemId,
                        userId)
                .firstResultOptional();
    }

    static Optional<CartItem> findInCart(long cartId, long productId) {
        return find("cartId = ?1 AND product.productId = ?2", cartId, productId).firstResultOptional();
    }

    /**
     * Adds so many of a product to the customer's cart, which is made and locked on the way: one way to the database, for nothing is
     * done oftener. The bound of lines is that of a moment ago to who had to wait for the lock.
     *
     * @return the line as it is now; nothing if the product is not sold, there are not so many of it, or the cart is full
     */
    static Optional<CartItemView> add(long userId, long productId, int quantity, Instant now) {
        List<Object[]> lines = getEntityManager()
                .createNativeQuery("""
                        WITH cart AS (
                            INSERT INTO carts (user_id, created_at, updated_at) VALUES (:user, :now, :now)
                            ON CONFLICT (user_id) DO UPDATE SET updated_at = excluded.updated_at
                            RETURNING cart_id)
                        INSERT INTO cart_items AS line (cart_id, product_id, quantity, added_at)
                        SELECT cart_id, product_id, :quantity, :now
                          FROM cart, products
                         WHERE product_id = :product AND is_active AND stock_quantity >= :quantity
                           AND (SELECT count(*) FROM cart_items other
                                 WHERE other.cart_id = cart.cart_id AND other.product_id <> :product) < :mostLines
                        ON CONFLICT (cart_id, product_id) DO UPDATE SET quantity = line.quantity + excluded.quantity
                         WHERE line.quantity + excluded.quantity
                               <= LEAST(:mostOfIt, (SELECT stock_quantity FROM products WHERE product_id = excluded.product_id))
                        RETURNING cart_item_id, product_id, quantity
                        """, Object[].class)
                .setParameter("user", userId)
                .setParameter("now", now)
                .setParameter("product", productId)
                .setParameter("quantity", quantity)
                .setParameter("mostLines", CartService.MOST_LINES)
                .setParameter("mostOfIt", CartService.MOST_OF_A_PRODUCT)
                .getResultList();
        return lines.stream()
                .map(line -> new CartItemView(
                        ((Number) line[0]).longValue(), ((Number) line[1]).longValue(), ((Number) line[2]).intValue()))
                .findFirst();
    }
}
