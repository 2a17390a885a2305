package io.emporium.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.inventory.StockMoved;
import io.emporium.shared.Page;
import io.emporium.shared.Refusal;
import io.emporium.web.Cache;
import io.emporium.web.Pagination;
import io.emporium.web.ShopWindow;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.persistence.EntityManager;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue as it is shown, kept ready in Redis (low-level-design 7.1): products, pages of lists, the categories. A page
 * is kept as the ids that are on it, so that a sale, which changes a product's stock, leaves the pages; only what may put a
 * product on another page forgets them. What is bought is never read from here.
 */
@ApplicationScoped
class ProductCache {
    private static final Cache.Kind PRODUCTS = new Cache.Kind("products", Duration.ofMinutes(5), 100_000, true);
    private static final Cache.Kind PAGES = new Cache.Kind("pages", Duration.ofSeconds(30), 10_000, true);
    private static final Cache.Kind CATEGORIES = new Cache.Kind("categories", Duration.ofSeconds(30), 1, true);
    static final List<ShopWindow.Made> MADE_OF_CATEGORIES = List.of(new ShopWindow.Made(CATEGORIES, List.of()));
    private static final int POPULAR = 200;
    private static final int POPULAR_CATEGORIES = 20;
    private static final int USUAL_LIMIT = 20;

    private final Cache cache;
    private final ProductService products;
    private final ProductCounts counts;
    private final EntityManager database;
    private final ObjectMapper json;
    private final AtomicBoolean isWarming = new AtomicBoolean();

    ProductCache(
            Cache cache, ProductService products, ProductCounts counts, EntityManager database, ObjectMapper json) {
        this.cache = cache;
        this.products = products;
        this.counts = counts;
        this.database = database;
        this.json = json;
    }

    /**
     * @param tag its ETag, as the header has it
     * @param product as JSON
     * @param made of what the answer is made
     */
    record Shown(String tag, byte[] product, List<ShopWindow.Made> made) {}

    /**
     * @param json of a {@link ProductListView}
     * @param made of what the answer is made
     */
    record Listed(byte[] json, List<ShopWindow.Made> made) {}

    /** A product on sale. @throws Refusal RESOURCE_NOT_FOUND */
    Shown product(long productId) {
        String name = Long.toString(productId);
        byte[] kept = cache.get(PRODUCTS, name, () -> written(products.getById(productId, false)));
        int line = lineOf(kept);
        return new Shown(
                new String(kept, 0, line, StandardCharsets.US_ASCII),
                slice(kept, line + 1),
                List.of(new ShopWindow.Made(PRODUCTS, List.of(name))));
    }

    /** As {@link ProductService#getAll}. */
    Listed page(ProductFilter filter, ProductFilter.Sort sort, int page, int limit) {
        Map<Long, byte[]> read = new HashMap<>();
        Cache.Found found = cache.getWhole(
                PAGES,
                name(filter, sort, page, limit),
                PRODUCTS,
                () -> {
                    Page<Product> list = products.getAll(filter, sort, page, limit);
                    list.items().forEach(product -> read.put(product.productId(), written(product)));
                    return new Cache.Whole(
                            list.items().stream().map(Product::productId).toList(),
                            write(Pagination.of(list, ProductService.DEEPEST)));
                },
                ids -> read.isEmpty() ? readAll(ids) : read);
        var whole = new ByteArrayOutputStream(16 * 1024);
        whole.writeBytes("{\"products\":[".getBytes(StandardCharsets.US_ASCII));
        String between = "";
        for (byte[] product : found.parts()) {
            whole.writeBytes(between.getBytes(StandardCharsets.US_ASCII));
            int line = lineOf(product);
            whole.write(product, line + 1, product.length - line - 1);
            between = ",";
        }
        whole.writeBytes("],\"pagination\":".getBytes(StandardCharsets.US_ASCII));
        whole.writeBytes(found.rest());
        whole.write('}');
        return new Listed(
                whole.toByteArray(),
                List.of(
                        new ShopWindow.Made(PAGES, List.of()),
                        new ShopWindow.Made(
                                PRODUCTS,
                                found.ids().stream().map(String::valueOf).toList())));
    }

