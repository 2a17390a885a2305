package io.emporium.catalog;

import io.emporium.catalog.image.ShownImage;
import io.emporium.shared.Money;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A product as it is shown (low-level-design 4.2.1, 4.2.2).
 *
 * @param stockQuantity how many there were a moment ago
 * @param imageUrl the first of the images; without any, what an editor or an import has set
 * @param images those uploaded, in order
 * @param isActive false: no longer sold; only those who keep the catalogue see such a product
 */
public record ProductView(
        long productId,
        String name,
        String description,

        @Schema(implementation = java.math.BigDecimal.class, examples = "999.99")
        Money price,

        String category,
        @Nullable String brand,
        String sku,
        int stockQuantity,
        @Nullable String imageUrl,
        List<ShownImage> images,
        boolean isActive,
        Instant createdAt,
        Instant updatedAt) {

    public static ProductView of(Product product) {
        return new ProductView(
                product.productId(),
                product.name(),
                product.description(),
                product.price(),
                product.category(),
                product.brand(),
                product.sku(),
                product.stockQuantity(),
                product.imageUrl(),
                product.images(),
                product.isActive(),
                product.createdAt(),
                product.updatedAt());
    }
}
