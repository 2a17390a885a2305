package io.emporium.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.health.api.Wellness;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.junit.jupiter.api.Test;

/** Each check of {@code /q/health} is a gauge, whatever it answers and whether it does. */
@QuarkusTest
class DependenciesTest {
    @Inject
    @Any
    @Wellness
    Instance<HealthCheck> wellness;

    @Inject
    @Any
    @Readiness
    Instance<HealthCheck> readiness;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void every_check_is_told_one_that_carries_data_too() {
        new Dependencies(wellness, readiness, meters).look();

        assertThat(meters.find("dependency.up").meters().stream()
                        .map(Meter::getId)
                        .map(id -> id.getTag("name")))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(wellness.stream(), readiness.stream())
                        .map(check -> check.call().getName())
                        .filter(name -> !name.equals("Graceful Shutdown"))
                        .collect(Collectors.toSet()))
                .contains("Payments", "PostgreSQL", "Redis");
    }

    @Test
    void a_check_that_fails_is_down_and_none_is_passed_over_for_it() {
        var dependencies = new Dependencies(wellness, readiness, meters);
        var answer = new AtomicReference<>(
                HealthCheckResponse.named("Probe").up().withData("of", 7).build());
        HealthCheck probe = () -> {
            if (answer.get() == null) {
                throw new IllegalStateException("cannot say");
            }
            return answer.get();
        };
        dependencies.look(probe);
        assertThat(up("Probe")).isEqualTo(1);

        answer.set(null);
        dependencies.look(probe);
        assertThat(up("Probe")).isZero();

        answer.set(HealthCheckResponse.up("Probe"));
        dependencies.look(probe);
        assertThat(up("Probe")).isEqualTo(1);
    }

    private double up(String name) {
        return meters.get("dependency.up").tag("name", name).gauge().value();
    }
}
