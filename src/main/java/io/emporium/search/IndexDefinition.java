package io.emporium.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The index: which fields a product's document has and how their text is taken apart. No edge n-grams, no scaled floats:
 * not every distribution brings them along; prices are whole cents.
 */
final class IndexDefinition {
    /** What everybody finds with; the index behind it can be exchanged. */
    static final String ALIAS = "products";

    /** What a rebuild fills, until it becomes {@link #ALIAS}. */
    static final String NEXT = "products-next";

    /** How our indexes are called: this and a number. */
    static final String PREFIX = "products-";

    private static final Map<String, Object> NUMBER = Map.of("type", "long");
    /** Sorted by, never looked for. */
    private static final Map<String, Object> ORDER = Map.of("type", "long", "index", false);

    private static final Map<String, Object> IN_ANY_CASE = Map.of("type", "keyword", "normalizer", "lowercase");
    /** Looked for, never sorted by. */
    private static final Map<String, Object> LOOKED_UP =
            Map.of("type", "keyword", "normalizer", "lowercase", "doc_values", false);

    private static final String EVERYTHING = "everything";
    private static final String WORDS = "standard";
    /** Every text of a product, each as often as it counts ({@link Weights}). */
    static final String WEIGHED = "weighed";

    // Chosen by SearchQualityBench (docs/search.md).
    private static final String STEMMER = "english";

    private IndexDefinition() {}

    /** As it should be. */
    static Map<String, Object> chosen() {
        return stemmed(STEMMER, Weights.CHOSEN);
    }

    /** @param stemmer one of Lucene's for English */
    static Map<String, Object> stemmed(String stemmer, Weights weights) {
        return of("prose", analysis(stemmer), weights, true);
    }

    /** For a distribution that knows no languages: words are found as they are written. */
    static Map<String, Object> plain() {
        return of(WORDS, Map.of(), Weights.CHOSEN, true);
    }

    /** Changes with the definition: an index that says another is to be built anew. */
    static String fingerprint() {
        try {
            // In order, because maps are written in another with every start.
            String definition = new ObjectMapper()
                    .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
                    .writeValueAsString(of("prose", analysis(STEMMER), Weights.CHOSEN, false));
            return Integer.toHexString(definition.hashCode());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, Object> analysis(String stemmer) {
        return Map.of(
                "filter",
                Map.of(
                        "possessive", Map.of("type", "stemmer", "language", "possessive_english"),
                        "stems", Map.of("type", "stemmer", "language", stemmer)),
                "analyzer",
                Map.of(
                        "prose",
                        Map.of(
                                "type",
                                "custom",
                                "tokenizer",
                                "standard",
                                "filter",
                                List.of("possessive", "lowercase", "asciifolding", "stop", "stems"))));
    }

    private static Map<String, Object> of(
            String analyzer, Map<String, Object> analysis, Weights weights, boolean withFingerprint) {
        Map<String, Object> words = Map.of("type", "text", "analyzer", WORDS);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("index.number_of_shards", 1);
        // A second node gets a copy by itself, a single one is not "yellow" for want of it.
        settings.put("index.auto_expand_replicas", "0-1");
        // Said outright, or an index nobody searched for a while is refreshed by the next search only.
        settings.put("index.refresh_interval", "1s");
        // So long a late write finds that its product has been taken out meanwhile.
        settings.put("index.gc_deletes", "1h");
        // A word that is there twice counts nearly twice, and in a long text as much as in a short one: how often it is
        // there says what the fields count.
        settings.put("index.similarity", Map.of(WEIGHED, Map.of("type", "BM25", "k1", 8, "b", 0)));
        if (!analysis.isEmpty()) {
            settings.put("analysis", analysis);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("product_id", NUMBER);
        // The words of all fields as they are written: a misspelt one is looked up here, for its stem is none. Each by
        // itself, wherever it stands.
        fields.put(EVERYTHING, Map.of("type", "text", "analyzer", WORDS, "index_options", "freqs"));
        // Their stems: a product is found and weighed by one look at each word.
        fields.put(WEIGHED, Map.of("type", "text", "analyzer", analyzer, "similarity", WEIGHED, "norms", false));
        fields.put(
                "name",
                Map.of(
                        "type",
                        "text",
                        "analyzer",
                        analyzer,
                        "index_phrases",
                        true,
                        "copy_to",
                        copiedTo(weights.name()),
                        "fields",
                        Map.of("words", words, "sort", IN_ANY_CASE)));
        fields.put("brand", named(weights.brand()));
        fields.put("category", named(weights.category()));
        fields.put("description", counted(weights.description()));
        fields.put("sku", LOOKED_UP);
        fields.put("price_cents", NUMBER);
        fields.put("in_stock", Map.of("type", "boolean"));
        // Microseconds, as PostgreSQL keeps them: "date" would round to milliseconds.
        fields.put("created_at", ORDER);
        Map<String, Object> mappings = new LinkedHashMap<>();
        if (withFingerprint) {
            mappings.put("_meta", Map.of("definition", fingerprint()));
        }
        mappings.put("dynamic", "strict");
        mappings.put("properties", fields);
        return Map.of("settings", settings, "mappings", mappings);
    }

    private static Map<String, Object> named(int times) {
        Map<String, Object> named = new LinkedHashMap<>(counted(times));
        named.put("fields", Map.of("exact", Map.of("type", "keyword"), "folded", LOOKED_UP));
        return named;
    }

    /** Looked up where it is copied to. */
    private static Map<String, Object> counted(int times) {
        return Map.of("type", "text", "index", false, "copy_to", copiedTo(times));
    }

    private static List<String> copiedTo(int times) {
        List<String> fields = new ArrayList<>(Collections.nCopies(times, WEIGHED));
        fields.add(EVERYTHING);
        return fields;
    }
}