    /** Names and counts of all categories, as the JSON of {@link CategoryResource.Categories}. */
    byte[] categories() {
        return cache.get(CATEGORIES, "all", () -> write(new CategoryResource.Categories(counts.categories())));
    }

    // After a rollback too: of a commit whose answer got lost nobody knows whether it was one.
    void on(@Observes(during = TransactionPhase.AFTER_COMPLETION) ProductsChanged changed) {
        cache.forget(PRODUCTS, changed.products(), PAGES, CATEGORIES);
    }

    void on(@Observes(during = TransactionPhase.AFTER_COMPLETION) StockMoved moved) {
        if (moved.shelvesEmptiedOrFilled()) {
            cache.forget(PRODUCTS, moved.products(), PAGES);
        } else {
            cache.forget(PRODUCTS, moved.products());
        }
    }

    /** Reads what is asked for most before somebody waits for it: the first pages, and what was bought most of late. */
    void on(@ObservesAsync Cache.Emptied emptied) {
        if (!isWarming.compareAndSet(false, true)) {
            return;
        }
        try {
            var everything = new ProductFilter(null, null, null, null, null);
            categories();
            page(everything, ProductFilter.Sort.NEWEST, 1, USUAL_LIMIT);
            counts.categories().stream()
                    .sorted(Comparator.comparingLong(CategoryView::productCount).reversed())
                    .limit(POPULAR_CATEGORIES)
                    .forEach(category -> page(
                            new ProductFilter(category.name(), null, null, null, null),
                            ProductFilter.Sort.NEWEST,
                            1,
                            USUAL_LIMIT));
            bestSellers().forEach(this::warm);
        } catch (RuntimeException fault) {
            Log.warnf("The cache is filled by those who ask: %s", fault.toString());
        } finally {
            isWarming.set(false);
        }
    }

    private void warm(long productId) {
        try {
            product(productId);
        } catch (Refusal gone) {
            // Not sold any more.
        }
    }

    private List<Long> bestSellers() {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                                SELECT product_id FROM (
                                       SELECT product_id, delta FROM stock_ledger WHERE reason = 'reserved'
                                        ORDER BY entry_id DESC LIMIT 10000) sold
                                 GROUP BY product_id ORDER BY sum(delta), product_id LIMIT :most
                                """, Long.class)
                        .setParameter("most", POPULAR)
                        .getResultList());
    }

    private Map<Long, byte[]> readAll(Collection<Long> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        List<Product> read = QuarkusTransaction.requiringNew()
                .call(() -> Product.list("productId in ?1 and active", new ArrayList<>(ids)));
        Map<Long, byte[]> written = new HashMap<>();
        read.forEach(product -> written.put(product.productId(), written(product)));
        return written;
    }

    private byte[] written(Product product) {
        byte[] tag = (ProductTag.of(product).header() + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] view = write(ProductView.of(product));
        byte[] written = new byte[tag.length + view.length];
        System.arraycopy(tag, 0, written, 0, tag.length);
        System.arraycopy(view, 0, written, tag.length, view.length);
        return written;
    }

    private byte[] write(Object view) {
        try {
            return json.writeValueAsBytes(view);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static int lineOf(byte[] written) {
        int line = 0;
        while (written[line] != '\n') {
            line++;
        }
        return line;
    }

    private static byte[] slice(byte[] from, int begin) {
        byte[] slice = new byte[from.length - begin];
        System.arraycopy(from, begin, slice, 0, slice.length);
        return slice;
    }

    // No text of a filter can be taken for another field of it.
    private static String name(ProductFilter filter, ProductFilter.Sort sort, int page, int limit) {
        return sort + "&" + page + "&" + limit + "&" + text(filter.category()) + "&" + text(filter.brand()) + "&"
                + filter.minPrice() + "&" + filter.maxPrice() + "&" + filter.inStock();
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
