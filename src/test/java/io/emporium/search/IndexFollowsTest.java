package io.emporium.search;

import static io.emporium.search.Shelves.awaitFound;
import static io.emporium.search.Shelves.backend;
import static io.emporium.search.Shelves.found;
import static io.emporium.search.Shelves.search;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.LocalServerSwitch;
import io.emporium.WoundClock;
import io.emporium.deploy.ShopSettings;
import io.emporium.search.DueProducts.Claim;
import io.emporium.shared.Refusal;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.Test;

/** What the index has is what the database has, whatever comes late, twice or not at all. */
@QuarkusTest
class IndexFollowsTest {
    @Inject
    Shelves shelves;

    @Inject
    Indexer indexer;

    @Inject
    DueProducts due;

    @Inject
    DatabaseSearch standIn;

    @Inject
    RestClient node;

    @Inject
    SearchNode searchNode;

    @Inject
    EntityManager database;

    @Test
    void a_late_write_never_wins() throws Exception {
        long product = shelves.put("Latequixel Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(product), "latequixel");
        shelves.awaitNothingDue();
        Claim first = claim(product);
        shelves.price(product, "30.00");
        Claim second = claim(product);
        assertThat(second.version()).isGreaterThan(first.version());

        indexer.put(List.of(second));
        indexer.put(List.of(first));

        assertThat(document(product)).contains("\"price_cents\":3000");
    }

    @Test
    void messages_that_come_late_and_again_change_nothing() throws Exception {
        long product = shelves.put("Repeatquixel Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(product), "repeatquixel");
        shelves.price(product, "30.00");
        shelves.awaitNothingDue();
        long before = version(product);
        String ofIt = "entity_type = 'product' AND entity_id = " + product;

        // As after a relay that died before its mark, in a shop whose inbox was lost: each is taken once more, the
        // oldest last.
        sql("DELETE FROM inbox WHERE consumer = 'search' AND event_id IN (SELECT event_id FROM outbox WHERE " + ofIt
                + ")");
        for (String order : List.of("DESC", "DESC OFFSET 1")) {
            sql(
                    "UPDATE outbox SET sent_at = NULL, claimed_until = NULL WHERE position = (SELECT position FROM outbox WHERE "
                            + ofIt + " ORDER BY position " + order + " LIMIT 1)");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> count("SELECT count(*) FROM outbox WHERE sent_at IS NULL AND " + ofIt) == 0);
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        count("SELECT count(*) FROM inbox WHERE consumer = 'search' AND status = 'done' AND event_id IN"
                                        + " (SELECT event_id FROM outbox WHERE " + ofIt + ")")
                                == 2);
        shelves.awaitNothingDue();

        assertThat(version(product)).isGreaterThan(before);
        assertThat(document(product)).contains("\"price_cents\":3000");
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }

    private long count(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> (Long) database.createNativeQuery(query, Long.class).getSingleResult());
    }

