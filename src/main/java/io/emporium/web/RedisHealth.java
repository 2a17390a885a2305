package io.emporium.web;

import io.emporium.shared.Pulse;
import io.smallrye.health.api.Wellness;
import io.vertx.redis.client.RedisAPI;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether Redis answers. Without it each process limits by itself, and reads the catalogue from the database. */
@Wellness
@Singleton
class RedisHealth implements HealthCheck {
    private final Pulse pulse;

    RedisHealth(RedisAPI redis) {
        this.pulse = new Pulse(
                "Redis",
                () -> redis.ping(List.of())
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(1, TimeUnit.SECONDS));
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(pulse.name()).status(pulse.isAlive()).build();
    }
}
