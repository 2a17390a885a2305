package io.emporium.catalog;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A row of a merchant's file. */
sealed interface ImportRow {
    /** The number of its first line in the file, from 1. */
    long line();

    /**
     * A valid one.
     *
     * @param given the fields that the file has: an existing product keeps the others
     */
    record Good(long line, ProductRequest product, Set<ProductField> given) implements ImportRow {
        String sku() {
            return product.sku();
        }

        /** What the product becomes, having been as given. */
        ProductDraft onto(ProductDraft before) {
            ProductDraft wanted = product.draft();
            return new ProductDraft(
                    wanted.name(),
                    given.contains(ProductField.DESCRIPTION) ? wanted.description() : before.description(),
                    wanted.price(),
                    wanted.category(),
                    given.contains(ProductField.BRAND) ? wanted.brand() : before.brand(),
                    wanted.sku(),
                    given.contains(ProductField.IMAGE_URL) ? wanted.imageUrl() : before.imageUrl());
        }
    }

    /** One that is not loaded, and why. */
    record Bad(long line, @Nullable String sku, @Nullable String field, String message) implements ImportRow {}
}
