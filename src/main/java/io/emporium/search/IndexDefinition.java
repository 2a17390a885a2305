package io.emporium.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
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

    private static final Map<String, Object> KEYWORD = Map.of("type", "keyword");
    private static final Map<String, Object> NUMBER = Map.of("type", "long");
    private static final Map<String, Object> IN_ANY_CASE = Map.of("type", "keyword", "normalizer", "lowercase");
    private static final String WORDS = "standard";
    private static final List<String> ALL_TEXT = List.of("everything", "anywhere");

    // Chosen by SearchQualityBench (docs/search.md).
    private static final String STEMMER = "english";

    private IndexDefinition() {}

    /** As it should be. */
    static Map<String, Object> chosen() {
        return stemmed(STEMMER);
    }

    /** @param stemmer one of Lucene's for English */
    static Map<String, Object> stemmed(String stemmer) {
        return of("prose", analysis(stemmer), true);
    }

    /** For a distribution that knows no languages: words are found as they are written. */
    static Map<String, Object> plain() {
        return of(WORDS, Map.of(), true);
    }

    /** Changes with the definition: an index that says another is to be built anew. */
    static String fingerprint() {
        try {
            // In order, because maps are written in another with every start.
            String definition = new ObjectMapper()
                    .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
                    .writeValueAsString(of("prose", analysis(STEMMER), false));
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

    private static Map<String, Object> of(String analyzer, Map<String, Object> analysis, boolean withFingerprint) {
        Map<String, Object> words = Map.of("type", "text", "analyzer", WORDS);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("index.number_of_shards", 1);
        // A second node gets a copy by itself, a single one is not "yellow" for want of it.
        settings.put("index.auto_expand_replicas", "0-1");
        // Said outright, or an index nobody searched for a while is refreshed by the next search only.
        settings.put("index.refresh_interval", "1s");
        // So long a late write finds that its product has been taken out meanwhile.
        settings.put("index.gc_deletes", "1h");
        if (!analysis.isEmpty()) {
            settings.put("analysis", analysis);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("product_id", NUMBER);
        // The words of all fields as they are written: a misspelt one is looked up here, for its stem is none.
        fields.put("everything", words);
        // Their stems: says in one look whether a product has a word, before it is counted where it has it.
        fields.put("anywhere", Map.of("type", "text", "analyzer", analyzer, "norms", false));
        fields.put(
                "name",
                Map.of(
                        "type",
                        "text",
                        "analyzer",
                        analyzer,
                        "copy_to",
                        ALL_TEXT,
                        "fields",
                        Map.of("words", words, "sort", IN_ANY_CASE)));
        fields.put("brand", named(analyzer));
        fields.put("category", named(analyzer));
        fields.put("description", Map.of("type", "text", "analyzer", analyzer, "copy_to", ALL_TEXT));
        fields.put("sku", IN_ANY_CASE);
        fields.put("price_cents", NUMBER);
        fields.put("in_stock", Map.of("type", "boolean"));
        // Microseconds, as PostgreSQL keeps them: "date" would round to milliseconds.
        fields.put("created_at", NUMBER);
        Map<String, Object> mappings = new LinkedHashMap<>();
        if (withFingerprint) {
            mappings.put("_meta", Map.of("definition", fingerprint()));
        }
        mappings.put("dynamic", "strict");
        mappings.put("properties", fields);
        return Map.of("settings", settings, "mappings", mappings);
    }

    private static Map<String, Object> named(String analyzer) {
        return Map.of(
                "type",
                "text",
                "analyzer",
                analyzer,
                "copy_to",
                ALL_TEXT,
                "fields",
                Map.of("exact", KEYWORD, "folded", IN_ANY_CASE));
    }
}
