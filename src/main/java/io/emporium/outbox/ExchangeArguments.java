package io.emporium.outbox;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * With what the exchange and the queue of dead letters are declared, beside what the connector has settings for. RabbitMQ declares
 * nothing again with other arguments: whoever changes one here, or in the settings of the queues, counts their names up
 * (docs/events.md).
 */
@Singleton
class ExchangeArguments {
    private static final int MOST_DEAD_LETTERS = 100_000;

    private final String deadLetters;

    ExchangeArguments(
            @ConfigProperty(name = "mp.messaging.connector.emporium-rabbitmq.dead-letter-exchange")
                    String deadLetters) {
        this.deadLetters = deadLetters;
    }

    /** What no queue takes is kept with the dead letters, where somebody can see it. */
    @Produces
    @Singleton
    @Identifier("emporium-events")
    Map<String, Object> ofEvents() {
        return Map.of("alternate-exchange", deadLetters);
    }

    /** Nobody consumes them: the oldest make room. */
    @Produces
    @Singleton
    @Identifier("emporium-dead")
    Map<String, Object> ofDeadLetters() {
        return Map.of("x-max-length", MOST_DEAD_LETTERS, "x-overflow", "drop-head");
    }
}
