package io.emporium.inventory;

/**
 * So many of a product.
 *
 * @param productId which
 * @param quantity how many, 1–999
 */
public record StockLine(long productId, int quantity) {
    public StockLine {
        // A reservation of fewer than none would make goods out of nothing.
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity " + quantity);
        }
    }
}
