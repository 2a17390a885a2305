package io.emporium.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How the products found are spread, most first; only values that occur, at most 50 of each
 * and the one that was chosen. Each is counted over what the
 * filters on the other facets leave, so that a shop shows what else could be chosen: with {@code category=lamps} the brands
 * and prices are those of lamps, the categories those of the whole search.
 *
 * @param priceRanges cheapest first
 * @param availability {@code in_stock} and {@code out_of_stock}
 */
record Facets(List<Count> categories, List<Count> brands, List<Count> priceRanges, List<Count> availability) {

    /** In whole units of currency: from each bound to under the next. */
    static final List<Integer> PRICE_BOUNDS = List.of(0, 25, 50, 100, 250, 500, 1000);

    static final int VALUES = 50;

    /**
     * @param value a category, a brand, an availability, or a price range: {@code 25-50} is 25.00 to 49.99, {@code 1000+}
     *     all above
     * @param count how many of the products found have it
     */
    record Count(
            @Schema(examples = "electronics") String value,
            @Schema(examples = "12") long count) {}

    /** Who has chosen a value sees it with its count, be it behind the most frequent ones. */
    static List<Count> with(@Nullable String chosen, long count, List<Count> mostFrequent) {
        if (chosen == null
                || count == 0
                || mostFrequent.stream().anyMatch(one -> one.value().equals(chosen))) {
            return mostFrequent;
        }
        List<Count> all = new ArrayList<>(mostFrequent);
        all.add(new Count(chosen, count));
        return all;
    }

    /** The name of the range that begins with a bound. */
    static String range(int bound) {
        int index = PRICE_BOUNDS.indexOf(bound);
        return index == PRICE_BOUNDS.size() - 1 ? bound + "+" : bound + "-" + PRICE_BOUNDS.get(index + 1);
    }

    /** From counts of {@code true} and {@code false}; of two that are as many, what is in stock first. */
    static List<Count> availability(List<Count> inStock) {
        return inStock.stream()
                .map(count -> new Count(count.value().equals("true") ? "in_stock" : "out_of_stock", count.count()))
                .sorted(Comparator.comparingLong(Count::count).reversed().thenComparing(Count::value))
                .toList();
    }
}
