package io.emporium.order;

import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import java.util.List;

/** A page of a customer's orders, newest first (low-level-design 4.4.2). */
public record OrderList(List<OrderSummary> orders, Pagination pagination) {
    static OrderList of(Page<OrderSummary> page) {
        return new OrderList(page.items(), Pagination.of(page));
    }
}