    @Test
    void a_product_marked_while_it_is_being_indexed_stays_due() {
        long product = shelves.put("Meanquixel Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(product), "meanquixel");
        shelves.awaitNothingDue();
        Claim claim = claim(product);
        // A mark counts the version up, and so does the claim that follows it: the second is what is waited for.
        long marked = QuarkusTransaction.requiringNew().call(() -> {
            due.mark(product);
            return version(product);
        });
        due.done(List.of(claim));
        await().atMost(Duration.ofSeconds(60)).until(() -> version(product) > marked && !shelves.isAnyDue());
    }

    @Test
    void a_claim_that_nobody_settles_ends_by_itself() {
        long product = shelves.put("Orphanquixel Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(product), "orphanquixel");
        shelves.awaitNothingDue();
        Claim dead = claim(product);
        due(product, "due_at - interval '31 seconds'");
        await().atMost(Duration.ofSeconds(60)).until(() -> version(product) > dead.version() && !shelves.isAnyDue());
    }

    @Test
    void a_document_the_index_refuses_does_not_hold_up_the_others() throws Exception {
        long product = shelves.put("Refusquixel Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(product), "refusquixel");
        Map<String, Object> strange = new HashMap<>(Map.of("no_such_field", 1));
        var items = indexer.put(
                List.of(new Claim(product, Long.MAX_VALUE - 1, strange), new Claim(product + 1_000_000_000, 1, null)));
        assertThat(items.get(0).path("index").path("status").asInt()).isEqualTo(400);
        assertThat(items.get(1).path("delete").path("status").asInt()).isEqualTo(404);
        assertThat(document(product)).contains("\"price_cents\":2000");
    }

    @Test
    void a_lost_index_is_made_and_filled_again() throws Exception {
        long product = shelves.put("Phoenixar Rug", "20.00", "decor", "Brimquist", "");
        awaitFound(List.of(product), "phoenixar");
        String index = searchNode
                .work("GET", "/_alias/" + IndexDefinition.ALIAS)
                .fieldNames()
                .next();
        node.performRequest(new Request("DELETE", "/" + index));
        // PostgreSQL finds meanquixel.
        assertThat(found("phoenixar")).containsExactly(product);
        awaitFound(List.of(product), "phoenixar");
    }

    @Test
    void an_emptied_index_is_filled_again() throws Exception {
        long product = shelves.put("Tabularasa Rug", "20.00", "decor", "Brimquist", "");
        awaitFound(List.of(product), "tabularasa");
        shelves.awaitNothingDue();
        emptyTheIndex();
        awaitFound(List.of(product), "tabularasa");
    }

    @Test
    void without_elasticsearch_postgresql_finds_and_elasticsearch_again_when_it_is_back() {
        long kettle = shelves.put("Standinare Kettle", "49.00", "kitchenette", "Standinwick", "Pours slowly.");
        long pot = shelves.put("Standinare Pot", "149.00", "pots", "Other", "Slow.");
        awaitFound(List.of(kettle, pot), "standinare", "sort", "price_asc");
        FacetScene.put(shelves);
        FacetScene.putMany(shelves);
        shelves.awaitNothingDue();
        var server = new LocalServerSwitch("search");
        server.stop();
        long born;
        try {
            for (int i = 0; i < 8; i++) {
                long began = System.nanoTime();
                assertThat(backend("standinare")).isEqualTo("postgresql");
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
            }
            search("standinare", "sort", "price_asc")
                    .header("X-Search-Backend", "postgresql")
                    .body("data.products.name", contains("Standinare Kettle", "Standinare Pot"))
                    .body("data.pagination.total_items", equalTo(2))
                    .body("data.facets.categories.value", contains("kitchenette", "pots"))
                    .body("data.facets.brands.count", contains(1, 1))
                    .body("data.facets.price_ranges.value", contains("25-50", "100-250"));
            assertThat(found("standinare kettles")).containsExactly(kettle);
            assertThat(found("standinere kettel")).first().isEqualTo(kettle);
            assertThat(found("standinare", "max_price", "49")).containsExactly(kettle);
            assertThat(found("standinare", "in_stock", "false")).isEmpty();
            assertThat(found(shelves.sku(pot))).first().isEqualTo(pot);
            FacetScene.holds("postgresql");
            FacetScene.holdsOfMany("postgresql");
            assertThat(found("standin kettle")).containsExactly(kettle);
            assertThat(found("kettle standinar")).containsExactly(kettle);
            assertThat(found(shelves.sku(pot).substring(0, 15))).containsExactly(pot);
            for (String hostile :
                    List.of("' OR 1=1 --", "a & | ! :* <->", "%", "\"", "\\", "( ) *", "<script>", "the")) {
                search(hostile).header("X-Search-Backend", "postgresql");
            }
            assertThat(found("*")).isEmpty();
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                RestAssured.given()
                        .queryParam("q", "standin")
                        .get("/api/v1/products/suggest")
                        .then()
                        .header("X-Search-Backend", "postgresql")
                        .body("data.suggestions", org.hamcrest.Matchers.hasItems("Standinwick", "Standinare Kettle"));
                RestAssured.given()
                        .queryParam("q", "st%din_re")
                        .get("/api/v1/products/suggest")
                        .then()
                        .body("data.suggestions", org.hamcrest.Matchers.hasSize(0));
            });
            born = shelves.put("Standinare Newborn", "15.00", "pots", "Other", "");
            assertThat(found("standinare newborn")).containsExactly(born);
            shelves.withdraw(pot);
        } finally {
            server.start();
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> backend("standinare").equals("elasticsearch"));
        awaitFound(List.of(born, kettle), "standinare", "sort", "price_asc");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> search("standinare").body("data.pagination.total_items", equalTo(2)));
    }

