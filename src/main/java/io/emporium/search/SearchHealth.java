package io.emporium.search;

import io.emporium.shared.Pulse;
import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.io.IOException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RestClient;

/** Whether Elasticsearch has a cluster that can be searched. Without it PostgreSQL searches. */
@Wellness
@Singleton
class SearchHealth implements HealthCheck {
    private final Pulse pulse;

    SearchHealth(RestClient elasticsearch) {
        this.pulse = new Pulse("Elasticsearch", () -> ask(elasticsearch));
    }

    private static void ask(RestClient elasticsearch) throws IOException {
        // Answered with 408 if the cluster has not reached yellow by then.
        elasticsearch.performRequest(new Request("GET", "/_cluster/health?wait_for_status=yellow&timeout=500ms"));
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(pulse.name()).status(pulse.isAlive()).build();
    }
}
