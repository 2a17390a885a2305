package io.emporium.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.outbox.NotAWorker;
import io.emporium.search.DueProducts.Claim;
import io.emporium.shared.Batches;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes what is due to the index, product by product as it is now. Several may run at once, and a late one never wins:
 * the index takes a document only with a version it has not passed. While Elasticsearch is away nothing is lost and
 * little is asked: the pause between two looks grows to half a minute.
 */
@ApplicationScoped
class Indexer {
    private static final int BATCH = 500;
    private static final Duration DEFINITION_ASKED_EVERY = Duration.ofMinutes(1);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final SearchNode node;
    private final DueProducts due;
    private final SearchJobs jobs;
    private final Clock clock;
    private boolean isOfOurDefinition;
    private Instant definitionAskedAt = Instant.MIN;
    private Instant notBefore = Instant.MIN;
    private Duration pause = Duration.ZERO;

    Indexer(SearchNode node, DueProducts due, SearchJobs jobs, Clock clock) {
        this.node = node;
        this.due = due;
        this.jobs = jobs;
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
            if (isThere()) {
                Batches.workOff(BATCH, this::index);
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

    /** Has the index built if it is missing, empty or of another kind than it should be. */
    private boolean isThere() {
        long count;
        try {
            count = count();
            if (count == 0) {
                node.work("POST", "/" + IndexDefinition.ALIAS + "/_refresh");
                count = count();
            }
            if (!isOfOurDefinition && !clock.instant().isBefore(definitionAskedAt.plus(DEFINITION_ASKED_EVERY))) {
                seeDefinition();
            }
        } catch (IndexAway away) {
            if (!away.isMissing()) {
                throw away;
            }
            haveBuilt("the index is missing");
            return false;
        }
        // Those that are due will be there in a moment.
        if (count == 0 && due.isAnySettled()) {
            haveBuilt("the index is empty");
        }
        return true;
    }

    private long count() {
        return node.work("GET", "/" + IndexDefinition.ALIAS + "/_count")
                .path("count")
                .asLong();
    }

    /**
     * Until it fits, and then no more: while an update rolls through the cluster, old and new versions shall not rebuild in
     * turn.
     */
    private void seeDefinition() {
        JsonNode indexes = node.work("GET", "/" + IndexDefinition.ALIAS + "/_mapping?filter_path=*.mappings._meta");
        String definition = indexes.isEmpty()
                ? ""
                : indexes.elements()
                        .next()
                        .path("mappings")
                        .path("_meta")
                        .path("definition")
                        .asText();
        definitionAskedAt = clock.instant();
        isOfOurDefinition = definition.equals(IndexDefinition.fingerprint());
        if (!isOfOurDefinition) {
            haveBuilt("the index has another definition");
        }
    }

    private void haveBuilt(String reason) {
        if (jobs.request(SearchJobs.Kind.REBUILD, reason)) {
            Log.infof("The search index is to be built: %s", reason);
        }
    }

    private int index(int most) {
        List<Claim> claims = due.claim(most);
        if (claims.isEmpty()) {
            return 0;
        }
        List<String> indexes = jobs.isRebuilding()
                ? List.of(IndexDefinition.ALIAS, IndexDefinition.NEXT)
                : List.of(IndexDefinition.ALIAS);
        JsonNode items;
        try {
            items = put(claims, indexes);
        } catch (IndexAway away) {
            due.giveBack(claims);
            throw away;
        }
        List<Claim> failed = refused(claims, items);
        List<Claim> done = new ArrayList<>(claims);
        done.removeAll(failed);
        due.failed(failed);
        due.done(done);
        return claims.size();
    }

    /** As {@link #put(List, List)}, to what everybody finds with. */
    JsonNode put(List<Claim> claims) {
        return put(claims, List.of(IndexDefinition.ALIAS));
    }

    /**
     * Writes them, each with its version, so that a late one never wins.
     *
     * @param indexes by their aliases
     * @return the outcomes, in the order of the claims, of each claim in the order of the indexes
     */
    JsonNode put(List<Claim> claims, List<String> indexes) {
        StringBuilder lines = new StringBuilder();
        for (Claim claim : claims) {
            for (String index : indexes) {
                Map<String, Object> target = new LinkedHashMap<>();
                target.put("_index", index);
                target.put("_id", Long.toString(claim.productId()));
                target.put("version", claim.version());
                target.put("version_type", "external_gte");
                lines.append(node.write(Map.of(claim.document() == null ? "delete" : "index", target)))
                        .append('\n');
                if (claim.document() != null) {
                    lines.append(node.write(claim.document())).append('\n');
                }
            }
        }
        // Without the alias there is no index of ours, and none shall come into being by guessing its fields.
        JsonNode items = node.workLines(
                        "POST", "/_bulk?require_alias=true&filter_path=items.*.status,items.*.error", lines.toString())
                .path("items");
        if (items.size() != claims.size() * indexes.size()) {
            throw new IllegalStateException(claims.size() + " products sent, " + items.size() + " outcomes");
        }
        return items;
    }

    /** Those of the claims that one of the indexes would not have. */
    List<Claim> refused(List<Claim> claims, JsonNode items) {
        int indexes = items.size() / claims.size();
        Set<Claim> refused = new LinkedHashSet<>();
        for (int i = 0; i < items.size(); i++) {
            JsonNode outcome = items.path(i).elements().next();
            Claim claim = claims.get(i / indexes);
            if (!isSettled(outcome) && refused.add(claim)) {
                Log.warnf("The index would not have product %d: %s", claim.productId(), outcome.path("error"));
            }
        }
        return List.copyOf(refused);
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
