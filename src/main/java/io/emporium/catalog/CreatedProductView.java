package io.emporium.catalog;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the creation of a product answers (low-level-design 4.2.3). */
record CreatedProductView(
        @Schema(examples = "2") long productId,
        @Schema(examples = "Wireless Mouse") String name,
        @Schema(examples = "TECH-MOU-001") String sku) {
    static CreatedProductView of(Product product) {
        return new CreatedProductView(product.productId(), product.name(), product.sku());
    }
}
