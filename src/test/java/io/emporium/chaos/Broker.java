package io.emporium.chaos;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.emporium.LocalStack;
import io.emporium.outbox.RabbitMqServer;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The broker, as it is killed, and as somebody else who may write to it sees it: a RabbitMQ of this run's own where one is
 * installed, else local mode's, which shares its process and so is shut down in place of killed.
 */
final class Broker implements AutoCloseable {
    static final String EXCHANGE = "emporium.events.v1";
    static final String QUEUE = "emporium.notification.v1";
    static final String DEAD = "emporium.dead";

    private static final int CONFIRMED_WITHIN_MILLIS = 5_000;
    private static final int PERSISTENT = 2;

    private final LocalStack servers;
    private final @Nullable RabbitMqServer rabbit;
    private final String password = UUID.randomUUID().toString();
    private @Nullable Connection connection;
    private @Nullable Channel channel;

    Broker(LocalStack servers) {
        this.servers = servers;
        if (RabbitMqServer.isInstalled()) {
            rabbit = new RabbitMqServer("chaos", password);
            rabbit.startServer();
        } else {
            rabbit = null;
        }
    }

    String title() {
        return rabbit == null ? "local mode's broker (Qpid), shut down" : "RabbitMQ, SIGKILL";
    }

    boolean isRabbit() {
        return rabbit != null;
    }

    /** What leads the shop here, in place of what local mode says. */
    Map<String, String> environment() {
        return rabbit == null
                ? Map.of()
                : Map.of(
                        "RABBITMQ_HOST",
                        "127.0.0.1",
                        "RABBITMQ_PORT",
                        Integer.toString(rabbit.port()),
                        "RABBITMQ_USER",
                        "chaos",
                        "RABBITMQ_PASSWORD",
                        password,
                        "RABBITMQ_VHOST",
                        "/");
    }

    void kill() {
        if (rabbit == null) {
            servers.stop("rabbitmq");
        } else {
            rabbit.stopServer(true);
        }
    }

    /** Returns when it greets its clients again. */
    void comeBack() {
        if (rabbit == null) {
            servers.start("rabbitmq");
        } else {
            rabbit.startServer();
        }
    }

    /**
     * As any program that may write here does. @param exchange the default one, "", leads to the queue of the key's name
     *
     * @return whether the broker has confirmed it
     */
    synchronized boolean publish(String exchange, String key, byte[] body) {
        try {
            Channel open = open();
            open.basicPublish(
                    exchange,
                    key,
                    new AMQP.BasicProperties.Builder().deliveryMode(PERSISTENT).build(),
                    body);
            open.waitForConfirmsOrDie(CONFIRMED_WITHIN_MILLIS);
            return true;
        } catch (IOException | TimeoutException | RuntimeException away) {
            end();
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How many messages wait in a queue; those that a consumer has in hand are not among them. */
    synchronized long waiting(String queue) throws IOException, TimeoutException {
        try {
            return open().messageCount(queue);
        } finally {
            end();
        }
    }

    private Channel open() throws IOException, TimeoutException {
        Channel known = channel;
        if (known != null && known.isOpen()) {
            return known;
        }
        end();
        var factory = new ConnectionFactory();
        factory.setHost(rabbit == null ? servers.setting("RABBITMQ_HOST") : "127.0.0.1");
        factory.setPort(rabbit == null ? Integer.parseInt(servers.setting("RABBITMQ_PORT")) : rabbit.port());
        factory.setUsername(rabbit == null ? servers.setting("RABBITMQ_USER") : "chaos");
        factory.setPassword(rabbit == null ? servers.setting("RABBITMQ_PASSWORD") : password);
        factory.setAutomaticRecoveryEnabled(false);
        factory.setConnectionTimeout(3_000);
        Connection fresh = factory.newConnection("chaos");
        connection = fresh;
        Channel opened = fresh.createChannel();
        opened.confirmSelect();
        channel = opened;
        return opened;
    }

    private void end() {
        Connection old = connection;
        connection = null;
        channel = null;
        if (old != null) {
            old.abort(1_000);
        }
    }

    @Override
    public synchronized void close() {
        end();
        if (rabbit != null) {
            rabbit.stop();
        }
    }
}
