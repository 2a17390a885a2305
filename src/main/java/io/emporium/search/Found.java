package io.emporium.search;

import java.util.List;

/**
 * What a search finds, before the products are read.
 *
 * @param ids of the page's products, best first
 * @param total how many products match
 */
record Found(List<Long> ids, long total, Facets facets) {}
