package io.emporium.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.outbox.NotAWorker;
import io.emporium.search.DueProducts.Claim;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what is due to the index, product by product as it is now. Several may run at once, and a late one never wins:
 * the index takes a document only with a version it has not passed. While Elasticsearch is away nothing is lost and
 * little is asked: the pause between two looks grows to half a minute.
 */
@ApplicationScoped
class Indexer {
    private static final int BATCH = 500;
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final SearchNode node;
    private final DueProducts due;
    private final Clock clock;
    private Instant notBefore = Instant.MIN;
    private Duration pause = Duration.ZERO;

    Indexer(SearchNode node, DueProducts due, Clock clock) {
        this.node = node;
        this.due = due;
        this.clock = clock;
    }

    @Scheduled(
            every = "1s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void follow() {
        if (clock.instant().isBefore(notBefore)) {
            return;
        }
        try {
            fillIfMissingOrEmpty();
            while (indexBatch() == BATCH) {
                // More is due.
            }
            pause = Duration.ZERO;
        } catch (IndexAway away) {
            if (pause.isZero()) {
                Log.warnf("The search index waits for Elasticsearch: %s", away.getMessage());
            }
            pause = pause.isZero() ? SHORTEST_PAUSE : min(pause.multipliedBy(2), LONGEST_PAUSE);
            notBefore = clock.instant().plus(pause);
        }
    }

    private void fillIfMissingOrEmpty() {
        if (count() == 0 && !due.isAnyDue() && countRefreshed() == 0) {
            markAll();
        }
    }

    private long count() {
        try {
            return node.ask("GET", "/" + IndexDefinition.ALIAS + "/_count")
                    .path("count")
                    .asLong();
        } catch (IndexAway away) {
            if (!away.isMissing()) {
                throw away;
            }
            // First the marks, then the index: a process that dies in between finds it missing again.
            markAll();
            create();
            return -1;
        }
    }

    private long countRefreshed() {
        node.ask("POST", "/" + IndexDefinition.ALIAS + "/_refresh");
        return count();
    }

    private void markAll() {
        Long last = due.markNext(0);
        while (last != null) {
            last = due.markNext(last);
        }
    }

    private void create() {
        try {
            node.work("PUT", "/" + IndexDefinition.INDEX, IndexDefinition.of("english"));
            Log.info("Created the search index");
        } catch (IndexAway refused) {
            if (String.valueOf(refused.getMessage()).contains("resource_already_exists")) {
                // Another worker was first; or the alias was taken off it.
                node.work("PUT", "/" + IndexDefinition.INDEX + "/_alias/" + IndexDefinition.ALIAS, Map.of());
            } else if (refused.status == 400) {
                node.work("PUT", "/" + IndexDefinition.INDEX, IndexDefinition.of("standard"));
                Log.warnf(
                        "Created the search index without English word stems, this node knows none: %s",
                        refused.getMessage());
            } else {
                throw refused;
            }
        }
    }

    private int indexBatch() {
        List<Claim> claims = due.claim(BATCH);
        if (claims.isEmpty()) {
            return 0;
        }
        JsonNode items;
        try {
            items = put(claims);
        } catch (IndexAway away) {
            due.giveBack(claims);
            throw away;
        }
        List<Claim> done = new ArrayList<>();
        List<Claim> failed = new ArrayList<>();
        for (int i = 0; i < claims.size(); i++) {
            JsonNode outcome = items.path(i).elements().next();
            if (isSettled(outcome)) {
                done.add(claims.get(i));
            } else {
                failed.add(claims.get(i));
                Log.warnf(
                        "The index would not have product %d: %s", claims.get(i).productId(), outcome.path("error"));
            }
        }
        due.failed(failed);
        due.done(done);
        return claims.size();
    }

    /**
     * Writes them, each with its version.
     *
     * @return the outcomes, in the order of the claims
     */
    JsonNode put(List<Claim> claims) {
        StringBuilder lines = new StringBuilder();
        for (Claim claim : claims) {
            Map<String, Object> target = new LinkedHashMap<>();
            target.put("_id", Long.toString(claim.productId()));
            target.put("version", claim.version());
            target.put("version_type", "external_gte");
            lines.append(node.write(Map.of(claim.document() == null ? "delete" : "index", target)))
                    .append('\n');
            if (claim.document() != null) {
                lines.append(node.write(claim.document())).append('\n');
            }
        }
        // Without the alias there is no index of ours, and none shall come into being by guessing its fields.
        JsonNode items = node.workLines(
                        "POST",
                        "/" + IndexDefinition.ALIAS
                                + "/_bulk?require_alias=true&filter_path=items.*.status,items.*.error",
                        lines.toString())
                .path("items");
        if (items.size() != claims.size()) {
            throw new IllegalStateException(claims.size() + " products sent, " + items.size() + " outcomes");
        }
        return items;
    }

    private static boolean isSettled(JsonNode outcome) {
        int status = outcome.path("status").asInt();
        // 409: a later state is there already. 404 of a deletion: it was not there; without an index it has an error.
        return status < 300
                || status == 409
                || (status == 404 && outcome.path("error").isMissingNode());
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
