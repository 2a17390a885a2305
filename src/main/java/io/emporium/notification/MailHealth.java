package io.emporium.notification;

import io.emporium.shared.Pulse;
import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether the mail server greets us ("220"). Without it mails wait in their deliveries. */
@Wellness
@Singleton
class MailHealth implements HealthCheck {
    private static final int MILLIS = 800;

    private final Pulse pulse;

    MailHealth(
            @ConfigProperty(name = "quarkus.mailer.host") String host,
            @ConfigProperty(name = "quarkus.mailer.port") int port) {
        this.pulse = new Pulse("SMTP", () -> greet(host, port));
    }

    private static void greet(String host, int port) throws IOException {
        try (Socket server = new Socket()) {
            server.connect(new InetSocketAddress(host, port), MILLIS);
            server.setSoTimeout(MILLIS);
            if (server.getInputStream().read() != '2') {
                throw new IOException("no mail server");
            }
            server.getOutputStream().write(new byte[] {'Q', 'U', 'I', 'T', '\r', '\n'});
        }
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(pulse.name()).status(pulse.isAlive()).build();
    }
}
