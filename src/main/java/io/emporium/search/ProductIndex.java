package io.emporium.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.search.SearchService.Beginnings;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.faulttolerance.Bulkhead;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Elasticsearch. A node that fails or hangs is left alone for two seconds after a few tries, so that not every
 * buyer waits for it; then one request looks whether it is back.
 */
@ApplicationScoped
class ProductIndex {
    private static final String SEARCH = "/" + IndexDefinition.ALIAS + "/_search";
    // As many as the client has connections to a node.
    private static final int AT_ONCE = 10;

    private final SearchNode node;

    ProductIndex(SearchNode node) {
        this.node = node;
    }

    /**
     * @throws IndexAway if it does not answer
     * @throws org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException if it is not even asked, or late
     */
    @CircuitBreaker(
            requestVolumeThreshold = 4,
            delay = 2,
            delayUnit = ChronoUnit.SECONDS,
            skipOn = BulkheadException.class)
    @Timeout(600)
    @Bulkhead(AT_ONCE)
    Found find(SearchQuery query) {
        JsonNode answer = node.ask(
                "POST",
                SEARCH,
                Map.of(
                        "from", query.offset(),
                        "size", query.limit(),
                        "_source", false,
                        "track_total_hits", true,
                        "query",
                                Map.of(
                                        "bool",
                                        Map.of(
                                                "must",
                                                matches(query),
                                                "should",
                                                better(query),
                                                "filter",
                                                filters(query))),
                        "sort", sort(query.sort()),
                        "aggs", facets()));
        JsonNode facets = answer.path("aggregations");
        return new Found(
                ids(answer),
                answer.path("hits").path("total").path("value").asLong(),
                new Facets(
                        counts(facets.path("categories")),
                        counts(facets.path("brands")),
                        counts(facets.path("price_ranges"))));
    }

    /** As find, for what is being typed. */
    @CircuitBreaker(
            requestVolumeThreshold = 4,
            delay = 2,
            delayUnit = ChronoUnit.SECONDS,
            skipOn = BulkheadException.class)
    @Timeout(600)
    @Bulkhead(AT_ONCE)
    Beginnings begins(String beginning) {
        JsonNode answer = node.ask(
                "POST",
                SEARCH,
                Map.of(
                        "size", SearchService.SUGGESTIONS,
                        "_source", false,
                        "query", Map.of("match_phrase_prefix", Map.of("name.words", Map.of("query", beginning))),
                        "sort", List.of("_score", "product_id"),
                        // Over all products, not only those whose name begins so.
                        "aggs",
                                Map.of(
                                        "all",
                                        Map.of(
                                                "global",
                                                Map.of(),
                                                "aggs",
                                                Map.of(
                                                        "brands", beginning("brand", beginning),
                                                        "categories", beginning("category", beginning))))));
        JsonNode all = answer.path("aggregations").path("all");
        List<String> values = new ArrayList<>();
        for (String field : List.of("categories", "brands")) {
            counts(all.path(field).path("values")).forEach(count -> values.add(count.value()));
        }
        return new Beginnings(values, ids(answer));
    }

    private static Map<String, Object> beginning(String field, String beginning) {
        return Map.of(
                "filter",
                Map.of("prefix", Map.of(field + ".folded", Map.of("value", beginning.toLowerCase(Locale.ROOT)))),
                "aggs",
                Map.of("values", Map.of("terms", Map.of("field", field + ".exact", "size", 3))));
    }

    /** What a product must have: most of the words, in whatever field and nearly spelt so; or the SKU. */
    private static Map<String, Object> matches(SearchQuery query) {
        return Map.of(
                "bool",
                Map.of(
                        "minimum_should_match",
                        1,
                        "should",
                        List.of(
                                Map.of(
                                        "match",
                                        Map.of(
                                                "everything",
                                                Map.of(
                                                        "query",
                                                        query.words(),
                                                        "fuzziness",
                                                        "AUTO",
                                                        "prefix_length",
                                                        1,
                                                        // Times the words of a query it stays below the node's bound of
                                                        // clauses.
                                                        "max_expansions",
                                                        10,
                                                        "minimum_should_match",
                                                        "2<75%",
                                                        "boost",
                                                        0.1))),
                                Map.of("term", Map.of("sku", Map.of("value", query.text(), "boost", 100))))));
    }

