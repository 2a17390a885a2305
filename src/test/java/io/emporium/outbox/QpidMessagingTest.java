package io.emporium.outbox;

import io.emporium.LocalServerSwitch;
import io.quarkus.test.junit.QuarkusTest;

/** On the broker of local mode, which knows nothing of RabbitMQ's own. */
@QuarkusTest
class QpidMessagingTest extends Messaging {
    private final LocalServerSwitch server = new LocalServerSwitch("rabbitmq");

    @Override
    void stopBroker() {
        server.stop();
    }

    @Override
    void startBroker() {
        server.start();
    }
}
