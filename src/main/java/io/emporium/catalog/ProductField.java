package io.emporium.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a merchant's file can say of a product, and the column names it is known by; where a file has several of them the
 * first listed here counts.
 */
enum ProductField {
    NAME(true, "name", "title", "product name", "product title"),
    DESCRIPTION(false, "description", "body (html)", "body html", "body", "product description", "long description"),
    PRICE(true, "price", "variant price", "unit price", "regular price"),
    CATEGORY(true, "category", "product category", "type", "product type"),
    BRAND(false, "brand", "vendor", "manufacturer"),
    SKU(true, "sku", "variant sku", "product sku", "id", "product id", "handle"),
    STOCK_QUANTITY(
            false, "stock quantity", "stock", "quantity", "current stock", "inventory", "variant inventory qty", "qty"),
    IMAGE_URL(false, "image url", "image", "image src", "image link", "images");

    final boolean required;

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
    final List<String> knownAs;

    ProductField(boolean required, String... knownAs) {
        this.required = required;
        this.knownAs = List.of(knownAs);
    }

    /** As the API calls it. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ProductField> of(String code) {
        for (ProductField field : values()) {
            if (field.code().equals(code)) {
                return Optional.of(field);
            }
        }
        return Optional.empty();
    }
}
