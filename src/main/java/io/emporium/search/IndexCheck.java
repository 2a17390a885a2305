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
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares the index with the database, field by field, and has indexed again what differs. Both are read in the order of
 * the ids, a thousand at a time. What has changed in the last ten seconds is passed over: it is on its way.
 */
@ApplicationScoped
class IndexCheck {
    private static final int BATCH = 1_000;

    private final SearchNode node;
    private final SearchJobs jobs;
    private final DueProducts due;

    IndexCheck(SearchNode node, SearchJobs jobs, DueProducts due) {
        this.node = node;
        this.jobs = jobs;
        this.due = due;
    }

    @Scheduled(
            every = "1s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void work() {
        jobs.take(Kind.CHECK).ifPresent(this::check);
    }

    private void check(long job) {
        try {
            attempt(job);
        } catch (LeaseLost taken) {
            Log.warn(taken.getMessage());
        }
    }

    private void attempt(long job) {
        try {
            jobs.begin(job, null);
            node.work("POST", "/" + IndexDefinition.ALIAS + "/_refresh");
            Findings findings = compare(job);
            jobs.finish(job);
            Log.infof("Compared the search index with the database: %s", findings);
        } catch (LeaseLost taken) {
            throw taken;
        } catch (IndexAway away) {
            Log.warnf("The check of the search index is put off: %s", away.getMessage());
            jobs.postpone(job, SearchError.trouble(away));
        } catch (RuntimeException fault) {
            Log.error("The check of the search index failed", fault);
            jobs.fail(job, SearchError.FAULT);
        }
    }

    private Findings compare(long job) {
        Findings findings = Findings.NONE;
        long done = 0;
        long after = 0;
        while (after < Long.MAX_VALUE) {
            // The index first: what is indexed in between is in the database's batch as it is now, and passed over.
            NavigableMap<Long, JsonNode> indexed = indexed(after);
            NavigableMap<Long, Claim> sold = new TreeMap<>();
            due.onSale(after, BATCH).forEach(product -> sold.put(product.productId(), product));
            // Beyond the last of a full batch nothing is known yet.
            long upTo = Math.min(
                    indexed.size() < BATCH ? Long.MAX_VALUE : indexed.lastKey(),
                    sold.size() < BATCH ? Long.MAX_VALUE : sold.lastKey());
            var here = compare(indexed.headMap(upTo, true), sold.headMap(upTo, true));
            findings = new Findings(
                    findings.missing() + here.missing(),
                    findings.stale() + here.stale(),
                    findings.surplus() + here.surplus());
            done += sold.headMap(upTo, true).size();
            jobs.progress(job, done, findings);
            after = upTo;
        }
        return findings;
    }

    private Findings compare(Map<Long, JsonNode> indexed, Map<Long, Claim> sold) {
        Set<Long> missing = new TreeSet<>();
        Set<Long> stale = new TreeSet<>();
        sold.forEach((id, product) -> {
            JsonNode known = indexed.get(id);
            if (known == null) {
                missing.add(id);
            } else if (!node.read(node.write(Objects.requireNonNull(product.document())))
                    .equals(known)) {
                stale.add(id);
            }
        });
        Set<Long> surplus = new TreeSet<>(indexed.keySet());
        surplus.removeAll(sold.keySet());
        // In their order: a sale that empties a shelf locks the same rows.
        Set<Long> all = new TreeSet<>(missing);
        all.addAll(stale);
        all.addAll(surplus);
        Set<Long> settled = due.settled(all);
        QuarkusTransaction.requiringNew().run(() -> settled.forEach(due::mark));
        missing.retainAll(settled);
        stale.retainAll(settled);
        surplus.retainAll(settled);
        return new Findings(missing.size(), stale.size(), surplus.size());
    }

    private NavigableMap<Long, JsonNode> indexed(long after) {
        JsonNode answer = node.work(
                "POST",
                "/" + IndexDefinition.ALIAS + "/_search",
                Map.of(
                        "size",
                        BATCH,
                        "query",
                        Map.of("range", Map.of("product_id", Map.of("gt", after))),
                        "sort",
                        List.of("product_id"),
                        "track_total_hits",
                        false));
        NavigableMap<Long, JsonNode> indexed = new TreeMap<>();
        for (JsonNode hit : answer.path("hits").path("hits")) {
            indexed.put(Long.valueOf(hit.path("_id").asText()), hit.path("_source"));
        }
        return indexed;
    }
}
