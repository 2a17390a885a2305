package io.emporium.catalog;

import io.emporium.web.Pagination;
import java.util.List;

/** A page of products (low-level-design 4.2.1). */
record ProductListView(List<ProductView> products, Pagination pagination) {}
