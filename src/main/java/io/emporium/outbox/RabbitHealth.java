package io.emporium.outbox;

import io.emporium.shared.Pulse;
import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether a broker greets us. Without one events wait in the outbox. */
@Wellness
@Singleton
class RabbitHealth implements HealthCheck {
    /** The protocol's header; a broker answers it with the frame that opens a connection, a method frame. */
    private static final byte[] HELLO = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private static final int METHOD_FRAME = 1;
    private static final int MILLIS = 800;

    private final Pulse pulse;

    RabbitHealth(
            @ConfigProperty(name = "RABBITMQ_HOST", defaultValue = "localhost") String host,
            @ConfigProperty(name = "RABBITMQ_PORT", defaultValue = "5672") int port) {
        this.pulse = new Pulse("RabbitMQ", () -> greet(host, port));
    }

    private static void greet(String host, int port) throws IOException {
        try (Socket broker = new Socket()) {
            broker.connect(new InetSocketAddress(host, port), MILLIS);
            broker.setSoTimeout(MILLIS);
            broker.getOutputStream().write(HELLO);
            if (broker.getInputStream().read() != METHOD_FRAME) {
                throw new IOException("no AMQP broker");
            }
        }
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(pulse.name()).status(pulse.isAlive()).build();
    }
}
