package io.emporium.search;

import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every way the search says no. */
final class SearchError {
    private SearchError() {}

    static Refusal invalid(String field, String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Validation failed",
                Map.of("fields", List.of(Map.of("field", field, "message", message))));
    }

    /** Elasticsearch is away and PostgreSQL has enough to do: selling comes before searching. */
    static Refusal busy() {
        return new Refusal(
                Refusal.Code.SERVICE_UNAVAILABLE, "Search is busy, try again", Map.of(), Duration.ofSeconds(1));
    }
}
