package io.emporium.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import io.emporium.LocalServerSwitch;
import io.emporium.outbox.Probe.Probed;
import io.quarkus.arc.All;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What events are promised (promise 7), on whichever broker the subclass has. */
abstract class Messaging {
    static final String EXCHANGE = "emporium.events.v1";

    @Inject
    Outbox outbox;

    @Inject
    OutboxRelay relay;

    @Inject
    Inbox inbox;

    @Inject
    @Connector(EventsConnector.NAME)
    EventsConnector connector;

    @All
    @Inject
    List<EventConsumer> consumers;

    @Inject
    Probe probe;

    /** Something that happened and that nobody waits for. */
    record Unheard(UUID id, Instant at) implements DomainEvent {
        @Override
        public String type() {
            return "nobody.waits";
        }

        @Override
        public String entityType() {
            return "nobody";
        }

        @Override
        public long entityId() {
            return 1;
        }
    }

    @Inject
    EntityManager database;

    abstract void stopBroker() throws Exception;

    abstract void startBroker() throws Exception;

    /** As a power cut would, where the broker can be had that way. */
    void killBroker() throws Exception {
        stopBroker();
    }

    @BeforeEach
    void clean() {
        probe.antidote = false;
        probe.poisoned.set(0);
        sql("CREATE TABLE IF NOT EXISTS probe_effects (event_id uuid)");
    }

