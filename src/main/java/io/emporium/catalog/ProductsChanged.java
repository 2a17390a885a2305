package io.emporium.catalog;

import java.util.Set;

/**
 * Products were created, edited, withdrawn or put back on sale, or are so already for somebody who asks again: fired in the
 * transaction that did it.
 *
 * @param products those that were there before; perhaps none
 */
record ProductsChanged(Set<Long> products) {}
