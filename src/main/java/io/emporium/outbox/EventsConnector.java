package io.emporium.outbox;

import io.smallrye.reactive.messaging.connector.InboundConnector;
import io.smallrye.reactive.messaging.connector.OutboundConnector;
import io.smallrye.reactive.messaging.health.HealthReport.ChannelInfo;
import io.smallrye.reactive.messaging.rabbitmq.RabbitMQConnector;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.eclipse.microprofile.reactive.messaging.spi.ConnectorFactory;

/**
 * SmallRye's RabbitMQ connector, whose channels are made anew when they are lost. All of its settings hold; a channel
 * takes it by {@code connector=emporium-rabbitmq}.
 *
 * <p>Why it stands in between: the connector (4.33 on the Vert.x client 4.5) reconnects a client beneath a living stream.
 * <ul>
 *   <li>A message that came over the old connection is then acknowledged on the new one, where its number is another
 *       message's. So an incoming channel does not reconnect by itself; it is given a new client ({@link IncomingLine}),
 *       and a late acknowledgement ends at the closed old one.
 *   <li>A broker that goes away again in the moment in which the client comes back leaves a callback that never returns,
 *       and a client that waits for it for ever; a channel that RabbitMQ closed, but not its connection, is replaced by one
 *       that hears no confirms. So an outgoing channel that brings nothing through gets a new client
 *       ({@link OutgoingLine}).
 * </ul>
 * What is lost on the way all the same, the {@link OutboxAudit} finds.
 */
@ApplicationScoped
@Connector(EventsConnector.NAME)
class EventsConnector implements InboundConnector, OutboundConnector {
    static final String NAME = "emporium-rabbitmq";

    private final RabbitMQConnector rabbit;
    private final Map<String, IncomingLine> incoming = new ConcurrentHashMap<>();
    private final Map<String, OutgoingLine> outgoing = new ConcurrentHashMap<>();

    EventsConnector(@Connector(RabbitMQConnector.CONNECTOR_NAME) RabbitMQConnector rabbit) {
        this.rabbit = rabbit;
    }

    @Override
    public Flow.Publisher<? extends Message<?>> getPublisher(Config config) {
        String channel = channel(config);
        var line = new IncomingLine(channel, () -> rabbit.getPublisher(config), () -> isOpen(channel));
        incoming.put(channel, line);
        return line.messages();
    }

    @Override
    public Flow.Subscriber<? extends Message<?>> getSubscriber(Config config) {
        var line = new OutgoingLine(() -> rabbit.getSubscriber(config));
        outgoing.put(channel(config), line);
        return line;
    }

    /**
     * Whether a channel's newest client has an open connection and an open channel. An outgoing one counts as open until
     * it has something to send, for only then it connects.
     */
    boolean isOpen(String channel) {
        List<ChannelInfo> states = rabbit.getLiveness().getChannels().stream()
                .filter(state -> state.getChannel().equals(channel))
                .toList();
        return !states.isEmpty() && states.getLast().isOk();
    }

    /** Whether an incoming channel is open, and so the broker there. */
    boolean receives() {
        return incoming.keySet().stream().anyMatch(this::isOpen);
    }

    /** Tells an incoming channel that events did not arrive there. */
    void missed(String channel) {
        IncomingLine line = incoming.get(channel);
        if (line != null) {
            line.missed();
        }
    }

    /** Gives an outgoing channel a new client. What the old one has not brought through is not sent by the new one. */
    void renew(String channel) {
        OutgoingLine line = outgoing.get(channel);
        if (line != null) {
            line.renew();
        }
    }

    private static String channel(Config config) {
        return config.getValue(ConnectorFactory.CHANNEL_NAME_ATTRIBUTE, String.class);
    }
}
