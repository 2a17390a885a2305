package io.emporium.search;

import java.util.Map;

/**
 * The index: which fields a product's document has and how their text is taken apart. Only what every distribution
 * brings along: no edge n-grams, no scaled floats; prices are whole cents.
 */
final class IndexDefinition {
    /** What everybody names; the index behind it can be exchanged. */
    static final String ALIAS = "products";

    static final String INDEX = "products-1";

    private static final Map<String, Object> KEYWORD = Map.of("type", "keyword");
    private static final Map<String, Object> NUMBER = Map.of("type", "long");
    private static final Map<String, Object> IN_ANY_CASE = Map.of("type", "keyword", "normalizer", "lowercase");

    private IndexDefinition() {}

    /** @param stemming the analyzer for prose: english, or standard where a distribution has no languages */
    static Map<String, Object> of(String stemming) {
        Map<String, Object> prose = Map.of("type", "text", "analyzer", stemming);
        Map<String, Object> words = Map.of("type", "text", "analyzer", "standard");
        return Map.of(
                "aliases", Map.of(ALIAS, Map.of()),
                "settings",
                        Map.of(
                                "index.number_of_shards",
                                1,
                                // A second node gets a copy by itself, a single one is not "yellow" for want of it.
                                "index.auto_expand_replicas",
                                "0-1",
                                // Said outright, or an index nobody searched for a while is refreshed by the next
                                // search only.
                                "index.refresh_interval",
                                "1s"),
                "mappings",
                        Map.of(
                                "dynamic",
                                "strict",
                                "properties",
                                Map.ofEntries(
                                        Map.entry("product_id", NUMBER),
                                        // The words of all fields: a query's may be spread over them.
                                        Map.entry("everything", prose),
                                        Map.entry(
                                                "name",
                                                Map.of(
                                                        "type",
                                                        "text",
                                                        "analyzer",
                                                        stemming,
                                                        "copy_to",
                                                        "everything",
                                                        "fields",
                                                        Map.of("words", words, "sort", IN_ANY_CASE))),
                                        Map.entry("brand", named(stemming)),
                                        Map.entry("category", named(stemming)),
                                        Map.entry(
                                                "description",
                                                Map.of("type", "text", "analyzer", stemming, "copy_to", "everything")),
                                        Map.entry("sku", IN_ANY_CASE),
                                        Map.entry("price_cents", NUMBER),
                                        Map.entry("in_stock", Map.of("type", "boolean")),
                                        // Microseconds, as PostgreSQL keeps them: "date" would round to milliseconds.
                                        Map.entry("created_at", NUMBER))));
    }

    private static Map<String, Object> named(String stemming) {
        return Map.of(
                "type",
                "text",
                "analyzer",
                stemming,
                "copy_to",
                "everything",
                "fields",
                Map.of("exact", KEYWORD, "folded", IN_ANY_CASE));
    }
}
