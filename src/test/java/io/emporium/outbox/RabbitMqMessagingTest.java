package io.emporium.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import io.emporium.outbox.RabbitMqMessagingTest.OnRabbitMq;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
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
            channel.queueUnbind("emporium.probe.v1", EXCHANGE, "probe.*");
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

    @Test
    void what_no_queue_takes_is_kept_with_the_dead_letters() throws Exception {
        UUID id = UUID.randomUUID();
        QuarkusTransaction.requiringNew().run(() -> outbox.append(new Unheard(id, Instant.now())));
        try (var connection = connect();
                Channel channel = connection.createChannel()) {
            GetResponse unrouted = deadLetter(channel, id.toString());
            assertThat(unrouted.getEnvelope().getRoutingKey()).isEqualTo("nobody.waits");
            assertThat(unrouted.getProps().getHeaders()).doesNotContainKey("x-death");
        }
    }

    @Test
    void what_a_queue_gives_up_is_a_dead_letter() throws Exception {
        String id = UUID.randomUUID().toString();
        try (var connection = connect();
                Channel channel = connection.createChannel()) {
            String doomed = "test.doomed." + id;
            channel.queueDeclare(
                    doomed,
                    true,
                    false,
                    false,
                    Map.of("x-queue-type", "quorum", "x-dead-letter-exchange", "emporium.dead"));
            channel.basicPublish(
                    "", doomed, new AMQP.BasicProperties.Builder().messageId(id).build(), new byte[] {1});
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                GetResponse taken = channel.basicGet(doomed, false);
                if (taken != null) {
                    channel.basicReject(taken.getEnvelope().getDeliveryTag(), false);
                }
                return taken != null;
            });
            assertThat(deadLetter(channel, id).getProps().getHeaders()).containsKey("x-death");
            channel.queueDelete(doomed);
        }
    }

    /** RabbitMQ refuses to declare a queue again with other arguments, and says nothing to the same. */
    @Test
    void every_queue_is_a_quorum_queue_that_gives_up_after_a_hundred_deliveries() throws Exception {
        List<UUID> events = append(1);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(events));
        try (var connection = connect()) {
            for (EventConsumer consumer : consumers) {
                String queue = "emporium." + consumer.name() + ".v1";
                try (Channel channel = connection.createChannel()) {
                    channel.queueDeclare(
                            queue,
                            true,
                            false,
                            false,
                            Map.of(
                                    "x-queue-type",
                                    "quorum",
                                    "x-delivery-limit",
                                    100,
                                    "x-dead-letter-exchange",
                                    "emporium.dead",
                                    "x-dead-letter-routing-key",
                                    queue));
                }
            }
            Channel other = connection.createChannel();
            assertThatThrownBy(() -> other.queueDeclare("emporium.probe.v1", true, false, false, null))
                    .hasStackTraceContaining("PRECONDITION_FAILED");
        }
    }

    private static GetResponse deadLetter(Channel channel, String id) {
        var found = new AtomicReference<GetResponse>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            GetResponse letter = channel.basicGet("emporium.dead", true);
            while (letter != null && !id.equals(letter.getProps().getMessageId())) {
                letter = channel.basicGet("emporium.dead", true);
            }
            found.set(letter);
            return letter != null;
        });
        return found.get();
    }

    private static RabbitMqServer server() {
        return Objects.requireNonNull(RabbitMqServer.running);
    }
}
