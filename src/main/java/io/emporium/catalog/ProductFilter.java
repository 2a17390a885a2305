package io.emporium.catalog;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which products a list holds, and in which order (contract.md, GET /products). Every order ends with the id, so that no
 * product is on two pages or on none.
 *
 * @param inStock null: both
 */
record ProductFilter(
        @Nullable String category,
        @Nullable String brand,
        @Nullable BigDecimal minPrice,
        @Nullable BigDecimal maxPrice,
        @Nullable Boolean inStock) {

    /** A product's own; not the words that the search keeps beside them. */
    private static final String COLUMNS =
            "p.product_id, p.name, p.description, p.price, p.currency, p.category, p.brand, p.sku, p.stock_quantity,"
                    + " p.image_url, p.images, p.is_active, p.created_at, p.updated_at, p.version";

    enum Sort {
        NEWEST("created_at DESC, product_id DESC"),
        OLDEST("created_at, product_id"),
        PRICE_ASC("price, product_id"),
        PRICE_DESC("price DESC, product_id DESC"),
        NAME_ASC("name, product_id"),
        NAME_DESC("name DESC, product_id DESC");

        private final String order;

        Sort(String order) {
            this.order = order;
        }
    }

    /** A statement with its arguments, {@code ?1} being the first. */
    record Statement(String sql, List<Object> arguments) {}

    /**
     * Its page is found in an index first and the rows are fetched then: what stands before the page is only stepped over.
     */
    Statement page(Sort sort, int limit, int offset) {
        List<Object> arguments = new ArrayList<>();
        String where = where(arguments);
        arguments.add(limit);
        arguments.add(offset);
        String sql = "SELECT " + COLUMNS + " FROM (SELECT product_id FROM products WHERE " + where + " ORDER BY "
                + sort.order
                + " LIMIT ?" + (arguments.size() - 1) + " OFFSET ?" + arguments.size()
                + ") page JOIN products p USING (product_id) ORDER BY p." + sort.order.replace(", ", ", p.");
        return new Statement(sql, List.copyOf(arguments));
    }

    /** Counts, but no further than to the bound. */
    Statement countUpTo(int bound) {
        List<Object> arguments = new ArrayList<>();
        String where = where(arguments);
        arguments.add(bound);
        return new Statement(
                "SELECT count(*) FROM (SELECT 1 FROM products WHERE " + where + " LIMIT ?" + arguments.size()
                        + ") counted",
                List.copyOf(arguments));
    }

    Statement count() {
        List<Object> arguments = new ArrayList<>();
        return new Statement("SELECT count(*) FROM products WHERE " + where(arguments), List.copyOf(arguments));
    }

    private String where(List<Object> arguments) {
        StringBuilder where = new StringBuilder("is_active");
        and(where, "category = ", category, arguments);
        and(where, "brand = ", brand, arguments);
        and(where, "price >= ", minPrice, arguments);
        and(where, "price <= ", maxPrice, arguments);
        if (inStock != null) {
            // Band 0 is an empty shelf, and has an index: V2__catalog_and_stock.sql tells why not the quantity itself.
            where.append(inStock ? " AND stock_band > 0" : " AND stock_band = 0");
        }
        return where.toString();
    }

    private static void and(StringBuilder where, String condition, @Nullable Object argument, List<Object> arguments) {
        if (argument != null) {
            arguments.add(argument);
            where.append(" AND ").append(condition).append('?').append(arguments.size());
        }
    }
}
