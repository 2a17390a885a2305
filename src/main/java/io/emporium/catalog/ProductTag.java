package io.emporium.catalog;

import io.emporium.shared.Refusal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A product's {@code ETag}: {@code "version.stock"}. A reader's copy is stale when either changed. An editor's is stale
 * only when the version did: a sale between reading and saving is not an edit, and an editor of a product that sells
 * would otherwise never get a change through. Unless they set the stock: then a sale in between would be undone.
 */
record ProductTag(long version, int stock) {
    static ProductTag of(Product product) {
        return new ProductTag(product.version(), product.stockQuantity());
    }

    /** As the header has it. */
    String header() {
        return "\"" + version + "." + stock + "\"";
    }

    /** Whether {@code If-None-Match} names the representation with that tag. */
    static boolean isIn(@Nullable String ifNoneMatch, String tag) {
        return ifNoneMatch != null && any(ifNoneMatch, tag);
    }

    /**
     * @param ifMatch the header; null holds for every version
     * @param setsStock whether the stock is about to be set: then it must be the one that was seen
     * @throws Refusal VERSION_CONFLICT if the product was edited since
     */
    void require(@Nullable String ifMatch, boolean setsStock) {
        if (ifMatch == null || ifMatch.strip().equals("*")) {
            return;
        }
        String sameVersion = "\"" + version + ".";
        boolean holds = setsStock ? any(ifMatch, header()) : tags(ifMatch).anyMatch(tag -> tag.startsWith(sameVersion));
        if (!holds) {
            throw CatalogError.versionConflict();
        }
    }

    private static boolean any(String header, String wanted) {
        return header.strip().equals("*") || tags(header).anyMatch(wanted::equals);
    }

    // A proxy that compresses makes a strong tag weak; the product is the same one.
    private static java.util.stream.Stream<String> tags(String header) {
        return Arrays.stream(header.split(",", 100))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag);
    }
}
