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
        Synonyms none = new Synonyms(Optional.of("/dev/null"), Clock.systemUTC());
        Weights w = Weights.CHOSEN;
        String chosen = indexed("chosen", "english", w);
        elasticsearch("as chosen", w, synonyms, chosen, skus);
        elasticsearch("without synonyms", w, none, chosen, skus);
        for (String stemmer : List.of("light_english", "minimal_english", "porter")) {
            elasticsearch("stemmer " + stemmer, w, synonyms, indexed("stemmer", stemmer, w), skus);
        }
        for (int name : List.of(1, 2, 3, 6, 8, 16)) {
            counted("name " + name, counting(name, w.brand(), w.category(), w.description()), skus);
        }
        for (int brand : List.of(0, 1, 2, 4, 8)) {
            counted("brand " + brand, counting(w.name(), brand, w.category(), w.description()), skus);
        }
        for (int category : List.of(0, 1, 4)) {
            counted("category " + category, counting(w.name(), w.brand(), category, w.description()), skus);
        }
        for (int description : List.of(0, 2)) {
            counted("description " + description, counting(w.name(), w.brand(), w.category(), description), skus);
        }
        counted("all twice", counting(2 * w.name(), 2 * w.brand(), 2 * w.category(), 2 * w.description()), skus);
        for (double word : List.of(1.0, 2.0, 8.0, 16.0)) {
            elasticsearch("word " + word, with(word, w.synonym(), w.phrase(), w.few()), synonyms, chosen, skus);
        }
        for (double synonym : List.of(0.3, 0.5, 0.8, 1.0)) {
            elasticsearch("synonym " + synonym, with(w.word(), synonym, w.phrase(), w.few()), synonyms, chosen, skus);
        }
        for (double phrase : List.of(0.0, 1.0, 2.0, 8.0)) {
            elasticsearch("phrase " + phrase, with(w.word(), w.synonym(), phrase, w.few()), synonyms, chosen, skus);
        }
        for (int few : List.of(0, 3, 5, 10, 1_000_000)) {
            elasticsearch("few " + few, with(w.word(), w.synonym(), w.phrase(), few), synonyms, chosen, skus);
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

    private static Weights counting(int name, int brand, int category, int description) {
        Weights w = Weights.CHOSEN;
        return new Weights(name, brand, category, description, w.word(), w.synonym(), w.phrase(), w.few(), w.most());
    }

    private static Weights with(double word, double synonym, double phrase, int few) {
        Weights w = Weights.CHOSEN;
        return new Weights(w.name(), w.brand(), w.category(), w.description(), word, synonym, phrase, few, w.most());
    }

    private void counted(String what, Weights weights, Map<Long, String> skus) {
        elasticsearch(what, weights, synonyms, indexed("counted", "english", weights), skus);
    }

    /** An index of what is on sale, in the place of the last of the name. @return its alias */
    private String indexed(String name, String stemmer, Weights weights) {
        String index = "variant-" + name;
        String alias = "as-" + name;
        node.work("DELETE", "/" + index + "?ignore_unavailable=true");
        node.work("PUT", "/" + index, IndexDefinition.stemmed(stemmer, weights));
        node.work(
                "POST", "/_aliases", Map.of("actions", List.of(Map.of("add", Map.of("index", index, "alias", alias)))));
        List<Claim> batch = due.onSale(0, 1_000);
        while (!batch.isEmpty()) {
            indexer.put(batch, List.of(alias));
            batch = due.onSale(batch.getLast().productId(), 1_000);
        }
        node.work("POST", "/" + index + "/_refresh", Map.of());
        return alias;
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
                        .call(() -> engine.find(query, Deadline.from(Clock.systemUTC(), Duration.ofSeconds(10)))
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
