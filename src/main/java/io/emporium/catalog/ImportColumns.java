package io.emporium.catalog;

import io.emporium.shared.Refusal;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which column of a file is which field: as the request says ({@code columns=sku:id,brand:style}), else by the names that
 * merchants use. Case does not count, and spaces, underscores and hyphens are alike.
 */
final class ImportColumns {
    private static final Pattern GAP = Pattern.compile("[\\s_-]+");

    private final Map<ProductField, String> said;

    private ImportColumns(Map<ProductField, String> said) {
        this.said = said;
    }

    /**
     * @param mapping pairs {@code field:column}, each element one or several of them separated by commas
     * @throws Refusal VALIDATION_ERROR for what is no such pair
     */
    static ImportColumns of(List<String> mapping) {
        Map<ProductField, String> said = new EnumMap<>(ProductField.class);
        for (String several : mapping) {
            for (String pair : several.split(",", -1)) {
                int colon = pair.indexOf(':');
                if (colon < 1 || colon == pair.length() - 1) {
                    throw CatalogError.invalid("columns", "must be pairs of field:column, separated by commas");
                }
                ProductField field = ProductField.of(pair.substring(0, colon).strip())
                        .orElseThrow(() -> CatalogError.invalid(
                                "columns",
                                "knows the fields name, description, price, category, brand, sku,"
                                        + " stock_quantity and image_url"));
                said.put(field, normal(pair.substring(colon + 1)));
            }
        }
        return new ImportColumns(said);
    }

    /**
     * Where the fields are, by the columns' position.
     *
     * @throws Refusal VALIDATION_ERROR if a column is missing without which no row is a product
     */
    Map<ProductField, Integer> in(List<String> header) {
        Map<ProductField, Integer> places = find(header);
        for (ProductField field : ProductField.values()) {
            if (!places.containsKey(field) && (field.required || said.containsKey(field))) {
                throw CatalogError.invalid(
                        field.code(), "no column of the file is it; name one: columns=" + field.code() + ":<column>");
            }
        }
        return places;
    }

    /** As {@link #in}, for a line that has its own names: what it lacks, its row will be told. */
    Map<ProductField, Integer> find(List<String> names) {
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            byName.putIfAbsent(normal(names.get(i)), i);
        }
        Map<ProductField, Integer> places = new EnumMap<>(ProductField.class);
        for (ProductField field : ProductField.values()) {
            String column = said.get(field);
            List<String> candidates = column == null ? field.knownAs : List.of(column);
            for (String candidate : candidates) {
                Integer place = byName.get(candidate);
                if (place != null) {
                    places.put(field, place);
                    break;
                }
            }
        }
        return places;
    }

    private static String normal(String name) {
        return GAP.matcher(name.strip()).replaceAll(" ").toLowerCase(Locale.ROOT);
    }
}
