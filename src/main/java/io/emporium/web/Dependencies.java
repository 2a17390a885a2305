package io.emporium.web;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.health.api.Wellness;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Who of those we talk to is there, as this process sees it: {@code dependency_up}, 1 or 0. Asked every now and then, what
 * {@code /q/health} asks, so that a scrape waits for nobody.
 */
@Singleton
class Dependencies {
    private final Instance<HealthCheck> wellness;
    private final Instance<HealthCheck> readiness;
    private final MeterRegistry meters;
    private final Map<String, AtomicInteger> there = new ConcurrentHashMap<>();

    Dependencies(
            @Any @Wellness Instance<HealthCheck> wellness,
            @Any @Readiness Instance<HealthCheck> readiness,
            MeterRegistry meters) {
        this.wellness = wellness;
        this.readiness = readiness;
        this.meters = meters;
    }

    @Scheduled(every = "${emporium.metrics.read-every}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void look() {
        wellness.forEach(this::look);
        readiness.forEach(this::look);
    }

    private void look(HealthCheck check) {
        HealthCheckResponse answer = check.call();
        there.computeIfAbsent(answer.getName(), this::gauge)
                .set(answer.getStatus() == HealthCheckResponse.Status.UP ? 1 : 0);
    }

    private AtomicInteger gauge(String name) {
        var up = new AtomicInteger();
        Gauge.builder("dependency.up", up, AtomicInteger::get)
                .description("1 where it answers, 0 where it does not")
                .tag("name", name)
                .register(meters);
        return up;
    }
}
