package io.emporium.search;

import io.emporium.catalog.ProductView;
import io.emporium.web.Pagination;
import java.util.List;

/** A page of what was found (contract.md, GET /products/search). */
record SearchView(List<ProductView> products, Pagination pagination, Facets facets) {}
