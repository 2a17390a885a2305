package io.emporium.order;

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
import java.math.BigDecimal;

/** One line of an order (low-level-design 3.2.6): a product as it was called and priced at checkout. */
@Entity
@Table(name = "order_items")
public class OrderItem extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "order_item_id")
    Long orderItemId;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "order_id", updatable = false)
    Order order;

    @Column(name = "product_id", nullable = false, updatable = false)
    long productId;

    @Column(name = "product_name", nullable = false, updatable = false)
    String productName;

    @Column(nullable = false, updatable = false)
    String sku;

    @Column(nullable = false, updatable = false)
    int quantity;

    @Column(nullable = false, updatable = false)
    BigDecimal price;

    @Column(nullable = false, updatable = false)
    BigDecimal subtotal;

    public long productId() {
        return productId;
    }

    public String productName() {
        return productName;
    }

    public String sku() {
        return sku;
    }

    public int quantity() {
        return quantity;
    }

    /** Of one. */
    public Money price() {
        return Money.of(price, order.currency);
    }

    public Money subtotal() {
        return Money.of(subtotal, order.currency);
    }
}
