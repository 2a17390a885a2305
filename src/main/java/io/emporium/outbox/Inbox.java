package io.emporium.outbox;

import io.opentelemetry.api.trace.SpanKind;
import io.quarkus.arc.All;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes each event once a consumer, however often RabbitMQ brings it: its arrival is a row under (consumer, event), and
 * the effect is committed together with the mark on that row.
 */
@ApplicationScoped
public class Inbox implements Replayable {
    static final int TRIES = 5;
    private static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2));
    // The first try follows at once; should this process die in it, the sweep takes over after this time.
    private static final Duration FIRST_TRY = Duration.ofSeconds(30);
    private static final int MESSAGE_LENGTH = 1_000_000;
    private static final int ERROR_LENGTH = 2_000;
    private static final Duration PAUSE_WITHOUT_DATABASE = Duration.ofSeconds(1);

    private final EntityManager database;
    private final CloudEvents cloudEvents;
    private final Map<String, EventConsumer> consumers;
    private final Clock clock;
    private final AtomicInteger taking = new AtomicInteger();
    private volatile boolean closing;

    Inbox(EntityManager database, CloudEvents cloudEvents, @All List<EventConsumer> consumers, Clock clock) {
        this.database = database;
        this.cloudEvents = cloudEvents;
        this.consumers = consumers.stream().collect(Collectors.toMap(EventConsumer::name, Function.identity()));
        this.clock = clock;
    }

    /**
     * Receives a message for a consumer and tries it. Call it from the channel's method; when that returns, the message is
     * acknowledged: from here on the row answers for the event.
     *
     * @throws RuntimeException only if the message could not be stored, so that the broker keeps it
     */
    public void take(EventConsumer consumer, byte[] message) {
        taking.incrementAndGet();
        try {
            // Asked only now, so that closing either is seen by this one or waits for it.
            if (!closing) {
                takeAndTry(consumer, message);
                return;
            }
        } finally {
            taking.decrementAndGet();
        }
        // Not acknowledged: the broker hands it out again when this process is gone.
        pause();
        throw new IllegalStateException("this process is closing");
    }

    /** From now on nothing is taken. */
    void close() {
        closing = true;
    }

    boolean isBusy() {
        return taking.get() > 0;
    }

    private void takeAndTry(EventConsumer consumer, byte[] message) {
        UUID fresh;
        try {
            fresh = QuarkusTransaction.requiringNew().call(() -> receive(consumer, message));
        } catch (RuntimeException noDatabase) {
            // The broker hands it out again at once; without this pause that would be a busy loop.
            pause();
            throw noDatabase;
        }
        if (fresh != null) {
            attempt(consumer, fresh);
        }
    }

    /** @return the event that is now to be tried; null if it is known already, or is none */
    private @Nullable UUID receive(EventConsumer consumer, byte[] message) {
        try {
            ReceivedEvent event = cloudEvents.read(message);
            Instant ifWeDie = clock.instant().plus(FIRST_TRY);
            return store(consumer, event.id(), event.type(), message, "received", ifWeDie, null) ? event.id() : null;
        } catch (IllegalArgumentException poison) {
            Log.errorf("Parked a message for %s that is no event: %s", consumer.name(), poison.getMessage());
            // Named by its content: the same poison brought again is the same row.
            UUID name = UUID.nameUUIDFromBytes(message);
            store(consumer, name, "unreadable", message, "parked", clock.instant(), poison.getMessage());
            return null;
        }
    }

    private boolean store(
            EventConsumer consumer,
            UUID eventId,
            String type,
            byte[] message,
            String status,
            Instant nextTry,
            @Nullable String error) {
        return database.createNativeQuery("""
                                INSERT INTO inbox (consumer, event_id, type, payload, status, next_try_at, last_error, received_at)
                                VALUES (:consumer, :event, :type, :payload, :status, :next, :error, :now)
                                ON CONFLICT (consumer, event_id) DO NOTHING
                                """)
                        .setParameter("consumer", consumer.name())
                        .setParameter("event", eventId)
                        .setParameter("type", type)
                        .setParameter("payload", storable(new String(message, StandardCharsets.UTF_8), MESSAGE_LENGTH))
                        .setParameter("status", status)
                        .setParameter("next", nextTry)
                        .setParameter("error", error == null ? null : storable(error, ERROR_LENGTH))
                        .setParameter("now", clock.instant())
                        .executeUpdate()
                == 1;
    }

    /** Tries again what is due. */
    @Scheduled(
            every = "1s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void retry() {
        if (consumers.isEmpty()) {
            return;
        }
        List<Object[]> due = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                        SELECT consumer, event_id FROM inbox
                         WHERE status = 'received' AND next_try_at <= :now AND consumer IN (:consumers)
                         ORDER BY next_try_at LIMIT 100
                        """, Object[].class)
                        .setParameter("consumers", consumers.keySet())
                        .setParameter("now", clock.instant())
                        .getResultList());
        for (Object[] row : due) {
            attempt(Objects.requireNonNull(consumers.get((String) row[0])), (UUID) row[1]);
        }
    }

    /** Tries it unless somebody else has, or does. */
    void attempt(EventConsumer consumer, UUID eventId) {
        try {
            QuarkusTransaction.requiringNew().run(() -> {
                // Whoever holds the row is trying it now.
                List<String> payload = database.createNativeQuery("""
                                SELECT payload FROM inbox WHERE consumer = :consumer AND event_id = :event AND status = 'received'
                                   FOR UPDATE SKIP LOCKED
                                """, String.class)
                        .setParameter("consumer", consumer.name())
                        .setParameter("event", eventId)
                        .getResultList();
                if (payload.isEmpty()) {
                    return;
                }
                ReceivedEvent event = cloudEvents.read(payload.getFirst().getBytes(StandardCharsets.UTF_8));
                Traces.follow(
                        event.traceparent(), consumer.name() + " takes " + event.type(), SpanKind.CONSUMER, () -> {
                            consumer.on(event);
                            return event;
                        });
                database.createNativeQuery("""
                                UPDATE inbox SET status = 'done', done_at = :now, last_error = NULL
                                 WHERE consumer = :consumer AND event_id = :event
                                """)
                        .setParameter("now", clock.instant())
                        .setParameter("consumer", consumer.name())
                        .setParameter("event", eventId)
                        .executeUpdate();
            });
        } catch (RuntimeException | LinkageError | StackOverflowError fault) {
            // Errors count too: an event that blows the stack would be tried for ever, and hold up those behind it.
            failed(consumer, eventId, fault);
        }
    }

    private void failed(EventConsumer consumer, UUID eventId, Throwable fault) {
        Log.warnf(fault, "%s could not take event %s", consumer.name(), eventId);
        try {
            QuarkusTransaction.requiringNew().run(() -> {
                // Only while it is still to be done: another process may have taken it since our try was undone.
                List<Integer> tried = database.createNativeQuery("""
                                UPDATE inbox SET attempts = attempts + 1, last_error = :error
                                 WHERE consumer = :consumer AND event_id = :event AND status = 'received'
                                RETURNING attempts
                                """, Integer.class)
                        .setParameter("error", storable(fault.toString(), ERROR_LENGTH))
                        .setParameter("consumer", consumer.name())
                        .setParameter("event", eventId)
                        .getResultList();
                if (tried.isEmpty()) {
                    return;
                }
                boolean parked = tried.getFirst() >= TRIES;
                Duration pause = parked ? Duration.ZERO : PAUSES.get(tried.getFirst() - 1);
                database.createNativeQuery("""
                                UPDATE inbox SET status = :status, next_try_at = :next
                                 WHERE consumer = :consumer AND event_id = :event
                                """)
                        .setParameter("status", parked ? "parked" : "received")
                        .setParameter("next", clock.instant().plus(pause))
                        .setParameter("consumer", consumer.name())
                        .setParameter("event", eventId)
                        .executeUpdate();
            });
        } catch (RuntimeException noDatabase) {
            // The row still says "received" and is due: the sweep finds it.
            Log.warnf("Could not note the failed try of event %s: %s", eventId, noDatabase.getMessage());
        }
    }

    @Override
    public boolean replay(long messageId) {
        return database.createNativeQuery("""
                                UPDATE inbox SET status = 'received', attempts = 0, next_try_at = :now
                                 WHERE message_id = :id AND status = 'parked'
                                """)
                        .setParameter("now", clock.instant())
                        .setParameter("id", messageId)
                        .executeUpdate()
                == 1;
    }

    /** PostgreSQL's text holds everything but NUL, and no half of a character, which a cut may leave. */
    static String storable(String text, int length) {
        String cut = text.substring(0, Math.min(text.length(), length)).replace('\0', '\uFFFD');
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_WITHOUT_DATABASE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
