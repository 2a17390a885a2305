package io.emporium.catalog;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * What an editor or a merchant's file wants a product to be; valid and tidy, its stock apart.
 *
 * @param price two decimals
 */
record ProductDraft(
        String name,
        String description,
        BigDecimal price,
        String category,
        @Nullable String brand,
        String sku,
        @Nullable String imageUrl) {

    ProductDraft {
        // 5 and 5.00 are one price: what is compared must not differ by its zeros.
        price = price.setScale(2, RoundingMode.UNNECESSARY);
    }

    ProductDraft withImageUrl(@Nullable String url) {
        return new ProductDraft(name, description, price, category, brand, sku, url);
    }

    static ProductDraft of(Product product) {
        return new ProductDraft(
                product.name,
                product.description,
                product.price,
                product.category,
                product.brand,
                product.sku,
                product.imageUrl);
    }
}
