package io.emporium.web;

import io.emporium.shared.Pulse;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.postgresql.Driver;

/**
 * Ready is who reaches PostgreSQL, nothing else. Asked over a connection of its own: a pool that is busy is no database that
 * is down, and taking a busy replica out of service would only make the others busier.
 */
@Readiness
@Singleton
class DatabaseHealth implements HealthCheck {
    /** A database that is slow is slow for all replicas, and gateways would find nobody: only one that hangs is away. */
    private static final Duration TOO_LONG = Duration.ofSeconds(5);

    private final Pulse pulse;
    private final String url;
    private final Properties login = new Properties();

    DatabaseHealth(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") String user,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
        this.url = url;
        String seconds = Long.toString(TOO_LONG.toSeconds());
        login.setProperty("user", user);
        login.setProperty("password", password.orElse(""));
        login.setProperty("loginTimeout", seconds);
        login.setProperty("connectTimeout", seconds);
        login.setProperty("socketTimeout", seconds);
        login.setProperty("ApplicationName", "emporium health");
        this.pulse = new Pulse("PostgreSQL", this::ask, TOO_LONG);
    }

    private void ask() throws SQLException {
        try (Connection connection = new Driver().connect(url, login)) {
            if (connection == null || !connection.isValid((int) TOO_LONG.toSeconds())) {
                throw new SQLException("no answer");
            }
        }
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(pulse.name()).status(pulse.isAlive()).build();
    }
}
