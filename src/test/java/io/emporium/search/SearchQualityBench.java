package io.emporium.search;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.LocalServerSwitch;
import io.emporium.catalog.Callers;
import io.emporium.search.DueProducts.Claim;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How good the search is on the retail catalogue: {@code ./mvnw test -Dtest=SearchQualityBench}, with
 * {@code -Demporium.retail-catalog=FILE} if it is not beside the project. Prints precision@5, MRR and nDCG@5 of the judged
 * queries, for Elasticsearch and for PostgreSQL. Not run by a build: its name does not end in Test.
 */
@QuarkusTest
class SearchQualityBench {
    @Inject
    Callers callers;

    @Inject
    DueProducts due;

    @Inject
    Shelves shelves;

    @Inject
    SearchNode node;

    @Inject
    Indexer indexer;

    @Inject
    Synonyms synonyms;

    @Inject
    EntityManager database;

    @Inject
    ObjectMapper json;

    @BeforeEach
    void onSale() {
        RetailShelves.load(callers);
        RetailShelves.awaitIndexed(node, shelves);
    }

    @Test
    void judged() {
        report("elasticsearch");
        var server = new LocalServerSwitch("search");
        server.stop();
        try {
            report("postgresql");
        } finally {
            server.start();
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Shelves.backend("sofa").equals("elasticsearch"));
    }

    private static void report(String backend) {
        long began = System.nanoTime();
        Map<JudgedQueries.Judged, JudgedQueries.Score> scores = JudgedQueries.ask(
                query -> Shelves.searchBy(backend, query).jsonPath().getList("data.products.sku", String.class));
        double each = (System.nanoTime() - began) / 1e6 / scores.size();
        System.out.print(JudgedQueries.table(backend, scores));
        scores.forEach((judged, score) -> {
            if (score.precision() < 1) {
                System.out.printf(
                        Locale.ROOT,
                        "quality %-14s misses: %-26s %s%n",
                        backend,
                        judged.text().strip(),
                        score);
            }
        });
        System.out.printf(Locale.ROOT, "quality %-14s %.1f ms a query, one after the other%n", backend, each);
    }

