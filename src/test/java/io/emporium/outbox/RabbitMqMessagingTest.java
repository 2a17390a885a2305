package io.emporium.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import io.emporium.outbox.RabbitMqMessagingTest.OnRabbitMq;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The same on a real RabbitMQ, where one is installed ({@code .ci/run} installs it). */
@QuarkusTest
@TestProfile(OnRabbitMq.class)
@EnabledIf("io.emporium.outbox.RabbitMqServer#isInstalled")
class RabbitMqMessagingTest extends Messaging {

    /** Another broker, and so another start of the application. */
    public static final class OnRabbitMq implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(RabbitMqServer.class));
        }
    }

    @Override
    void stopBroker() {
        server().stopServer(false);
    }

    @Override
    void killBroker() {
        server().stopServer(true);
    }

    @Override
    void startBroker() {
        server().startServer();
    }

    @Test
    void events_that_a_broker_lost_with_all_its_data_arrive_when_it_is_back() throws Exception {
        var consumed = append(5);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(consumed));
        List<UUID> lost;
        try (var connection = connect();
                Channel channel = connection.createChannel()) {
            // Away from the consumer, in a queue that dies with the broker.
            channel.queueUnbind("emporium.probe", EXCHANGE, "probe.*");
            channel.queueDeclare("test.doomed", true, false, false, null);
            channel.queueBind("test.doomed", EXCHANGE, "probe.*");
            lost = append(50);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(channel.messageCount("test.doomed")).isEqualTo(50));
        }
        server().stopServer(true);
        server().wipe();
        server().startServer();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertTakenOnce(lost));
    }

    private static RabbitMqServer server() {
        return Objects.requireNonNull(RabbitMqServer.running);
    }
}
