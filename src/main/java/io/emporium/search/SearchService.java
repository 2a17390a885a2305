package io.emporium.search;

import io.emporium.catalog.Product;
import io.emporium.catalog.ProductView;
import io.emporium.shared.Page;
import io.emporium.shared.Places;
import io.emporium.shared.Refusal;
import io.emporium.web.Pagination;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException;

/**
 * Searches (low-level-design 5.2): asks the index, and PostgreSQL where the index does not answer in time. What is
 * shown is always read from PostgreSQL, by id: a price or a withdrawal is seen at once.
 */
@ApplicationScoped
class SearchService {
    static final int SUGGESTIONS = 10;
    /** As many as the client's connections leave beside the workers. */
    private static final int AT_ONCE = 10;

    /** How long one more waits for a place; with what the index may take it leaves PostgreSQL 300 ms at least. */
    static final Duration PATIENCE = Duration.ofMillis(200);

    private static final Duration[] BOUNDS = Stream.of(10, 50, 100, 250, 500, 1_000, 3_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final ProductIndex index;
    private final DatabaseSearch database;
    private final Clock clock;
    private final Duration patience;
    private final Timer byIndex;
    private final Timer byDatabase;
    private final Places places = new Places(AT_ONCE, PATIENCE);
    private final AtomicReference<Backend> last = new AtomicReference<>(Backend.ELASTICSEARCH);

    SearchService(
            ProductIndex index, DatabaseSearch database, Clock clock, SearchSettings settings, MeterRegistry meters) {
        this.byIndex = timer(meters, Backend.ELASTICSEARCH);
        this.byDatabase = timer(meters, Backend.POSTGRESQL);
        this.index = index;
        this.database = database;
        this.clock = clock;
        this.patience = settings.patience();
    }

    private static Timer timer(MeterRegistry meters, Backend backend) {
        return Timer.builder("search")
                .description("How long it takes to find, without reading what is shown")
                .tag("backend", backend.name().toLowerCase(Locale.ROOT))
                .serviceLevelObjectives(BOUNDS)
                .register(meters);
    }

    /** @throws Refusal SERVICE_UNAVAILABLE if the index is away and PostgreSQL busy */
    Backend.From<SearchView> searchProducts(SearchQuery query) {
        Backend.From<Found> found = ask(() -> index.find(query), deadline -> database.find(query, deadline));
        List<ProductView> products = active(found.answer().ids()).stream()
                .filter(query::admits)
                .map(ProductView::of)
                .toList();
        var page =
                new Page<>(products, query.page(), query.limit(), found.answer().total());
        return new Backend.From<>(
                found.backend(),
                new SearchView(
                        products,
                        Pagination.of(page, SearchQuery.DEEPEST),
                        found.answer().facets()));
    }

    /**
     * @param beginning what has been typed so far, not blank
     * @throws Refusal SERVICE_UNAVAILABLE if the index is away and PostgreSQL busy
     */
    Backend.From<SuggestView> suggest(String beginning) {
        if (SearchQuery.wordsOf(beginning).isEmpty()) {
            // Nothing begins with it, whoever is asked.
            return new Backend.From<>(Objects.requireNonNull(last.get()), new SuggestView(List.of()));
        }
        Backend.From<Beginnings> found =
                ask(() -> index.begins(beginning), deadline -> database.begins(beginning, deadline));
        // Brand and category can be one word, and a name come in two spellings: nobody wants to read it twice.
        Map<String, String> unlike = new TreeMap<>();
        List<String> suggestions = new ArrayList<>(found.answer().brandsAndCategories());
        active(found.answer().ids()).forEach(product -> suggestions.add(product.name()));
        List<String> distinct = suggestions.stream()
                .filter(text -> unlike.putIfAbsent(text.toLowerCase(Locale.ROOT), text) == null)
                .limit(SUGGESTIONS)
                .toList();
        return new Backend.From<>(found.backend(), new SuggestView(distinct));
    }

    /**
     * @param brandsAndCategories that begin so
     * @param ids of products with a word in their names that does
     */
    record Beginnings(List<String> brandsAndCategories, List<Long> ids) {}

    private <T> Backend.From<T> ask(Supplier<T> elasticsearch, Function<Deadline, T> postgresql) {
        Deadline deadline = Deadline.from(clock, patience);
        try {
            // The database that sells is not to search only because many others search: they wait for a moment.
            long began = System.nanoTime();
            T answer = places.take(elasticsearch, SearchError::busy);
            byIndex.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
            if (last.getAndSet(Backend.ELASTICSEARCH) == Backend.POSTGRESQL) {
                Log.info("Elasticsearch finds again");
            }
            return new Backend.From<>(Backend.ELASTICSEARCH, answer);
        } catch (IndexAway | FaultToleranceException away) {
            if (last.getAndSet(Backend.POSTGRESQL) == Backend.ELASTICSEARCH) {
                Log.warnf("Elasticsearch does not answer, PostgreSQL finds: %s", away.getMessage());
            }
            return new Backend.From<>(
                    Backend.POSTGRESQL, byDatabase.record(() -> stoodIn(() -> postgresql.apply(deadline))));
        }
    }

    private static <T> T stoodIn(Supplier<T> postgresql) {
        try {
            return postgresql.get();
        } catch (BulkheadException full) {
            throw SearchError.busy();
        }
    }

    /** Those still sold, in the order of the ids, in one query. */
    private static List<Product> active(List<Long> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<Long, Product> products = QuarkusTransaction.requiringNew()
                .call(() -> Product.<Product>list("productId in ?1 and active", ids).stream()
                        .collect(Collectors.toMap(Product::productId, Function.identity())));
        return ids.stream().filter(products::containsKey).map(products::get).toList();
    }
}
