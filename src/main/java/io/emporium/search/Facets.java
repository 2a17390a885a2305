package io.emporium.search;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How the products found are spread, most first; only values that occur, at most 50 of each.
 *
 * @param priceRanges cheapest first
 */
record Facets(List<Count> categories, List<Count> brands, List<Count> priceRanges) {

    /** In whole units of currency: from each bound to under the next. */
    static final List<Integer> PRICE_BOUNDS = List.of(0, 25, 50, 100, 250, 500, 1000);

    static final int VALUES = 50;

    /**
     * @param value a category, a brand, or a price range: {@code 25-50} is 25.00 to 49.99, {@code 1000+} all above
     * @param count how many of the products found have it
     */
    record Count(
            @Schema(examples = "electronics") String value,
            @Schema(examples = "12") long count) {}

    /** The name of the range that begins with a bound. */
    static String range(int bound) {
        int index = PRICE_BOUNDS.indexOf(bound);
        return index == PRICE_BOUNDS.size() - 1 ? bound + "+" : bound + "-" + PRICE_BOUNDS.get(index + 1);
    }
}