    @Test
    void an_event_takes_effect_within_half_a_minute() {
        List<UUID> events = append(3);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(events));
        awaitAllSent();
    }

    @Test
    void an_event_of_a_transaction_that_fails_never_leaves() {
        UUID id = UUID.randomUUID();
        try {
            QuarkusTransaction.requiringNew().run(() -> {
                outbox.append(new Probed(id, 1, false, Instant.now()));
                throw new IllegalStateException("undone");
            });
        } catch (IllegalStateException expected) {
            // As it should be.
        }
        List<UUID> later = append(1);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(later));
        assertThat(effects(id)).isZero();
    }

    @Test
    void an_event_sent_twice_takes_effect_once() {
        List<UUID> events = append(5);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(events));
        // The consumers may be quicker than the relay's mark.
        awaitAllSent();
        // What a relay leaves behind that dies between the confirm and the mark.
        for (UUID id : events) {
            sql("UPDATE outbox SET sent_at = NULL, claimed_until = now() + interval '1 second' WHERE event_id = '" + id
                    + "'");
        }
        awaitAllSent();
        List<UUID> behind = append(1);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(behind));
        assertTakenOnce(events);
        // A try that the broker confirmed too late counts as well.
        assertThat(count("SELECT min(attempts) FROM outbox WHERE event_id = '" + events.getFirst() + "'"))
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void a_sweep_that_saw_it_due_while_it_was_being_taken_does_not_take_it_again() {
        List<UUID> events = append(1);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(events));

        inbox.attempt(probe, events.getFirst());

        assertTakenOnce(events);
    }

    @Test
    void events_of_an_outage_arrive_when_the_broker_is_back() throws Exception {
        List<UUID> before = append(20);
        stopBroker();
        List<UUID> during = append(700);
        Thread.sleep(12_000);
        assertThat(count("SELECT count(*) FROM outbox WHERE sent_at IS NULL")).isGreaterThanOrEqualTo(700);
        startBroker();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    assertTakenOnce(before);
                    assertTakenOnce(during);
                });
    }

    /** The case in which a consumer that acknowledges on the wrong channel stalls, again and again. */
    @Test
    void a_broker_that_dies_over_and_over_with_a_backlog_loses_and_repeats_nothing() throws Exception {
        List<UUID> events = new java.util.ArrayList<>(append(400));
        for (int outage = 0; outage < 3; outage++) {
            events.addAll(append(400));
            // Let it be in the middle of it: some in the queue, some in hand.
            Thread.sleep(700);
            killBroker();
            events.addAll(append(50));
            startBroker();
        }
        await().atMost(Duration.ofSeconds(150))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertTakenOnce(events));
    }

    @Test
    void an_event_that_the_broker_confirmed_and_lost_is_sent_again() {
        List<UUID> lost = QuarkusTransaction.requiringNew().call(() -> {
            List<UUID> ids = append(20);
            database.createNativeQuery(
                            "UPDATE outbox SET sent_at = now(), audit_at = now() + interval '2 seconds' WHERE event_id IN (:ids)")
                    .setParameter("ids", ids)
                    .executeUpdate();
            return ids;
        });
        // Where another test has just had something taken, these may wait behind it, and are looked for again after 15
        // s.
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertTakenOnce(lost));
        assertThat(count("SELECT resends FROM outbox WHERE event_id = '" + lost.getFirst() + "'"))
                .isEqualTo(1);
        // The next audit is content, and there is none after it. Of what is sent only now it would be in a minute.
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    sql("UPDATE outbox SET audit_at = now() WHERE audit_at IS NOT NULL");
                    return count("SELECT count(*) FROM outbox WHERE taken_at IS NULL OR audit_at IS NOT NULL") == 0;
                });
        assertThat(count("SELECT max(resends) FROM outbox WHERE event_id = '" + lost.getFirst() + "'"))
                .isEqualTo(1);
    }

    /** All of it lies an hour and more ahead, so that nothing else that is taken meanwhile has come as far. */
    @Test
    void what_the_consumer_has_not_reached_is_not_sent_again_until_it_is_overtaken() {
        UUID waits = append(1).getFirst();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(List.of(waits)));
        String row = " FROM outbox WHERE event_id = '" + waits + "'";
        sql("UPDATE outbox SET taken_at = NULL, audit_at = NULL, sent_at = now() + interval '61 minutes'"
                + " WHERE event_id = '" + waits + "'");
        sql("DELETE FROM inbox WHERE event_id = '" + waits + "'");
        isTaken("60 minutes");
        sql("UPDATE outbox SET audit_at = now() WHERE event_id = '" + waits + "'");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> count("SELECT count(*)" + row + " AND audit_at > now()") == 1);
        assertThat(count("SELECT resends" + row)).isZero();
        assertThat(count("SELECT count(sent_at)" + row)).isEqualTo(1);

        isTaken("62 minutes");
        sql("UPDATE outbox SET audit_at = now() WHERE event_id = '" + waits + "'");
        await().atMost(Duration.ofSeconds(30)).until(() -> count("SELECT resends" + row) == 1);
    }

    /** An event that was sent so far ahead has just been taken. */
    private void isTaken(String ahead) {
        UUID id = UUID.randomUUID();
        sql(
                "INSERT INTO outbox (event_id, type, entity_type, entity_id, payload, occurred_at, sent_at, taken_at) VALUES ('"
                        + id + "', 'probe.ahead', 'probe', 1, '{}', now(), now() + interval '" + ahead + "', now())");
        sql("INSERT INTO inbox (consumer, event_id, type, payload, status, done_at) VALUES ('probe', '" + id
                + "', 'probe.ahead', '{}', 'done', now())");
    }

    @Test
    void an_event_that_no_queue_took_arrives_all_the_same() throws Exception {
        List<UUID> before = append(1);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(before));
        List<UUID> events;
        try (var connection = connect();
                Channel channel = connection.createChannel()) {
            channel.queueUnbind("emporium.probe.v1", EXCHANGE, "probe.*");
            events = append(10);
            awaitAllSent();
            channel.queueBind("emporium.probe.v1", EXCHANGE, "probe.*");
        }
        assertThat(count("SELECT count(*) FROM inbox WHERE event_id = '" + events.getFirst() + "'"))
                .isZero();
        await().atMost(Duration.ofSeconds(150)).untilAsserted(() -> assertTakenOnce(events));
    }

    @Test
    void an_event_that_nobody_awaits_is_sent_once() {
        UUID id = UUID.randomUUID();
        QuarkusTransaction.requiringNew().run(() -> outbox.append(new Unheard(id, Instant.now())));
        String row = " FROM outbox WHERE event_id = '" + id + "'";
        await().atMost(Duration.ofSeconds(30)).until(() -> count("SELECT count(audit_at)" + row) == 1);
        sql("UPDATE outbox SET audit_at = now() WHERE event_id = '" + id + "'");
        await().atMost(Duration.ofSeconds(30)).until(() -> count("SELECT count(taken_at)" + row) == 1);
        assertThat(count("SELECT resends" + row)).isZero();
        assertThat(count("SELECT attempts" + row)).isEqualTo(1);
    }

    @Test
    void every_consumer_has_a_queue_bound_to_what_it_awaits() {
        var config = ConfigProvider.getConfig();
        assertThat(consumers).isNotEmpty();
        for (EventConsumer consumer : consumers) {
            String channel = "mp.messaging.incoming." + consumer.name();
            assertThat(config.getValue(channel + ".queue.name", String.class))
                    .isEqualTo("emporium." + consumer.name() + ".v1");
            assertThat(config.getValue(channel + ".connector", String.class)).isEqualTo(EventsConnector.NAME);
            assertThat(config.getValue(channel + ".routing-keys", String[].class))
                    .containsExactlyInAnyOrderElementsOf(consumer.types());
            await("channel " + consumer.name() + " is open")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> connector.isOpen(consumer.name()));
        }
    }

    @Test
    void two_thousand_events_at_once_are_through_within_a_minute() {
        long start = System.nanoTime();
        List<UUID> events = append(2_000);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertTakenOnce(events));
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "Messaging: %d events through outbox and inbox in %.1f s, %.0f a second%n",
                events.size(), seconds, events.size() / seconds);
    }

    @Test
    void an_event_whose_queue_was_deleted_arrives_all_the_same() throws Exception {
        List<UUID> before = append(1);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(before));
        try (var connection = connect();
                Channel channel = connection.createChannel()) {
            channel.queueDelete("emporium.probe.v1");
        }
        List<UUID> events = append(10);
        await().atMost(Duration.ofSeconds(150)).untilAsserted(() -> assertTakenOnce(events));
        assertThat(queueExists("emporium.probe.v1")).isTrue();
    }

    @Test
    void a_message_that_is_no_event_is_parked_and_holds_nobody_up() throws Exception {
        String poison = "{\"id\":\"no event " + UUID.randomUUID() + "\u0000\"}";
        try (var connection = connect();
                Channel channel = connection.createChannel()) {
            channel.basicPublish(EXCHANGE, "probe.probed", null, poison.getBytes(StandardCharsets.UTF_8));
            channel.basicPublish(EXCHANGE, "probe.probed", null, new byte[0]);
            channel.basicPublish(EXCHANGE, "probe.probed", null, new byte[] {(byte) 0xff, 0, 1});
        }
        List<UUID> events = append(1);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(events));
        UUID name = UUID.nameUUIDFromBytes(poison.getBytes(StandardCharsets.UTF_8));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> "parked".equals(text("SELECT status FROM inbox WHERE event_id = '" + name + "'")));
    }

    @Test
    void a_message_that_cannot_be_stored_as_it_is_is_parked_too() throws Exception {
        List<String> poison =
                List.of(eventOf("probe.pro\\u0000bed"), eventOf("probe.\\ud83d"), "x" + "\uD83D\uDCA3".repeat(600_000));
        try (var connection = connect();
                Channel channel = connection.createChannel()) {
            for (String each : poison) {
                channel.basicPublish(EXCHANGE, "probe.probed", null, each.getBytes(StandardCharsets.UTF_8));
            }
        }
        for (String each : poison) {
            UUID name = UUID.nameUUIDFromBytes(each.getBytes(StandardCharsets.UTF_8));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> "parked".equals(text("SELECT status FROM inbox WHERE event_id = '" + name + "'")));
        }
    }

    private static String eventOf(String type) {
        return "{\"id\":\"" + UUID.randomUUID() + "\",\"type\":\"" + type
                + "\",\"time\":\"2026-01-15T10:00:00Z\",\"data\":{}}";
    }

    @Test
    void poison_is_parked_after_five_tries_and_taken_when_replayed() {
        UUID id = UUID.randomUUID();
        QuarkusTransaction.requiringNew().run(() -> outbox.append(new Probed(id, 1, true, Instant.now())));
        String row = " WHERE consumer = 'probe' AND event_id = '" + id + "'";
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> {
                    sql("UPDATE inbox SET next_try_at = now()" + row + " AND status = 'received' AND attempts > 0");
                    return "parked".equals(text("SELECT status FROM inbox" + row));
                });
        assertThat(probe.poisoned).hasValue(5);
        assertThat(count("SELECT attempts FROM inbox" + row)).isEqualTo(5);
        assertThat(effects(id)).isZero();
        assertThat(count("SELECT count(*) FROM parked_messages WHERE consumer = 'probe' AND type = 'probe.probed'"))
                .isPositive();

        probe.antidote = true;
        long number = count("SELECT message_id FROM inbox" + row);
        QuarkusTransaction.requiringNew().run(() -> assertThat(replay(number)).isTrue());
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTakenOnce(List.of(id)));
        QuarkusTransaction.requiringNew().run(() -> assertThat(replay(number)).isFalse());
    }

    @Test
    void a_message_waits_in_its_queue_while_there_is_no_database() throws Exception {
        UUID id = UUID.randomUUID();
        String event = "{\"specversion\":\"1.0\",\"id\":\"" + id
                + "\",\"type\":\"probe.probed\",\"time\":\"2026-01-15T10:00:00Z\",\"data\":{\"id\":\"" + id
                + "\",\"number\":1,\"poisonous\":false,\"at\":\"2026-01-15T10:00:00Z\"}}";
        var postgres = new LocalServerSwitch("postgres");
        postgres.stop();
        try (var connection = connect();
                Channel channel = connection.createChannel()) {
            channel.basicPublish(EXCHANGE, "probe.probed", null, event.getBytes(StandardCharsets.UTF_8));
            Thread.sleep(4_000);
        } finally {
            postgres.start();
        }
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> assertTakenOnce(List.of(id)));
    }

    private boolean replay(long number) {
        return inbox.replay(number);
    }

    List<UUID> append(int howMany) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> LongStream.rangeClosed(1, howMany)
                        .mapToObj(number -> {
                            var event = new Probed(UUID.randomUUID(), number, false, Instant.now());
                            outbox.append(event);
                            return event.id();
                        })
                        .toList());
    }

    void assertTakenOnce(List<UUID> events) {
        Map<UUID, Long> times = QuarkusTransaction.requiringNew().call(() -> {
            List<Object[]> rows = database.createNativeQuery(
                            "SELECT event_id, count(*) FROM probe_effects WHERE event_id IN (:ids) GROUP BY event_id",
                            Object[].class)
                    .setParameter("ids", events)
                    .getResultList();
            return rows.stream()
                    .collect(java.util.stream.Collectors.toMap(
                            row -> (UUID) row[0], row -> ((Number) row[1]).longValue()));
        });
        assertThat(times).as("events that took effect").hasSize(events.size());
        assertThat(times.values()).as("how often").containsOnly(1L);
    }

    private void awaitAllSent() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> count("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0);
    }

    private long effects(UUID id) {
        return count("SELECT count(*) FROM probe_effects WHERE event_id = '" + id + "'");
    }

    long count(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query).getSingleResult()).longValue());
    }

    String text(String query) {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<?> rows = database.createNativeQuery(query).getResultList();
            return rows.isEmpty() ? null : (String) rows.getFirst();
        });
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }

    private static boolean queueExists(String queue) throws Exception {
        try (var connection = connect();
                Channel channel = connection.createChannel()) {
            channel.queueDeclarePassive(queue);
            return true;
        } catch (java.io.IOException absent) {
            return false;
        }
    }

    static com.rabbitmq.client.Connection connect() throws Exception {
        var config = ConfigProvider.getConfig();
        var factory = new ConnectionFactory();
        factory.setHost(config.getValue("rabbitmq-host", String.class));
        factory.setPort(config.getValue("rabbitmq-port", Integer.class));
        factory.setUsername(config.getValue("rabbitmq-username", String.class));
        factory.setPassword(config.getValue("rabbitmq-password", String.class));
        factory.setVirtualHost(config.getValue("rabbitmq-virtual-host", String.class));
        return factory.newConnection("test");
    }
}
