package io.emporium.payment;

import io.emporium.shared.Pulse;
import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** As {@link StripeHealth}, of PayPal. Without it cards are still charged. */
@Wellness
@Singleton
class PayPalHealth implements HealthCheck {
    private static final int MILLIS = 800;

    private final Pulse pulse;
    private final boolean isSet;

    PayPalHealth(
            @ConfigProperty(name = "PAYPAL_API_BASE", defaultValue = "https://api-m.paypal.com") URI base,
            @ConfigProperty(name = "emporium.paypal.client-id") Optional<String> client) {
        this.isSet = client.isPresent();
        int port = base.getPort() >= 0 ? base.getPort() : "http".equals(base.getScheme()) ? 80 : 443;
        this.pulse = new Pulse("PayPal", () -> connect(base.getHost(), port));
    }

    private static void connect(String host, int port) throws IOException {
        try (Socket paypal = new Socket()) {
            paypal.connect(new InetSocketAddress(host, port), MILLIS);
        }
    }

    @Override
    public HealthCheckResponse call() {
        // A shop without PayPal has no business there, and nothing to miss.
        return HealthCheckResponse.named(pulse.name())
                .status(!isSet || pulse.isAlive())
                .build();
    }
}
