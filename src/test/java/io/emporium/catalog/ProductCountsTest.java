package io.emporium.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.WoundClock;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Up to 10,000 products a count is of this moment; beyond, it is as old as is said (docs/cache.md) and no older. */
@QuarkusTest
class ProductCountsTest {
    @Inject
    EntityManager database;

    private final String mark = UUID.randomUUID().toString();
    private final WoundClock clock = new WoundClock();
    private int there;

    @AfterEach
    void takeOut() {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("DELETE FROM products WHERE sku LIKE :mark")
                        .setParameter("mark", mark + "%")
                        .executeUpdate());
    }

    @Test
    void a_count_is_exact_up_to_its_bound_and_seconds_old_beyond() {
        var counts = new ProductCounts(database, clock);
        var filter = new ProductFilter(mark, null, null, null, null);
        put(mark, ProductCounts.EXACT - 1);
        assertThat(counts.of(filter)).isEqualTo(ProductCounts.EXACT - 1);
        put(mark, 1);
        assertThat(counts.of(filter)).isEqualTo(ProductCounts.EXACT);
        put(mark, 1);
        assertThat(counts.of(filter)).isEqualTo(ProductCounts.EXACT + 1);
        assertThat(of(mark, counts.categories())).isEqualTo(ProductCounts.EXACT + 1);

        String born = mark + " too";
        put(mark, 1);
        put(born, 1);
        clock.forward(Duration.ofSeconds(30));
        assertThat(counts.of(filter)).isEqualTo(ProductCounts.EXACT + 1);
        assertThat(of(born, counts.categories())).isZero();
        clock.forward(Duration.ofSeconds(1));
        assertThat(counts.of(filter)).isEqualTo(ProductCounts.EXACT + 2);
        assertThat(of(mark, counts.categories())).isEqualTo(ProductCounts.EXACT + 2);
        assertThat(of(born, counts.categories())).isEqualTo(1);
    }

    private static long of(String category, List<CategoryView> categories) {
        return categories.stream()
                .filter(one -> one.name().equals(category))
                .mapToLong(CategoryView::productCount)
                .sum();
    }

    private void put(String category, int products) {
        int from = there;
        there += products;
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("""
                    INSERT INTO products (name, price, category, sku)
                    SELECT 'Counted', 10, :category, :mark || '-' || n FROM generate_series(:from + 1, :to) n
                    """)
                        .setParameter("category", category)
                        .setParameter("mark", mark)
                        .setParameter("from", from)
                        .setParameter("to", there)
                        .executeUpdate());
    }
}
