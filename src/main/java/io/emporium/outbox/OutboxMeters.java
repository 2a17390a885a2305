package io.emporium.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.arc.All;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much waits: events that have not left, events that have come and are not done, and what was parked. Read by workers every
 * now and then; each reads the same, so whoever asks takes the greatest.
 */
@Singleton
class OutboxMeters {
    private final EntityManager database;
    private final Clock clock;
    private final List<String> consumers;
    private final MultiGauge depth;
    private final MultiGauge age;
    private final MultiGauge undone;
    private final MultiGauge parked;

    OutboxMeters(EntityManager database, Clock clock, @All List<EventConsumer> consumers, MeterRegistry meters) {
        this.database = database;
        this.consumers = consumers.stream().map(EventConsumer::name).toList();
        this.clock = clock;
        this.depth = MultiGauge.builder("outbox.depth")
                .description("Events that the broker has not confirmed")
                .register(meters);
        this.age = MultiGauge.builder("outbox.age")
                .description("How old the oldest of them is")
                .baseUnit("seconds")
                .register(meters);
        this.undone = MultiGauge.builder("inbox.depth")
                .description("Events that a consumer has received and not done")
                .register(meters);
        this.parked = MultiGauge.builder("messages.parked")
                .description("What failed five times and waits for a person")
                .register(meters);
    }

    private record Waiting(long unsent, long oldestSeconds, List<Object[]> undone, List<Object[]> parked) {}

    @Scheduled(
            every = "${emporium.metrics.read-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void read() {
        Waiting waiting = QuarkusTransaction.requiringNew().call(this::waiting);
        depth.register(List.of(Row.of(Tags.empty(), waiting.unsent())), true);
        age.register(List.of(Row.of(Tags.empty(), waiting.oldestSeconds())), true);
        undone.register(rows(waiting.undone()), true);
        parked.register(rows(waiting.parked()), true);
    }

    private Waiting waiting() {
        Object[] unsent = (Object[]) database.createNativeQuery(
                        "SELECT count(*), min(occurred_at) FROM outbox WHERE sent_at IS NULL", Object[].class)
                .getSingleResult();
        long oldest = unsent[1] == null
                ? 0
                : Math.max(
                        0,
                        Duration.between((Instant) unsent[1], clock.instant()).toSeconds());
        return new Waiting(
                ((Number) unsent[0]).longValue(),
                oldest,
                each("SELECT consumer, count(*) FROM inbox WHERE status = 'received' GROUP BY consumer"),
                each("SELECT consumer, count(*) FROM parked_messages GROUP BY consumer"));
    }

    private List<Object[]> each(String count) {
        return database.createNativeQuery(count, Object[].class).getResultList();
    }

    /** Of a consumer for whom nothing waits it is 0, and not missing. */
    private List<Row<?>> rows(List<Object[]> counted) {
        Map<String, Number> all = new TreeMap<>();
        consumers.forEach(consumer -> all.put(consumer, 0));
        counted.forEach(row -> all.put((String) row[0], (Number) row[1]));
        return all.entrySet().stream()
                .<Row<?>>map(one -> Row.of(Tags.of("consumer", one.getKey()), one.getValue()))
                .toList();
    }
}
