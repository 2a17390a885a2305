package io.emporium.catalog;

import io.emporium.catalog.image.ShownImage;
import io.emporium.shared.Money;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * What is sold (low-level-design 3.2.2). Its version counts edits; the stock, which every sale changes, belongs to
 * {@link io.emporium.inventory.Stock} and is only looked at here.
 */
@Entity
@Table(name = "products")
public class Product extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "product_id")
    Long productId;

    String name;

    String description;

    BigDecimal price;

    @JdbcTypeCode(SqlTypes.CHAR)
    @Column(length = 3, updatable = false)
    String currency;

    String category;

    @Nullable
    String brand;

    String sku;

    // Hibernate writes absolute values, which would undo a sale made since it read: it never writes this one.
    @Column(name = "stock_quantity", insertable = false, updatable = false)
    int stockQuantity;

    @Column(name = "image_url")
    @Nullable
    String imageUrl;

    /** As the product shows them; the first one's is the {@link #imageUrl}. */
    @Convert(converter = ShownImages.class)
    @Column(columnDefinition = "jsonb", nullable = false)
    @ColumnTransformer(write = "CAST(? AS jsonb)")
    List<ShownImage> images;

    @Column(name = "is_active")
    boolean active;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Version
    long version;

    protected Product() {
        // Hibernate's
    }

    static Product create(ProductDraft draft, Currency currency, Instant now) {
        Product product = new Product();
        product.currency = currency.getCurrencyCode();
        product.images = List.of();
        product.active = true;
        product.createdAt = now;
        product.take(draft, now);
        return product;
    }

    /**
     * Takes over what an editor wants it to be; the stock is not an editor's.
     *
     * @return whether anything is different from before
     */
    boolean edit(ProductDraft draft, Instant now) {
        // Whoever uploaded images says by their order which is the first.
        ProductDraft wanted = images.isEmpty() ? draft : draft.withImageUrl(imageUrl);
        if (wanted.equals(ProductDraft.of(this))) {
            return false;
        }
        take(wanted, now);
        return true;
    }

    /**
     * Shows these from now on.
     *
     * @return whether they are others, or in another order, than before
     */
    boolean show(List<ShownImage> shown, Instant now) {
        if (shown.equals(images)) {
            return false;
        }
        images = List.copyOf(shown);
        imageUrl = images.isEmpty() ? null : images.getFirst().large();
        updatedAt = now;
        return true;
    }

    private void take(ProductDraft draft, Instant now) {
        name = draft.name();
        description = draft.description();
        price = draft.price();
        category = draft.category();
        brand = draft.brand();
        sku = draft.sku();
        imageUrl = draft.imageUrl();
        updatedAt = now;
    }

    /**
     * Takes it off the shelf. Orders that have it keep it, and its stock stays counted.
     *
     * @return whether it was still sold
     */
    boolean withdraw(Instant now) {
        if (!active) {
            return false;
        }
        active = false;
        updatedAt = now;
        return true;
    }

    /** Sells it again. @return whether it was withdrawn */
    boolean putBack(Instant now) {
        if (active) {
            return false;
        }
        active = true;
        updatedAt = now;
        return true;
    }

    public long productId() {
        return productId;
    }

    public String name() {
        return name;
    }

    /** Plain text, or HTML as a merchant's file had it: to be escaped where it is shown. Empty if there is none. */
    public String description() {
        return description;
    }

    public Money price() {
        return Money.of(price, currency);
    }

    public String category() {
        return category;
    }

    public @Nullable String brand() {
        return brand;
    }

    public String sku() {
        return sku;
    }

    /** How many there were when it was read. A look, not a promise: only reserving is one. */
    public int stockQuantity() {
        return stockQuantity;
    }

    public @Nullable String imageUrl() {
        return imageUrl;
    }

    /** Those that were uploaded and are ready, in order. */
    public List<ShownImage> images() {
        return images;
    }

    /** Whether it is sold. */
    public boolean isActive() {
        return active;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Instant updatedAt() {
        return updatedAt;
    }

    /** Counts its edits, from 0. */
    public long version() {
        return version;
    }

    /** One that is sold. */
    public static Optional<Product> findActive(long productId) {
        return find("productId = ?1 and active", productId).firstResultOptional();
    }
}
