package io.emporium.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.outbox.NotAWorker;
import io.emporium.search.DueProducts.Claim;
import io.emporium.search.SearchJobs.Findings;
import io.emporium.search.SearchJobs.Kind;
import io.emporium.search.SearchJobs.LeaseLost;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Builds the index anew, and is the only way an index comes into being: a new one is filled beside the old one, which goes on
 * being found with and followed, and takes its name in one step when it is complete.
 *
 * <pre>
 *   products      ──► products-1764…   (found with)           products ──► products-1765…
 *   products-next ──► products-1765…   (filled, followed)                  products-1764… deleted
 * </pre>
 *
 * Nothing is lost between the two: whoever indexes a change looks for a rebuild after having read the product
 * ({@link SearchJobs#isRebuilding}), and the versions decide which of two writes is the later one. A rebuild that died leaves
 * an index that nobody finds with; the next attempt deletes it.
 */
@ApplicationScoped
class Rebuild {
    private static final int BATCH = 1_000;
    private static final Pattern OURS = Pattern.compile(Pattern.quote(IndexDefinition.PREFIX) + "\\d{1,19}");

    private final SearchNode node;
    private final SearchJobs jobs;
    private final DueProducts due;
    private final Indexer indexer;
    private final Clock clock;

    Rebuild(SearchNode node, SearchJobs jobs, DueProducts due, Indexer indexer, Clock clock) {
        this.node = node;
        this.jobs = jobs;
        this.due = due;
        this.indexer = indexer;
        this.clock = clock;
    }

    @Scheduled(
            every = "1s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void work() {
        jobs.take(Kind.REBUILD).ifPresent(this::build);
    }

    private void build(long job) {
        try {
            attempt(job);
        } catch (LeaseLost taken) {
            Log.warn(taken.getMessage());
        }
    }

    private void attempt(long job) {
        try {
            String index = IndexDefinition.PREFIX + clock.millis();
            sweep(Set.of(IndexDefinition.ALIAS));
            create(job, index);
            jobs.begin(job, index);
            long done = fill(job);
            swap(job, index, done);
            jobs.finish(job);
            Log.infof("The search index is built anew, with %d products: %s", done, index);
            sweepAfterwards();
        } catch (LeaseLost taken) {
            throw taken;
        } catch (IndexAway away) {
            Log.warnf("The rebuild of the search index is put off: %s", away.getMessage());
            jobs.postpone(job, SearchError.trouble(away));
        } catch (RuntimeException fault) {
            Log.error("The rebuild of the search index failed", fault);
            jobs.fail(job, SearchError.FAULT);
        }
    }

    private void sweepAfterwards() {
        try {
            // The next rebuild may have begun.
            sweep(Set.of(IndexDefinition.ALIAS, IndexDefinition.NEXT));
        } catch (IndexAway away) {
            Log.warnf("The search index before this one is deleted by the next rebuild: %s", away.getMessage());
        }
    }

    /** Deletes those of our indexes that have none of the aliases. */
    private void sweep(Set<String> needed) {
        JsonNode indexes = node.work("GET", "/" + IndexDefinition.PREFIX + "*/_alias");
        for (Iterator<String> names = indexes.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            JsonNode aliases = indexes.path(name).path("aliases");
            if (OURS.matcher(name).matches() && needed.stream().noneMatch(aliases::has)) {
                node.work("DELETE", "/" + name + "?ignore_unavailable=true");
                Log.infof("Deleted the search index %s, which nobody finds with", name);
            }
        }
    }

    private void create(long job, String index) {
        try {
            node.work("PUT", "/" + index, IndexDefinition.chosen());
        } catch (IndexAway refused) {
            if (refused.status != 400) {
                throw refused;
            }
            node.work("PUT", "/" + index, IndexDefinition.plain());
            Log.warnf(
                    "Created the search index without English word stems, this node knows none: %s",
                    refused.getMessage());
        }
        // Whoever was away for longer than their lease must not put their index beside that of the next.
        jobs.progress(job, 0, Findings.NONE);
        List<Map<String, Object>> actions = bearing(IndexDefinition.NEXT);
        actions.add(alias("add", index, IndexDefinition.NEXT));
        node.work("POST", "/_aliases", Map.of("actions", actions));
    }

    private long fill(long job) {
        long after = 0;
        long done = 0;
        List<Claim> batch = due.onSale(after, BATCH);
        while (!batch.isEmpty()) {
            List<Claim> refused = put(batch);
            if (!refused.isEmpty()) {
                // A node that has too much to do refuses some for the moment.
                refused = put(refused);
            }
            if (refused.size() == batch.size()) {
                throw new IllegalStateException("the new index would not have one of " + batch.size() + " products");
            }
            // The indexer tries them again, as often as it takes, and once they are due they go to both indexes.
            List<Claim> later = refused;
            QuarkusTransaction.requiringNew().run(() -> later.forEach(claim -> due.mark(claim.productId())));
            done += batch.size();
            jobs.progress(job, done, Findings.NONE);
            after = batch.getLast().productId();
            batch = due.onSale(after, BATCH);
        }
        return done;
    }

    private List<Claim> put(List<Claim> batch) {
        return indexer.refused(batch, indexer.put(batch, List.of(IndexDefinition.NEXT)));
    }

    private void swap(long job, String index, long done) {
        node.work("POST", "/" + index + "/_refresh");
        List<Map<String, Object>> actions = bearing(IndexDefinition.ALIAS);
        jobs.progress(job, done, Findings.NONE);
        actions.add(alias("add", index, IndexDefinition.ALIAS));
        actions.add(alias("remove", index, IndexDefinition.NEXT));
        // All or nothing: nobody finds without an index or with two. Of one that was deleted meanwhile, nothing.
        node.work("POST", "/_aliases", Map.of("actions", actions));
    }

    /** What takes an alias from the indexes that bear it. */
    private List<Map<String, Object>> bearing(String alias) {
        List<Map<String, Object>> actions = new ArrayList<>();
        JsonNode indexes = node.work("GET", "/" + IndexDefinition.PREFIX + "*/_alias");
        for (Iterator<String> names = indexes.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (indexes.path(name).path("aliases").has(alias)) {
                actions.add(alias("remove", name, alias));
            }
        }
        return actions;
    }

    private static Map<String, Object> alias(String action, String index, String alias) {
        return Map.of(action, Map.of("index", index, "alias", alias));
    }
}
