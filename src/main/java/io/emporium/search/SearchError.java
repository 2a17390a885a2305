package io.emporium.search;

import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every way the search says no. */
final class SearchError {
    /** Of a job: for an admin, who has no use for our classes and statements. */
    static final String FAULT = "It failed; the log says why";

    private SearchError() {}

    /** As {@link #FAULT}, of a search node. */
    static String trouble(IndexAway away) {
        return away.status == 0 ? "The search node does not answer" : "The search node answered " + away.status;
    }

    static Refusal invalid(String field, String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Validation failed",
                Map.of("fields", List.of(Map.of("field", field, "message", message))));
    }

    /** Elasticsearch is away and PostgreSQL has enough to do: selling comes before searching. */
    static Refusal busy() {
        return Refusal.notNow("Search is busy, try again", Duration.ofSeconds(1));
    }
}