    @Test
    void postgresql_is_not_searched_for_long() throws Exception {
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        Thread holder = Thread.ofVirtual()
                .start(() -> QuarkusTransaction.requiringNew().run(() -> {
                    database.createNativeQuery("LOCK TABLE products IN ACCESS EXCLUSIVE MODE")
                            .executeUpdate();
                    locked.countDown();
                    try {
                        enough.await();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                }));
        locked.await();
        long began = System.nanoTime();
        try {
            var query = new SearchQuery("x", null, null, null, null, null, SearchQuery.Sort.RELEVANCE, 1, 20);
            assertThatExceptionOfType(Refusal.class)
                    .isThrownBy(() -> standIn.find(query, Deadline.from(Clock.systemUTC(), Duration.ofMillis(950))))
                    .matches(refusal -> refusal.code() == Refusal.Code.SERVICE_UNAVAILABLE)
                    .matches(refusal -> refusal.retryAfter() != null);
        } finally {
            enough.countDown();
            holder.join();
        }
        // Without a bound of its own it would wait for the lock for 20 s.
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void postgresql_has_what_the_index_has_left_of_the_time() {
        var clock = new WoundClock();
        // As it is delivered: tests are more patient.
        Duration patience =
                DurationConverter.parseDuration(ShopSettings.defaults().get("SEARCH_PATIENCE"));
        Deadline deadline = Deadline.from(clock, patience);
        clock.forward(Duration.ofMillis(ProductIndex.MILLISECONDS));
        var query = new SearchQuery("x", null, null, null, null, null, SearchQuery.Sort.RELEVANCE, 1, 20);
        String bound = QuarkusTransaction.requiringNew().call(() -> {
            standIn.find(query, deadline);
            return (String) database.createNativeQuery("SHOW statement_timeout", String.class)
                    .getSingleResult();
        });
        assertThat(bound).isEqualTo(patience.toMillis() - ProductIndex.MILLISECONDS + "ms");
        // Even who has waited for a place before: PostgreSQL has time to find, and all of it is less than a second.
        Duration worst = Duration.ofMillis(ProductIndex.MILLISECONDS).plus(SearchService.PATIENCE);
        assertThat(patience.minus(worst)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(patience).isLessThan(Duration.ofSeconds(1));
        clock.forward(Duration.ofSeconds(1));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> standIn.find(query, deadline))
                .matches(refusal -> refusal.code() == Refusal.Code.SERVICE_UNAVAILABLE);
    }

    private Claim claim(long product) {
        mark(product);
        // The indexer may be faster: then it is marked and claimed again.
        return await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(
                        () -> due.claim(500).stream()
                                .filter(claim -> claim.productId() == product)
                                .findFirst()
                                .orElseGet(() -> {
                                    mark(product);
                                    return null;
                                }),
                        claim -> claim != null);
    }

    private void mark(long product) {
        QuarkusTransaction.requiringNew().run(() -> due.mark(product));
    }

    private long version(long product) {
        return (Long) QuarkusTransaction.joiningExisting()
                .call(() -> database.createNativeQuery(
                                "SELECT version FROM search_documents WHERE product_id = :id", Long.class)
                        .setParameter("id", product)
                        .getSingleResult());
    }

    private String document(long product) throws Exception {
        return new String(
                node.performRequest(new Request("GET", "/" + IndexDefinition.ALIAS + "/_doc/" + product))
                        .getEntity()
                        .getContent()
                        .readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void an_index_emptied_while_something_waits_is_filled_again() throws Exception {
        long product = shelves.put("Rasaquixel Rug", "20.00", "decor", "Brimquist", "");
        long waiting = shelves.put("Waitquixel Rug", "20.00", "decor", "Brimquist", "");
        awaitFound(List.of(product), "rasaquixel");
        awaitFound(List.of(waiting), "waitquixel");
        shelves.awaitNothingDue();
        // Claimed by somebody for an hour.
        due(waiting, "clock_timestamp() + interval '1 hour'");
        try {
            emptyTheIndex();
            awaitFound(List.of(product), "rasaquixel");
        } finally {
            due(waiting, "clock_timestamp()");
        }
    }

    @Test
    void whoever_was_overtaken_while_writing_has_the_product_looked_at_again() {
        long product = shelves.put("Sleepquixel Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(product), "sleepquixel");
        shelves.awaitNothingDue();
        Claim slow = claim(product);
        shelves.withdraw(product);
        await().atMost(Duration.ofSeconds(120)).until(() -> version(product) > slow.version() && !shelves.isAnyDue());
        long after = version(product);

        // The index may have forgotten the deletion by now, and have taken the document.
        due.done(List.of(slow));

        await().atMost(Duration.ofSeconds(120)).until(() -> version(product) > after && !shelves.isAnyDue());
    }

    /** One by one: not every distribution can delete by a query. */
    private void emptyTheIndex() {
        List<String> found;
        do {
            found = searchNode
                    .work("GET", "/" + IndexDefinition.ALIAS + "/_search?size=10000&_source=false")
                    .path("hits")
                    .path("hits")
                    .findValuesAsText("_id");
            if (!found.isEmpty()) {
                String lines = found.stream()
                        .map(id -> "{\"delete\":{\"_id\":\"" + id + "\"}}\n")
                        .collect(Collectors.joining());
                searchNode.workLines("POST", "/" + IndexDefinition.ALIAS + "/_bulk?refresh=true", lines);
            }
        } while (!found.isEmpty());
    }

    private void due(long product, String when) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "UPDATE search_documents SET due_at = " + when + " WHERE product_id = :id")
                        .setParameter("id", product)
                        .executeUpdate());
    }
}
