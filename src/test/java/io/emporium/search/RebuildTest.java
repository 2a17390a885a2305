package io.emporium.search;

import static io.emporium.search.Shelves.awaitFound;
import static io.emporium.search.Shelves.found;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.catalog.Callers;
import io.emporium.search.DueProducts.Claim;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole index built anew while the shop goes on, and compared with the database. */
@QuarkusTest
class RebuildTest {
    private static final Duration BUILT_WITHIN = Duration.ofSeconds(180);

    @Inject
    Shelves shelves;

    @Inject
    Callers callers;

    @Inject
    SearchNode node;

    @Inject
    SearchJobs jobs;

    @Inject
    DueProducts due;

    @Inject
    Indexer indexer;

    @Inject
    EntityManager database;

    @BeforeEach
    void nothingUnderWay() {
        callers.exist();
        await().atMost(BUILT_WITHIN)
                .until(() -> jobs.latest(SearchJobs.Kind.REBUILD)
                        .filter(job -> job.status() == SearchJobs.Status.DONE)
                        .isPresent());
    }

    @Test
    void a_new_index_takes_the_old_ones_place_while_writes_and_searches_go_on() throws Exception {
        long steady = shelves.put("Rebuildix Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(steady), "rebuildix stool");
        String old = index();
        // What other tests withdraw may leave it meanwhile.
        long before = node.work("GET", "/" + IndexDefinition.ALIAS + "/_count")
                        .path("count")
                        .asLong()
                / 2;
        AtomicBoolean over = new AtomicBoolean();
        List<Long> written = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> writer = threads.submit((Callable<Void>) () -> {
                while (!over.get()) {
                    long product = shelves.put("Meanwhilix Stool", "20.00", "furniture", "Brimquist", "");
                    written.add(product);
                    if (written.size() % 3 == 0) {
                        shelves.withdraw(product);
                    } else {
                        shelves.price(product, "30.00");
                    }
                }
                return null;
            });
            Future<?> reader = threads.submit((Callable<Void>) () -> {
                while (!over.get()) {
                    // Whoever finds, finds it; and there is an index with all of it at every moment.
                    assertThat(found("rebuildix stool")).containsExactly(steady);
                    assertThat(node.work("GET", "/" + IndexDefinition.ALIAS + "/_count")
                                    .path("count")
                                    .asLong())
                            .isGreaterThanOrEqualTo(before);
                }
                return null;
            });
            rebuild().statusCode(202).body("data.status", equalTo("running"));
            try {
                await().atMost(BUILT_WITHIN)
                        .untilAsserted(() -> admin("rebuild")
                                .body("data.status", equalTo("done"))
                                .body("data.percent", equalTo(100)));
            } finally {
                over.set(true);
            }
            writer.get();
            reader.get();
        }
        admin("rebuild")
                .body("data.products", greaterThanOrEqualTo(1))
                .body("data.products_per_second", greaterThanOrEqualTo(1))
                .body("data.finished_at", notNullValue());
        assertThat(index()).isNotEqualTo(old);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(indexes()).containsExactly(index()));
        // And nothing of what happened meanwhile is lost.
        shelves.awaitNothingDue();
        for (int i = 0; i < written.size(); i++) {
            JsonNode document = document(written.get(i));
            assertThat(document.path("found").asBoolean()).isEqualTo(i % 3 != 2);
            if (i % 3 != 2) {
                assertThat(document.path("_source").path("price_cents").asInt()).isEqualTo(3_000);
            }
        }
    }

    @Test
    void there_is_one_rebuild_at_a_time() throws Exception {
        long before = latest();
        List<Integer> statuses = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Future<Integer>> asked = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                asked.add(threads.submit(() -> rebuild().extract().statusCode()));
            }
            for (Future<Integer> status : asked) {
                statuses.add(status.get());
            }
        }
        assertThat(statuses).hasSize(8).containsOnly(202);
        assertThat(running()).isLessThanOrEqualTo(1);
        await().atMost(BUILT_WITHIN).untilAsserted(() -> admin("rebuild").body("data.status", equalTo("done")));
        // Eight at once are one; the last may have come after the first was over.
        assertThat(latest() - before).isBetween(1L, 8L);
    }

    @Test
    void a_rebuild_whose_worker_died_is_begun_anew_and_its_half_built_index_deleted() {
        long product = shelves.put("Killedix Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(product), "killedix");
        String old = index();
        String half = IndexDefinition.PREFIX + "1";
        node.work("PUT", "/" + half, IndexDefinition.plain());
        node.work(
                "POST",
                "/_aliases",
                Map.of("actions", List.of(Map.of("add", Map.of("index", half, "alias", IndexDefinition.NEXT)))));
        // As it stands in the database after a kill -9 in the middle: the lease has some time to go.
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("""
                        INSERT INTO search_jobs (kind, reason, index_name, total, done, worker, attempts, began_at, lease_until)
                        VALUES ('rebuild', 'asked for', :half, 1000, 500, :dead, 1, clock_timestamp(),
                                clock_timestamp() + interval '15 seconds')
                        """)
                        .setParameter("half", half)
                        .setParameter("dead", UUID.randomUUID())
                        .executeUpdate());
        admin("rebuild").body("data.status", equalTo("running")).body("data.percent", equalTo(50));
        assertThat(index()).isEqualTo(old);
        assertThat(found("killedix")).containsExactly(product);
        // What changes goes on being followed, in the old index too.
        shelves.price(product, "30.00");
        awaitFound(List.of(product), "killedix", "min_price", "30");

        await().atMost(BUILT_WITHIN).untilAsserted(() -> admin("rebuild").body("data.status", equalTo("done")));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(indexes()).containsExactly(index()).doesNotContain(old, half));
        assertThat(found("killedix")).containsExactly(product);
    }

    @Test
    void a_worker_that_lost_its_lease_stops() {
        // Taken by nobody here, as its lease has not ended.
        long job = QuarkusTransaction.requiringNew().call(() -> (Long) database.createNativeQuery("""
                        INSERT INTO search_jobs (kind, reason, worker, lease_until)
                        VALUES ('check', 'a test', :other, clock_timestamp() + interval '1 hour') RETURNING job_id
                        """, Long.class)
                .setParameter("other", UUID.randomUUID())
                .getSingleResult());
        try {
            assertThat(jobs.take(SearchJobs.Kind.CHECK)).isEmpty();
            org.assertj.core.api.Assertions.assertThatExceptionOfType(SearchJobs.LeaseLost.class)
                    .isThrownBy(() -> jobs.progress(job, 1, SearchJobs.Findings.NONE));
        } finally {
            QuarkusTransaction.requiringNew()
                    .run(() -> database.createNativeQuery("DELETE FROM search_jobs WHERE job_id = :job")
                            .setParameter("job", job)
                            .executeUpdate());
        }
    }

    @Test
    void late_and_repeated_writes_never_win_in_either_index() {
        long product = shelves.put("Twicerix Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(product), "twicerix");
        shelves.awaitNothingDue();
        String other = IndexDefinition.PREFIX + "2";
        node.work("PUT", "/" + other, IndexDefinition.plain());
        node.work(
                "POST",
                "/_aliases",
                Map.of("actions", List.of(Map.of("add", Map.of("index", other, "alias", "twice")))));
        try {
            Map<String, Object> document = due.onSale(product - 1, 1).getFirst().document();
            Map<String, Object> later = new java.util.HashMap<>(document);
            later.put("price_cents", 7_777);
            long version = 9_000_000_000_000_000L;
            List<String> both = List.of(IndexDefinition.ALIAS, "twice");
            var first = new Claim(product, version, document);
            var second = new Claim(product, version + 1, later);
            assertThat(indexer.refused(List.of(second), indexer.put(List.of(second), both)))
                    .isEmpty();
            // Late, and then twice.
            assertThat(indexer.refused(List.of(first, second), indexer.put(List.of(first, second), both)))
                    .isEmpty();
            for (String index : both) {
                JsonNode found = node.work("GET", "/" + index + "/_doc/" + product);
                assertThat(found.path("_source").path("price_cents").asInt()).isEqualTo(7_777);
                assertThat(found.path("_version").asLong()).isEqualTo(version + 1);
            }
            // A deletion is a write like any other: what comes later does not bring the product back.
            indexer.put(List.of(new Claim(product, version + 2, null)), both);
            indexer.put(List.of(first), both);
            assertThat(document(product).path("found").asBoolean()).isFalse();
        } finally {
            node.work("DELETE", "/" + other);
            // Its version in the index is far ahead of the database's: no longer of use to other tests.
            shelves.withdraw(product);
        }
    }

    @Test
    void a_check_finds_what_differs_and_has_it_repaired() {
        long lost = shelves.put("Checkerix Lost", "20.00", "furniture", "Brimquist", "");
        long wrong = shelves.put("Checkerix Wrong", "20.00", "furniture", "Brimquist", "");
        long gone = shelves.put("Checkerix Gone", "20.00", "furniture", "Brimquist", "");
        long fresh = shelves.put("Checkerix Fresh", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(lost, wrong, gone, fresh), "checkerix", "sort", "oldest");
        shelves.awaitNothingDue();
        Map<String, Object> document = due.onSale(gone - 1, 1).getFirst().document();
        shelves.withdraw(gone);
        await().atMost(Duration.ofSeconds(120))
                .until(() -> !document(gone).path("found").asBoolean());
        shelves.awaitNothingDue();
        node.work("DELETE", "/" + IndexDefinition.ALIAS + "/_doc/" + lost);
        node.work("DELETE", "/" + IndexDefinition.ALIAS + "/_doc/" + fresh);
        node.work("POST", "/" + IndexDefinition.ALIAS + "/_update/" + wrong, Map.of("doc", Map.of("price_cents", 1)));
        node.work("PUT", "/" + IndexDefinition.ALIAS + "/_doc/" + gone, document);
        // Long ago, all but the fresh one: what has just changed is on its way, and no finding.
        QuarkusTransaction.requiringNew().run(() -> {
            database.createNativeQuery("""
                            UPDATE search_documents SET version = version - 60000000 WHERE product_id IN (:ids)
                            """)
                    .setParameter("ids", List.of(lost, wrong, gone))
                    .executeUpdate();
            database.createNativeQuery(
                            "UPDATE search_documents SET version = version + 3600000000 WHERE product_id = :id")
                    .setParameter("id", fresh)
                    .executeUpdate();
            database.createNativeQuery("""
                            UPDATE products SET updated_at = updated_at - interval '1 minute' WHERE product_id IN (:ids)
                            """)
                    .setParameter("ids", List.of(lost, wrong, gone))
                    .executeUpdate();
        });

        Callers.admin().post("/api/v1/admin/search/check").then().statusCode(202);
        await().atMost(BUILT_WITHIN).untilAsserted(() -> admin("check").body("data.status", equalTo("done")));
        admin("check")
                .body("data.missing", greaterThanOrEqualTo(1))
                .body("data.stale", greaterThanOrEqualTo(1))
                .body("data.surplus", greaterThanOrEqualTo(1));
        awaitFound(List.of(lost, wrong), "checkerix", "sort", "oldest", "min_price", "20");
        shelves.awaitNothingDue();
        assertThat(document(gone).path("found").asBoolean()).isFalse();
        assertThat(document(fresh).path("found").asBoolean()).isFalse();
        QuarkusTransaction.requiringNew().run(() -> due.mark(fresh));
    }

    @Test
    void only_an_admin_may() {
        for (String work : List.of("rebuild", "check")) {
            String path = "/api/v1/admin/search/" + work;
            RestAssured.given().post(path).then().statusCode(401);
            RestAssured.given().get(path).then().statusCode(401);
            Callers.customer().post(path).then().statusCode(403).body("error.code", equalTo("FORBIDDEN"));
            Callers.customer().get(path).then().statusCode(403);
        }
    }

    private static ValidatableResponse rebuild() {
        return Callers.admin().post("/api/v1/admin/search/rebuild").then();
    }

    private static ValidatableResponse admin(String work) {
        return Callers.admin().get("/api/v1/admin/search/" + work).then().statusCode(200);
    }

    private JsonNode document(long product) {
        try {
            return node.work("GET", "/" + IndexDefinition.ALIAS + "/_doc/" + product);
        } catch (IndexAway absent) {
            assertThat(absent.isMissing()).isTrue();
            return node.read("{\"found\":false}");
        }
    }

    /** What is found with. */
    private String index() {
        return node.work("GET", "/_alias/" + IndexDefinition.ALIAS).fieldNames().next();
    }

    private List<String> indexes() {
        Iterable<String> names = () ->
                node.work("GET", "/" + IndexDefinition.PREFIX + "*/_alias").fieldNames();
        return StreamSupport.stream(names.spliterator(), false).toList();
    }

    private long latest() {
        return jobs.latest(SearchJobs.Kind.REBUILD).orElseThrow().id();
    }

    private long running() {
        return QuarkusTransaction.requiringNew().call(() -> (Long) database.createNativeQuery(
                        "SELECT count(*) FROM search_jobs WHERE kind = 'rebuild' AND status = 'running'", Long.class)
                .getSingleResult());
    }

    @Test
    void a_rebuild_for_another_version_is_left_to_its_workers_for_a_while() throws Exception {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "INSERT INTO search_jobs (kind, reason, definition) VALUES ('rebuild', 'a test', 'another')")
                        .executeUpdate());
        Thread.sleep(3_000);
        assertThat(jobs.latest(SearchJobs.Kind.REBUILD).orElseThrow().began()).isNull();

        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "UPDATE search_jobs SET requested_at = requested_at - interval '11 minutes' WHERE status = 'running'")
                        .executeUpdate());
        await().atMost(BUILT_WITHIN).untilAsserted(() -> admin("rebuild").body("data.status", equalTo("done")));
    }
}
