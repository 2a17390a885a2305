package io.emporium.web;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * How many requests there are of which endpoint, how they end and how long they take: {@code http_server_requests_seconds}. An
 * endpoint is named as {@link Permissions} has it, and whatever reaches none is "other": nobody makes a new series by asking
 * for something new.
 */
@Singleton
class RequestMeters {
    /** Where a request keeps its endpoint, as soon as it is known: method and path template. */
    static final String ENDPOINT = "emporium.endpoint";

    private static final String OTHER = "other other";
    /** Of a request whose client has hung up: it had no answer, whatever we would have said. */
    private static final String NONE = "none";

    private static final Duration[] BOUNDS = {
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry meters;
    private final Map<Ended, Timer> timers = new ConcurrentHashMap<>();

    RequestMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    private record Ended(String endpoint, String status) {}

    void onEveryRequest(@Observes Filters filters) {
        filters.register(this::measure, Doors.MEASURED);
    }

    private void measure(RoutingContext asked) {
        long began = System.nanoTime();
        asked.addEndHandler(end -> {
            String endpoint = asked.get(ENDPOINT);
            String status = end.succeeded() ? String.valueOf(asked.response().getStatusCode()) : NONE;
            timers.computeIfAbsent(new Ended(endpoint == null ? OTHER : endpoint, status), this::timer)
                    .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
        });
        asked.next();
    }

    private Timer timer(Ended ended) {
        String[] endpoint = ended.endpoint().split(" ", 2);
        return Timer.builder("http.server.requests")
                .description("Requests, from the door to the end of their answer")
                .tag("method", endpoint[0])
                .tag("uri", endpoint[1])
                .tag("status", ended.status())
                .serviceLevelObjectives(BOUNDS)
                .register(meters);
    }
}
