package io.emporium.catalog;

import io.emporium.shared.Places;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How many products a list holds. Exact and of this moment up to {@value #EXACT} products. Counting more would cost each
 * call more than its page does, so beyond that the count is up to 30 seconds old, each process counting for itself.
 */
@ApplicationScoped
class ProductCounts {
    static final int EXACT = 10_000;
    private static final Duration KEPT = Duration.ofSeconds(30);
    private static final int FILTERS_KEPT = 1_000;
    /** Each reads all that it counts, and any caller can think of a new filter. */
    private static final int AT_ONCE = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final ProductFilter EVERYTHING = new ProductFilter(null, null, null, null, null);

    private final EntityManager database;
    private final Clock clock;
    private final Map<ProductFilter, Kept<Long>> counts = new ConcurrentHashMap<>();
    private final Places places = new Places(AT_ONCE, PATIENCE);
    private final Kept<List<CategoryView>> categories = new Kept<>();

    ProductCounts(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    long of(ProductFilter filter) {
        long upToBound = count(filter.countUpTo(EXACT + 1));
        if (upToBound <= EXACT) {
            return upToBound;
        }
        if (counts.size() > FILTERS_KEPT) {
            counts.clear();
        }
        return counts.computeIfAbsent(filter, f -> new Kept<>()).get(clock.instant(), () -> counted(filter));
    }

    /** Before its transaction begins, so that whoever waits for a place holds no connection. */
    private long counted(ProductFilter filter) {
        return places.take(() -> count(filter.count()), CatalogError::tooManyCounts);
    }

    /** Names and counts of all categories, by name; as fresh as a count. */
    List<CategoryView> categories() {
        return count(EVERYTHING.countUpTo(EXACT + 1)) <= EXACT
                ? readCategories()
                : categories.get(clock.instant(), this::readCategories);
    }

    private List<CategoryView> readCategories() {
        List<Object[]> rows = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "SELECT category, count(*) FROM products WHERE is_active GROUP BY category ORDER BY category",
                                Object[].class)
                        .getResultList());
        return rows.stream()
                .map(row -> new CategoryView((String) row[0], ((Number) row[1]).longValue()))
                .toList();
    }

    private long count(ProductFilter.Statement statement) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Query query = database.createNativeQuery(statement.sql(), Long.class);
            for (int i = 0; i < statement.arguments().size(); i++) {
                query.setParameter(i + 1, statement.arguments().get(i));
            }
            return ((Number) query.getSingleResult()).longValue();
        });
    }

    /** A value and when it was read. Whoever finds it old reads it anew; the others take the old one, or wait for a first. */
    private static final class Kept<T> {
        private final ReentrantLock reading = new ReentrantLock();
        private volatile @Nullable T value;
        private volatile Instant readAt = Instant.MIN;

        T get(Instant now, Supplier<T> read) {
            T kept = value;
            if (kept != null && (!readAt.plus(KEPT).isBefore(now) || !reading.tryLock())) {
                return kept;
            }
            if (kept == null && !waitsItsTurn()) {
                throw CatalogError.tooManyCounts();
            }
            try {
                T meanwhile = value;
                if (meanwhile != null && !readAt.plus(KEPT).isBefore(now)) {
                    return meanwhile;
                }
                T fresh = read.get();
                value = fresh;
                readAt = now;
                return fresh;
            } finally {
                reading.unlock();
            }
        }

        /** Who waits for a first value waits no longer than for a place. */
        private boolean waitsItsTurn() {
            try {
                return reading.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
