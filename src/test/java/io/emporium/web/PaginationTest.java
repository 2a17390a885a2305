package io.emporium.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.shared.Page;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaginationTest {
    @Test
    void no_page_is_promised_that_would_be_refused() {
        var deep = new Page<>(List.of(), 1, 20, 1_000_000);
        assertThat(Pagination.of(deep, 10_000).totalPages()).isEqualTo(500);
        assertThat(Pagination.of(deep, 10_000).totalItems()).isEqualTo(1_000_000);
        assertThat(Pagination.of(new Page<>(List.of(), 1, 20, 41), 10_000).totalPages())
                .isEqualTo(3);
    }
}
