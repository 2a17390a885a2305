package io.emporium.web;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.health.api.Wellness;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
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
    /** By their kinds: who fails gives no name. */
    private final Map<Class<?>, AtomicInteger> there = new ConcurrentHashMap<>();

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
        // Quarkus' own one says whether this process is about to end: no server that could be away.
        Stream.concat(wellness.stream(), readiness.stream())
                .filter(Dependencies::isOurs)
                .forEach(this::look);
    }

    private static boolean isOurs(HealthCheck check) {
        return check.getClass().getName().startsWith("io.emporium.");
    }

    /** A check that fails is one that is down, as {@code /q/health} has it, and keeps nobody from asking the others. */
    void look(HealthCheck check) {
        HealthCheckResponse answer;
        try {
            answer = check.call();
        } catch (RuntimeException broken) {
            Log.errorf(broken, "%s cannot say how it is", check.getClass().getSimpleName());
            answer = HealthCheckResponse.down(check.getClass().getSimpleName());
        }
        String name = answer.getName();
        there.computeIfAbsent(check.getClass(), kind -> gauge(name))
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
