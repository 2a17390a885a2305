package io.emporium.inventory;

import java.util.Set;

/**
 * Stocks have changed: fired in the transaction that did it, for those who show them.
 *
 * @param products whose; perhaps none
 * @param shelvesEmptiedOrFilled whether one of them can be bought now that could not, or the other way round
 */
public record StockMoved(Set<Long> products, boolean shelvesEmptiedOrFilled) {}
