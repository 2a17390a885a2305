package io.emporium.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.search.SearchService.Beginnings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Asks Elasticsearch. A node that fails or hangs is left alone for two seconds after a few tries, so that not every
 * buyer waits for it; then one request looks whether it is back.
 */
@ApplicationScoped
class ProductIndex {
    /** What it may take of the time that a buyer waits: PostgreSQL must still be able to answer within the second. */
    static final int MILLISECONDS = 450;

    /** More products that begin with what was typed are not looked at, of each copy of the index. */
    static final int BEGUN = 10_000;

    private final SearchNode node;
    private final Synonyms synonyms;
    private final Weights weights;
    private final String index;

    @Inject
    ProductIndex(SearchNode node, Synonyms synonyms) {
        this(node, synonyms, Weights.CHOSEN, IndexDefinition.ALIAS);
    }

    /** With other weights, on another index: to compare them. */
    ProductIndex(SearchNode node, Synonyms synonyms, Weights weights, String index) {
        this.node = node;
        this.synonyms = synonyms;
        this.weights = weights;
        this.index = "/" + index;
    }

    /**
     * Products with every word; if there are too few, those with most of the words, misspelt or only begun. Which of the two
     * does not depend on filters, sort or page, so that the pages and facets of a search fit together.
     *
     * @throws IndexAway if it does not answer
     * @throws org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException if it is not even asked, or late
     */
    @CircuitBreaker(
            requestVolumeThreshold = 4,
            delay = 2,
            delayUnit = ChronoUnit.SECONDS,
            skipOn = QuestionRefused.class)
    @Timeout(MILLISECONDS)
    Found find(SearchQuery query) {
        List<Synonyms.Term> terms = synonyms.terms(query.words());
        var question = new ProductQuestion(query, terms, weights);
        // The copies of an index rank a little differently: the pages of a search are all asked of one.
        String path = index + "/_search?preference=words"
                + Integer.toHexString(query.text().hashCode());
        JsonNode answer = node.ask("POST", path, question.strict());
        if (!terms.isEmpty() && matched(answer) < weights.few() && counted(answer, ProductQuestion.BY_SKU) == 0) {
            answer = node.ask("POST", path, question.loose());
        }
        JsonNode facets = answer.path("aggregations");
        return new Found(
                ids(answer),
                total(answer),
                new Facets(
                        named(facets.path("categories"), query.category()),
                        named(facets.path("brands"), query.brand()),
                        counts(facets.path("price_ranges")),
                        Facets.availability(counts(facets.path("availability")))));
    }

    private static long matched(JsonNode answer) {
        return answer.path("aggregations").has(ProductQuestion.MATCHED)
                ? counted(answer, ProductQuestion.MATCHED)
                : total(answer);
    }

    private static long total(JsonNode answer) {
        return answer.path("hits").path("total").path("value").asLong();
    }

    private static long counted(JsonNode answer, String filter) {
        return answer.path("aggregations").path(filter).path("doc_count").asLong();
    }

    /**
     * As find, for what is being typed. A short beginning is that of a tenth of all products, and nobody wants to see more than a
     * few: each of the three questions ends with the first {@value #BEGUN} that begin so, in no order of their own.
     */
    @CircuitBreaker(
            requestVolumeThreshold = 4,
            delay = 2,
            delayUnit = ChronoUnit.SECONDS,
            skipOn = QuestionRefused.class)
    @Timeout(MILLISECONDS)
    Beginnings begins(String beginning) {
        Map<String, Object> names = begun(
                SearchService.SUGGESTIONS,
                Map.of("match_phrase_prefix", Map.of("name.words", Map.of("query", beginning))));
        names.put("sort", List.of("_score", "product_id"));
        List<JsonNode> answers =
                node.askAll(index, List.of(names, begun("category", beginning), begun("brand", beginning)));
        List<String> values = new ArrayList<>();
        answers.subList(1, answers.size())
                .forEach(answer -> counts(answer.path("aggregations").path(ProductQuestion.VALUES))
                        .forEach(count -> values.add(count.value())));
        return new Beginnings(values, ids(answers.getFirst()));
    }

    private static Map<String, Object> begun(String field, String beginning) {
        Map<String, Object> question = begun(
                0, Map.of("prefix", Map.of(field + ".folded", Map.of("value", beginning.toLowerCase(Locale.ROOT)))));
        question.put(
                "aggs", Map.of(ProductQuestion.VALUES, Map.of("terms", Map.of("field", field + ".exact", "size", 3))));
        return question;
    }

    private static Map<String, Object> begun(int size, Map<String, Object> query) {
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("size", size);
        question.putAll(ProductQuestion.NOTHING_STORED);
        question.put("track_total_hits", false);
        question.put("terminate_after", BEGUN);
        question.put("query", query);
        return question;
    }

    private static List<Facets.Count> named(JsonNode facet, @Nullable String chosen) {
        return Facets.with(
                chosen, facet.path(ProductQuestion.CHOSEN).path("doc_count").asLong(), counts(facet));
    }

    private static List<Facets.Count> counts(JsonNode facet) {
        List<Facets.Count> counts = new ArrayList<>();
        JsonNode values = facet.has(ProductQuestion.VALUES) ? facet.path(ProductQuestion.VALUES) : facet;
        for (JsonNode bucket : values.path("buckets")) {
            if (bucket.path("doc_count").asLong() > 0) {
                counts.add(new Facets.Count(
                        bucket.path("key_as_string").asText(bucket.path("key").asText()),
                        bucket.path("doc_count").asLong()));
            }
        }
        return counts;
    }

    private static List<Long> ids(JsonNode answer) {
        List<Long> ids = new ArrayList<>();
        answer.path("hits").path("hits").forEach(hit -> ids.add(id(hit)));
        return ids;
    }

    /** What every order ends with. */
    private static long id(JsonNode hit) {
        JsonNode sort = hit.path("sort");
        return sort.path(sort.size() - 1).asLong();
    }
}
