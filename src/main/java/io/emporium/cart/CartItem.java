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
}
