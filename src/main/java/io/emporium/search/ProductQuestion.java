package io.emporium.search;

import io.emporium.search.Synonyms.Term;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A search in Elasticsearch's words. Text goes only into queries that take it as words ({@code match}, {@code term},
 * {@code prefix}), never into one with a language of its own.
 */
final class ProductQuestion {
    /** How many there are whatever the filters; where there are none it is the total. */
    static final String MATCHED = "matched";
    /** How many of those only for their SKU. */
    static final String BY_SKU = "by_sku";
    /** Within a facet of a filtered search. */
    static final String VALUES = "values";
    /** Within a facet: how many have the value that was chosen in it. */
    static final String CHOSEN = "chosen";
    /** Every order ends with the id, which is read from there: what is stored of a product costs more to read. */
    static final Map<String, Object> NOTHING_STORED = Map.of("stored_fields", "_none_");

    /** As many different values of a facet as are counted exactly where a node counts the parts of an index side by side. */
    private static final int COUNTED = 10_000;

    private final SearchQuery query;
    private final List<Term> terms;
    private final Weights weights;

    ProductQuestion(SearchQuery query, List<Term> terms, Weights weights) {
        this.query = query;
        this.terms = terms;
        this.weights = weights;
    }

    /** Products that have every word, as it is or as a synonym, in whatever field; or the SKU. */
    Map<String, Object> strict() {
        return body(bool("must", terms.stream().map(this::exact).toList(), "should", better()));
    }

    /** Products that have most of the words, nearly spelt so, the last one perhaps only begun; or the SKU. */
    Map<String, Object> loose() {
        List<Object> words = new ArrayList<>();
        boolean isForgiving = !query.hasManyPieces();
        for (int i = 0; i < terms.size(); i++) {
            words.add(nearly(terms.get(i), isForgiving, i == terms.size() - 1));
        }
        Map<String, Object> most = Map.of("bool", Map.of("should", words, "minimum_should_match", weights.most()));
        return body(bool("must", List.of(most), "should", better()));
    }

