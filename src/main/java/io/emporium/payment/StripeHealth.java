package io.emporium.payment;

import io.emporium.shared.Pulse;
import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether Stripe's address takes connections; nothing is asked there, for that is counted. Without it orders are still placed. */
@Wellness
@Singleton
class StripeHealth implements HealthCheck {
    private static final int MILLIS = 800;

    private final Pulse pulse;

    StripeHealth(@ConfigProperty(name = "STRIPE_API_BASE", defaultValue = "https://api.stripe.com") URI base) {
        int port = base.getPort() >= 0 ? base.getPort() : "http".equals(base.getScheme()) ? 80 : 443;
        this.pulse = new Pulse("Stripe", () -> connect(base.getHost(), port));
    }

    private static void connect(String host, int port) throws IOException {
        try (Socket stripe = new Socket()) {
            stripe.connect(new InetSocketAddress(host, port), MILLIS);
        }
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(pulse.name()).status(pulse.isAlive()).build();
    }
}
