package io.emporium.catalog.image;

import java.util.List;

/**
 * A product shows other pictures, or in another order: fired in the transaction that did it, which holds the product's lock.
 *
 * @param shown all of them, in order
 */
public record ImagesChanged(long productId, List<ShownImage> shown) {
    public ImagesChanged {
        shown = List.copyOf(shown);
    }
}
