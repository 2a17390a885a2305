package io.emporium.web;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.emporium.shared.Page;

/** Where in a list an answer is (low-level-design 4.2.1). Pages count from 1. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Pagination(int currentPage, int totalPages, long totalItems, int itemsPerPage) {

    public static Pagination of(Page<?> page) {
        return new Pagination(page.number(), page.totalPages(), page.totalItems(), page.limit());
    }

    /** @param deepest the last item of a list that can be paged to: no page is promised that would be refused */
    public static Pagination of(Page<?> page, int deepest) {
        return new Pagination(
                page.number(), Math.min(page.totalPages(), deepest / page.limit()), page.totalItems(), page.limit());
    }
}
