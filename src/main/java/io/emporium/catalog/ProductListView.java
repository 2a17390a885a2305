package io.emporium.catalog;

import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import java.util.List;

/** A page of products (low-level-design 4.2.1). */
record ProductListView(List<ProductView> products, Pagination pagination) {
    static ProductListView of(Page<Product> page) {
        return new ProductListView(page.map(ProductView::of).items(), Pagination.of(page));
    }
}
