package io.emporium.catalog;

import java.util.Set;

/**
 * Products were created, edited, withdrawn or put back on sale: fired in the transaction that did it.
 *
 * @param products those that were there before; perhaps none
 */
record ProductsChanged(Set<Long> products) {}
