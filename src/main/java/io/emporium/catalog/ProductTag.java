package io.emporium.catalog;

import io.emporium.shared.Refusal;
import io.emporium.web.EntityTags;
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
        boolean holds = setsStock
                ? EntityTags.isIn(ifMatch, header())
                : EntityTags.of(ifMatch).anyMatch(tag -> tag.startsWith(sameVersion));
        if (!holds) {
            throw CatalogError.versionConflict();
        }
    }
}
