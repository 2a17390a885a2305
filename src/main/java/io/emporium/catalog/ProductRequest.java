package io.emporium.catalog;

import io.emporium.inventory.StockCount;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A product as an editor or a merchant's file has it (low-level-design 4.2.3). The one place of its rules: POST, PUT,
 * PATCH and the import all ask them.
 *
 * @param name 1–255 characters
 * @param description at most 10,000 characters; HTML is kept as text
 * @param price more than 0, at most 99,999,999.99, two decimals
 * @param category 1–100 characters
 * @param brand at most 100 characters
 * @param sku 1–100 characters, unique; white space around it is cut off
 * @param stockQuantity 0–1,000,000,000; absent: 0 for a new product, else the stock stays as it is
 * @param imageUrl an http(s) URL or a path that the shop's front end resolves, at most 500 characters
 */
@Schema(example = """
                {"name":"Wireless Mouse","description":"Ergonomic wireless mouse","price":29.99,"category":"electronics",
                 "brand":"TechBrand","sku":"TECH-MOU-001","stock_quantity":100,"image_url":"https://example.com/images/mouse.jpg"}
                """)
record ProductRequest(
        @NotBlank @Size(max = 255) @Pattern(regexp = LINE, message = NO_CONTROL)
        String name,

        @Size(max = 10_000) @Pattern(regexp = TEXT, message = NO_CONTROL) @Nullable
        String description,

        @NotNull @DecimalMin("0.01") @DecimalMax("99999999.99") @Digits(integer = 8, fraction = 2)
        BigDecimal price,

        @NotBlank @Size(max = 100) @Pattern(regexp = LINE, message = NO_CONTROL)
        String category,

        @Size(max = 100) @Pattern(regexp = LINE, message = NO_CONTROL) @Nullable
        String brand,

        @NotBlank @Size(max = 100) @Pattern(regexp = LINE, message = NO_CONTROL)
        String sku,

        @Min(0) @Max(StockCount.MOST) @Nullable Integer stockQuantity,

        @Size(max = 500)
        @Pattern(regexp = IMAGE, message = "must be an http(s) URL or a relative path, without spaces")
        @Nullable
        String imageUrl) {
    static final String NO_CONTROL = "must not contain control characters";
    // Lone surrogates (Cs) have no UTF-8 and so no place in the database. Classes only: alternation would recurse.
    static final String LINE = "[^\\p{Cc}\\p{Cs}]*";
    static final String TEXT = "[\\n\\r\\t[^\\p{Cc}\\p{Cs}]]*";
    // Relative: no scheme (javascript:, data:) and not another host (//evil).
    private static final String IMAGE = "(?i)https?://[^\\s/?#<>\"'\\\\\\p{Cc}\\p{Cs}][^\\s<>\"'\\\\\\p{Cc}\\p{Cs}]*"
            + "|(?!//)(?![a-z][a-z0-9+.-]*:)[^\\s<>\"'\\\\\\p{Cc}\\p{Cs}]+";

    ProductRequest {
        name = stripped(name);
        category = stripped(category);
        sku = stripped(sku);
        brand = orNull(brand);
        imageUrl = orNull(imageUrl);
    }

    /** Once it is valid. */
    ProductDraft draft() {
        return new ProductDraft(name, description == null ? "" : description, price, category, brand, sku, imageUrl);
    }

    // Bean Validation speaks of what is missing after this ran, so null must get through it.
    @SuppressWarnings("NullAway")
    private static String stripped(@Nullable String text) {
        return text == null ? null : text.strip();
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