    private Map<String, Object> body(Map<String, Object> words) {
        List<Object> ways = new ArrayList<>(sku());
        if (!terms.isEmpty()) {
            ways.add(words);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("from", query.offset());
        body.put("size", query.limit());
        body.putAll(NOTHING_STORED);
        body.put("track_total_hits", true);
        body.put("query", bool("should", ways, "minimum_should_match", 1));
        // After the facets are counted: a facet shows what the others would leave, not only what was chosen in it.
        if (isFiltered()) {
            body.put("post_filter", all(filters()));
        }
        body.put("sort", sort(query.sort()));
        body.put("aggs", facets());
        return body;
    }

    private boolean isFiltered() {
        return !filters().isEmpty();
    }

    private Map<String, Object> exact(Term term) {
        List<Object> ways = new ArrayList<>();
        ways.add(has(term.text(), weights.word()));
        term.synonyms().forEach(synonym -> ways.add(has(synonym, weights.word() * weights.synonym())));
        return Map.of("dis_max", Map.of("queries", ways));
    }

    private static Map<String, Object> has(String text, double boost) {
        return text.indexOf(' ') < 0
                // "o'clock" and the like may be more than one word to the index.
                ? Map.of(
                        "match",
                        Map.of(IndexDefinition.WEIGHED, Map.of("query", text, "operator", "and", "boost", boost)))
                : Map.of("match_phrase", Map.of(IndexDefinition.WEIGHED, Map.of("query", text, "boost", boost)));
    }

    private Map<String, Object> nearly(Term term, boolean isForgiving, boolean last) {
        List<Object> ways = new ArrayList<>();
        ways.add(exact(term));
        if (isForgiving && term.isOneWord()) {
            ways.add(misspelt("name.words", term.text(), 5, weights.name() / 2.0));
            ways.add(misspelt("everything", term.text(), 10, 0.1));
            if (last) {
                String begun = term.text().toLowerCase(Locale.ROOT);
                ways.add(begins("name.words", begun, weights.name()));
                ways.add(begins("brand.folded", begun, weights.brand()));
                ways.add(begins("category.folded", begun, weights.category()));
            }
        }
        return Map.of("dis_max", Map.of("queries", ways));
    }

    private static Map<String, Object> misspelt(String field, String word, int spellings, double boost) {
        return Map.of(
                "match",
                Map.of(
                        field,
                        Map.of(
                                "query",
                                word,
                                "fuzziness",
                                "AUTO",
                                // The first letter is seldom wrong, and saves most of the dictionary.
                                "prefix_length",
                                1,
                                // Times the words of a query it stays below the node's bound of clauses.
                                "max_expansions",
                                spellings,
                                "boost",
                                boost)));
    }

    private static Map<String, Object> begins(String field, String value, double boost) {
        return Map.of("prefix", Map.of(field, Map.of("value", value, "boost", boost)));
    }

    /** What puts a product further up: the words side by side, and a name that is just them. */
    private List<Object> better() {
        List<Object> better = new ArrayList<>();
        String words = query.words();
        better.add(Map.of(
                "term",
                Map.of(
                        "name.sort",
                        Map.of("value", query.text().toLowerCase(Locale.ROOT), "boost", weights.phrase()))));
        if (words.indexOf(' ') > 0) {
            better.add(Map.of("match_phrase", Map.of("name", Map.of("query", words, "boost", weights.phrase()))));
        }
        return better;
    }

    private List<Object> sku() {
        List<Object> sku = new ArrayList<>();
        sku.add(Map.of("term", Map.of("sku", Map.of("value", query.text(), "boost", 1_000))));
        if (query.mayBeginSku()) {
            sku.add(begins("sku", query.text().toLowerCase(Locale.ROOT), 100));
        }
        return sku;
    }

    /** The filters by the facet they belong to. */
    private Map<String, Object> filters() {
        Map<String, Object> filters = new LinkedHashMap<>();
        if (query.category() != null) {
            filters.put("categories", Map.of("term", Map.of("category.exact", query.category())));
        }
        if (query.brand() != null) {
            filters.put("brands", Map.of("term", Map.of("brand.exact", query.brand())));
        }
        if (query.inStock() != null) {
            filters.put("availability", Map.of("term", Map.of("in_stock", query.inStock())));
        }
        Map<String, Object> range = new LinkedHashMap<>();
        putCents(range, "gte", query.minPrice());
        putCents(range, "lte", query.maxPrice());
        if (!range.isEmpty()) {
            filters.put("price_ranges", Map.of("range", Map.of("price_cents", range)));
        }
        return filters;
    }

    private static void putCents(Map<String, Object> range, String bound, @Nullable BigDecimal price) {
        if (price != null) {
            range.put(bound, price.movePointRight(2).longValueExact());
        }
    }

    private Map<String, Object> facets() {
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
        Map<String, Object> facets = new LinkedHashMap<>();
        if (isFiltered()) {
            facets.put(MATCHED, Map.of("filter", Map.of("match_all", Map.of())));
        }
        if (weights.few() > 1) {
            facets.put(BY_SKU, Map.of("filter", bool("should", sku())));
        }
        facets.put(
                "categories", facet("categories", terms("category.exact"), chosen("category.exact", query.category())));
        facets.put("brands", facet("brands", terms("brand.exact"), chosen("brand.exact", query.brand())));
        facets.put(
                "price_ranges",
                facet("price_ranges", Map.of("range", Map.of("field", "price_cents", "ranges", ranges)), null));
        facets.put("availability", facet("availability", terms("in_stock"), null));
        return facets;
    }

    private static Map<String, Object> terms(String field) {
        return Map.of("terms", Map.of("field", field, "size", Facets.VALUES, "shard_size", COUNTED));
    }

    private static @Nullable Map<String, Object> chosen(String field, @Nullable String value) {
        return value == null ? null : Map.of("filter", Map.of("term", Map.of(field, value)));
    }

    /**
     * Counted over what the other facets' filters leave; without any filter it is the values, and nothing around them.
     *
     * @param values the most frequent ones
     * @param chosen the one that was chosen, which may be rarer
     */
    private Map<String, Object> facet(String name, Map<String, Object> values, @Nullable Map<String, Object> chosen) {
        Map<String, Object> others = filters();
        if (others.isEmpty()) {
            return values;
        }
        others.remove(name);
        Map<String, Object> counted = new LinkedHashMap<>();
        counted.put(VALUES, values);
        if (chosen != null) {
            counted.put(CHOSEN, chosen);
        }
        return Map.of("filter", all(others), "aggs", counted);
    }

    private static Map<String, Object> all(Map<String, Object> filters) {
        return Map.of("bool", Map.of("filter", List.copyOf(filters.values())));
    }

    private static Map<String, Object> bool(String occurs, Object clauses) {
        return Map.of("bool", Map.of(occurs, clauses));
    }

    private static Map<String, Object> bool(String occurs, Object clauses, String also, Object more) {
        return Map.of("bool", Map.of(occurs, clauses, also, more));
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
}
