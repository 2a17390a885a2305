package io.emporium.web;

import io.emporium.shared.Pulse;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
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
    private final Pulse pulse;
    private final String url;
    private final Properties login = new Properties();

    DatabaseHealth(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") String user,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
        this.url = url;
        login.setProperty("user", user);
        login.setProperty("password", password.orElse(""));
        login.setProperty("loginTimeout", "1");
        login.setProperty("connectTimeout", "1");
        login.setProperty("socketTimeout", "1");
        login.setProperty("ApplicationName", "emporium health");
        this.pulse = new Pulse("PostgreSQL", this::ask);
    }

    private void ask() throws SQLException {
        try (Connection connection = new Driver().connect(url, login)) {
            if (connection == null || !connection.isValid(1)) {
                throw new SQLException("no answer");
            }
        }
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(pulse.name()).status(pulse.isAlive()).build();
    }
}
