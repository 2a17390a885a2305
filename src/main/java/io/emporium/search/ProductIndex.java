package io.emporium.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.search.SearchService.Beginnings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Timeout;

/**
 * Asks Elasticsearch. A node that fails or hangs is left alone for two seconds after a few tries, so that not every
 * buyer waits for it; then one request looks whether it is back.
 */
@ApplicationScoped
class ProductIndex {
    private final SearchNode node;
    private final Synonyms synonyms;
    private final Weights weights;
    private final String search;

    @Inject
    ProductIndex(SearchNode node, Synonyms synonyms) {
        this(node, synonyms, Weights.CHOSEN, IndexDefinition.ALIAS);
    }

    /** With other weights, on another index: to compare them. */
    ProductIndex(SearchNode node, Synonyms synonyms, Weights weights, String index) {
        this.node = node;
        this.synonyms = synonyms;
        this.weights = weights;
        this.search = "/" + index + "/_search";
    }

    /**
     * Products with every word; if there are too few, those with most of the words, misspelt or only begun. Which of the two
     * does not depend on filters, sort or page, so that the pages and facets of a search fit together.
     *
     * @throws IndexAway if it does not answer
     * @throws org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException if it is not even asked, or late
     */
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 2, delayUnit = ChronoUnit.SECONDS)
    @Timeout(600)
    Found find(SearchQuery query) {
        List<Synonyms.Term> terms = synonyms.terms(query.words());
        var question = new ProductQuestion(query, terms, weights);
        // The copies of an index rank a little differently: the pages of a search are all asked of one.
        String path =
                search + "?preference=words" + Integer.toHexString(query.text().hashCode());
        JsonNode answer = node.ask("POST", path, question.strict());
        if (!terms.isEmpty()
                && counted(answer, ProductQuestion.MATCHED) < weights.few()
                && counted(answer, ProductQuestion.BY_SKU) == 0) {
            answer = node.ask("POST", path, question.loose());
        }
        JsonNode facets = answer.path("aggregations");
        return new Found(
                ids(answer),
                answer.path("hits").path("total").path("value").asLong(),
                new Facets(
                        counts(facets.path("categories").path("values")),
                        counts(facets.path("brands").path("values")),
                        counts(facets.path("price_ranges").path("values")),
                        Facets.availability(counts(facets.path("availability").path("values")))));
    }

    private static long counted(JsonNode answer, String filter) {
        return answer.path("aggregations").path(filter).path("doc_count").asLong();
    }

    /** As find, for what is being typed. */
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 2, delayUnit = ChronoUnit.SECONDS)
    @Timeout(600)
    Beginnings begins(String beginning) {
        JsonNode answer = node.ask(
                "POST",
                search,
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

    private static List<Facets.Count> counts(JsonNode facet) {
        List<Facets.Count> counts = new ArrayList<>();
        for (JsonNode bucket : facet.path("buckets")) {
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
        for (JsonNode hit : answer.path("hits").path("hits")) {
            ids.add(Long.valueOf(hit.path("_id").asText()));
        }
        return ids;
    }
}