    /** What puts a product further up: words spelt just so, in the name above all, and side by side. */
    private static List<Map<String, Object>> better(SearchQuery query) {
        return List.of(
                Map.of(
                        "multi_match",
                        Map.of(
                                "query",
                                query.words(),
                                "type",
                                "most_fields",
                                "fields",
                                List.of("name^8", "brand^4", "category^4", "description"))),
                Map.of(
                        "match",
                        Map.of(
                                "name",
                                Map.of(
                                        "query",
                                        query.words(),
                                        "fuzziness",
                                        "AUTO",
                                        "prefix_length",
                                        1,
                                        "max_expansions",
                                        5,
                                        "boost",
                                        4))),
                Map.of("match_phrase", Map.of("name", Map.of("query", query.words(), "slop", 2, "boost", 4))));
    }

    private static List<Map<String, Object>> filters(SearchQuery query) {
        List<Map<String, Object>> filters = new ArrayList<>();
        if (query.category() != null) {
            filters.add(Map.of("term", Map.of("category.exact", query.category())));
        }
        if (query.brand() != null) {
            filters.add(Map.of("term", Map.of("brand.exact", query.brand())));
        }
        if (query.inStock() != null) {
            filters.add(Map.of("term", Map.of("in_stock", query.inStock())));
        }
        Map<String, Object> range = new LinkedHashMap<>();
        putCents(range, "gte", query.minPrice());
        putCents(range, "lte", query.maxPrice());
        if (!range.isEmpty()) {
            filters.add(Map.of("range", Map.of("price_cents", range)));
        }
        return filters;
    }

    private static void putCents(Map<String, Object> range, String bound, @Nullable BigDecimal price) {
        if (price != null) {
            range.put(bound, price.movePointRight(2).longValueExact());
        }
    }

    /** Every order ends with the id, so that no product is on two pages or on none. */
    private static List<Map<String, String>> sort(SearchQuery.Sort sort) {
        return switch (sort) {
            case RELEVANCE -> List.of(Map.of("_score", "desc"), Map.of("product_id", "asc"));
            case NEWEST -> List.of(Map.of("created_at", "desc"), Map.of("product_id", "desc"));
            case OLDEST -> List.of(Map.of("created_at", "asc"), Map.of("product_id", "asc"));
            case PRICE_ASC -> List.of(Map.of("price_cents", "asc"), Map.of("product_id", "asc"));
            case PRICE_DESC -> List.of(Map.of("price_cents", "desc"), Map.of("product_id", "desc"));
            case NAME_ASC -> List.of(Map.of("name.sort", "asc"), Map.of("product_id", "asc"));
            case NAME_DESC -> List.of(Map.of("name.sort", "desc"), Map.of("product_id", "desc"));
        };
    }

    private static Map<String, Object> facets() {
        List<Map<String, Object>> ranges = new ArrayList<>();
        for (int i = 0; i < Facets.PRICE_BOUNDS.size(); i++) {
            int bound = Facets.PRICE_BOUNDS.get(i);
            Map<String, Object> range = new LinkedHashMap<>();
            range.put("key", Facets.range(bound));
            range.put("from", bound * 100);
            if (i + 1 < Facets.PRICE_BOUNDS.size()) {
                range.put("to", Facets.PRICE_BOUNDS.get(i + 1) * 100);
            }
            ranges.add(range);
        }
        return Map.of(
                "categories", Map.of("terms", Map.of("field", "category.exact", "size", Facets.VALUES)),
                "brands", Map.of("terms", Map.of("field", "brand.exact", "size", Facets.VALUES)),
                "price_ranges", Map.of("range", Map.of("field", "price_cents", "ranges", ranges)));
    }

    private static List<Facets.Count> counts(JsonNode facet) {
        List<Facets.Count> counts = new ArrayList<>();
        for (JsonNode bucket : facet.path("buckets")) {
            if (bucket.path("doc_count").asLong() > 0) {
                counts.add(new Facets.Count(
                        bucket.path("key").asText(), bucket.path("doc_count").asLong()));
            }
        }
        return counts;
    }

    private static List<Long> ids(JsonNode answer) {
        List<Long> ids = new ArrayList<>();
        for (JsonNode hit : answer.path("hits").path("hits")) {
            ids.add(Long.valueOf(hit.path("_id").asText()));
        }
        return ids;
    }
}
