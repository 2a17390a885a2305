package io.emporium.notification;

import io.emporium.notification.email.MailServer;
import io.emporium.shared.Pulse;
import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether the mail server greets us ("220"). Without it mails wait in their deliveries. */
@Wellness
@Singleton
class MailHealth implements HealthCheck {
    private final Pulse pulse;

    MailHealth(MailServer server) {
        this.pulse = new Pulse("SMTP", server::greet);
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(pulse.name()).status(pulse.isAlive()).build();
    }
}