    /** What the weights are chosen with: one is changed at a time, and what is better for one half is looked at on the other. */
    @Test
    void variants() {
        Map<Long, String> skus = skus();
        for (String stemmer : List.of("english", "light_english", "minimal_english", "porter")) {
            String index = "variant-" + stemmer.replace('_', '-');
            node.work("PUT", "/" + index, IndexDefinition.stemmed(stemmer));
            node.work(
                    "POST",
                    "/_aliases",
                    Map.of("actions", List.of(Map.of("add", Map.of("index", index, "alias", "stem-" + stemmer)))));
            List<Claim> batch = due.onSale(0, 1_000);
            while (!batch.isEmpty()) {
                indexer.put(batch, List.of("stem-" + stemmer));
                batch = due.onSale(batch.getLast().productId(), 1_000);
            }
            node.work("POST", "/" + index + "/_refresh", Map.of());
        }
        Synonyms none = new Synonyms(() -> Optional.of("/dev/null"), Clock.systemUTC());
        Weights w = Weights.CHOSEN;
        String chosen = "stem-english";
        elasticsearch("as chosen", w, synonyms, chosen, skus);
        elasticsearch("without synonyms", w, none, chosen, skus);
        for (String stemmer : List.of("light_english", "minimal_english", "porter")) {
            elasticsearch("stemmer " + stemmer, w, synonyms, "stem-" + stemmer, skus);
        }
        for (double name : List.of(1.0, 2.0, 3.0, 6.0, 8.0, 16.0)) {
            elasticsearch(
                    "name " + name, with(w, name, w.brand(), w.category(), w.description()), synonyms, chosen, skus);
        }
        for (double brand : List.of(0.5, 1.0, 2.0, 4.0, 6.0)) {
            elasticsearch(
                    "brand " + brand, with(w, w.name(), brand, w.category(), w.description()), synonyms, chosen, skus);
        }
        for (double category : List.of(0.0, 0.5, 1.0, 4.0)) {
            elasticsearch(
                    "category " + category,
                    with(w, w.name(), w.brand(), category, w.description()),
                    synonyms,
                    chosen,
                    skus);
        }
        for (double description : List.of(0.1, 0.25, 0.5, 1.0, 2.0)) {
            elasticsearch(
                    "description " + description,
                    with(w, w.name(), w.brand(), w.category(), description),
                    synonyms,
                    chosen,
                    skus);
        }
        for (double others : List.of(0.0, 0.1, 0.3, 0.6, 1.0)) {
            var other = new Weights(
                    w.name(),
                    w.brand(),
                    w.category(),
                    w.description(),
                    others,
                    w.synonym(),
                    w.phrase(),
                    w.few(),
                    w.most());
            elasticsearch("others " + others, other, synonyms, chosen, skus);
        }
        for (double synonym : List.of(0.3, 0.5, 0.8, 1.0)) {
            var other = new Weights(
                    w.name(),
                    w.brand(),
                    w.category(),
                    w.description(),
                    w.others(),
                    synonym,
                    w.phrase(),
                    w.few(),
                    w.most());
            elasticsearch("synonym " + synonym, other, synonyms, chosen, skus);
        }
        for (double phrase : List.of(0.0, 1.0, 2.0, 4.0, 8.0)) {
            var other = new Weights(
                    w.name(),
                    w.brand(),
                    w.category(),
                    w.description(),
                    w.others(),
                    w.synonym(),
                    phrase,
                    w.few(),
                    w.most());
            elasticsearch("phrase " + phrase, other, synonyms, chosen, skus);
        }
        for (int few : List.of(0, 1, 3, 5, 10, 1_000_000)) {
            var other = new Weights(
                    w.name(),
                    w.brand(),
                    w.category(),
                    w.description(),
                    w.others(),
                    w.synonym(),
                    w.phrase(),
                    few,
                    w.most());
            elasticsearch("few " + few, other, synonyms, chosen, skus);
        }

        StandInWeights s = StandInWeights.CHOSEN;
        postgresql("as chosen", s, synonyms, skus);
        postgresql("without synonyms", s, none, skus);
        for (double brand : List.of(0.3, 0.8, 1.0)) {
            postgresql(
                    "brand " + brand,
                    new StandInWeights(brand, s.description(), s.words(), s.phrase(), s.alike(), s.threshold()),
                    synonyms,
                    skus);
        }
        for (double description : List.of(0.02, 0.05, 0.2)) {
            postgresql(
                    "description " + description,
                    new StandInWeights(s.brand(), description, s.words(), s.phrase(), s.alike(), s.threshold()),
                    synonyms,
                    skus);
        }
        for (double words : List.of(2.0, 4.0, 16.0)) {
            postgresql(
                    "words " + words,
                    new StandInWeights(s.brand(), s.description(), words, s.phrase(), s.alike(), s.threshold()),
                    synonyms,
                    skus);
        }
        for (double phrase : List.of(0.0, 1.0, 4.0)) {
            postgresql(
                    "phrase " + phrase,
                    new StandInWeights(s.brand(), s.description(), s.words(), phrase, s.alike(), s.threshold()),
                    synonyms,
                    skus);
        }
        for (double alike : List.of(0.0, 0.5, 2.0, 4.0)) {
            postgresql(
                    "alike " + alike,
                    new StandInWeights(s.brand(), s.description(), s.words(), s.phrase(), alike, s.threshold()),
                    synonyms,
                    skus);
        }
        for (double threshold : List.of(0.4, 0.45, 0.55, 0.6)) {
            postgresql(
                    "threshold " + threshold,
                    new StandInWeights(s.brand(), s.description(), s.words(), s.phrase(), s.alike(), threshold),
                    synonyms,
                    skus);
        }
    }

    private static Weights with(Weights of, double name, double brand, double category, double description) {
        return new Weights(
                name, brand, category, description, of.others(), of.synonym(), of.phrase(), of.few(), of.most());
    }

    private void elasticsearch(String what, Weights weights, Synonyms with, String index, Map<Long, String> skus) {
        var engine = new ProductIndex(node, with, weights, index);
        variant("elasticsearch", what, query -> engine.find(query).ids(), skus);
    }

    private void postgresql(String what, StandInWeights weights, Synonyms with, Map<Long, String> skus) {
        var engine = new DatabaseSearch(database, json, with, weights);
        variant(
                "postgresql",
                what,
                query -> QuarkusTransaction.requiringNew()
                        .call(() -> engine.find(query, Deadline.from(Clock.systemUTC()))
                                .ids()),
                skus);
    }

    private static void variant(
            String engine, String what, Function<SearchQuery, List<Long>> find, Map<Long, String> skus) {
        Map<JudgedQueries.Judged, JudgedQueries.Score> scores = JudgedQueries.ask(text -> {
            var query = new SearchQuery(text, null, null, null, null, null, SearchQuery.Sort.RELEVANCE, 1, 20);
            return find.apply(query).stream()
                    .map(id -> skus.getOrDefault(id, ""))
                    .toList();
        });
        System.out.printf(
                Locale.ROOT,
                "variant %-14s %-24s choose: %s   hold: %s%n",
                engine,
                what,
                JudgedQueries.mean(scores, judged -> !judged.held()),
                JudgedQueries.mean(scores, JudgedQueries.Judged::held));
    }

    private Map<Long, String> skus() {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<Object[]> products = database.createNativeQuery(
                            "SELECT product_id, sku FROM products WHERE is_active", Object[].class)
                    .getResultList();
            return products.stream().collect(Collectors.toMap(row -> (Long) row[0], row -> (String) row[1]));
        });
    }
}
