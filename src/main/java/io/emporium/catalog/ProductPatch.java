package io.emporium.catalog;

import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a PATCH may send, for the API's description; read as the JSON it is, because in a record what is absent and what
 * is null would be one. The rules are {@link ProductRequest}'s.
 */
@Schema(example = """
        {"price":24.99,"brand":null}
        """)
record ProductPatch(
        @Nullable String name,
        @Nullable String description,
        @Nullable BigDecimal price,
        @Nullable String category,
        @Nullable String brand,
        @Nullable String sku,
        @Nullable Integer stockQuantity,
        @Nullable String imageUrl,
        @Nullable Boolean isActive) {}
