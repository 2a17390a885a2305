package io.emporium.outbox;

import io.opentelemetry.context.Context;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.rabbitmq.OutgoingRabbitMQMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Carries unsent events to RabbitMQ: claims a batch and commits, publishes outside any transaction, marks what the broker
 * has confirmed. A process that dies in between leaves a claim that ends by itself; the event is then sent again, and
 * the consumers' inbox passes over it. Several relays may run at once.
 */
@ApplicationScoped
class OutboxRelay {
    static final String CHANNEL = "events";

    private static final int BATCH = 100;
    private static final Duration CLAIM = Duration.ofSeconds(15);
    private static final Duration CONFIRMED_WITHIN = Duration.ofSeconds(5);
    private static final int ERROR_LENGTH = 1_000;

    private final EntityManager database;
    private final Instance<Emitter<byte[]>> events;
    private final RelayPace pace;
    private final Clock clock;
    private volatile boolean started;

    OutboxRelay(
            EntityManager database, @Channel(CHANNEL) Instance<Emitter<byte[]>> events, RelayPace pace, Clock clock) {
        this.database = database;
        this.events = events;
        this.pace = pace;
        this.clock = clock;
    }

    // The scheduler starts together with the channels, and this after both: before, there is no emitter.
    void start(@Observes StartupEvent ignored) {
        started = true;
    }

    private record Unsent(
            long position,
            UUID id,
            String type,
            String payload,
            @Nullable String traceparent) {}

    @Scheduled(
            every = "${emporium.outbox.relay-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void relay() {
        while (started) {
            int atMost = pace.atMost(BATCH);
            if (atMost == 0) {
                return;
            }
            List<Unsent> batch = QuarkusTransaction.requiringNew().call(() -> claim(atMost));
            if (batch.isEmpty()) {
                return;
            }
            boolean confirmed = publish(batch);
            pace.went(confirmed);
            if (!confirmed || batch.size() < atMost) {
                return;
            }
        }
    }

    private List<Unsent> claim(int atMost) {
        Instant now = clock.instant();
        List<Object[]> rows = database.createNativeQuery("""
                        WITH due AS (
                            SELECT position FROM outbox
                             WHERE sent_at IS NULL AND (claimed_until IS NULL OR claimed_until <= :now)
                             ORDER BY position LIMIT :batch FOR UPDATE SKIP LOCKED)
                        UPDATE outbox SET claimed_until = :until FROM due WHERE outbox.position = due.position
                        RETURNING outbox.position, outbox.event_id, outbox.type, CAST(outbox.payload AS text),
                                  outbox.payload ->> 'traceparent'
                        """, Object[].class)
                .setParameter("now", now)
                .setParameter("batch", atMost)
                .setParameter("until", now.plus(CLAIM))
                .getResultList();
        return rows.stream()
                .map(row -> new Unsent(
                        ((Number) row[0]).longValue(), (UUID) row[1], (String) row[2], (String) row[3], (String)
                                row[4]))
                .sorted(Comparator.comparingLong(Unsent::position))
                .toList();
    }

    /** @return whether all of it was confirmed */
    private boolean publish(List<Unsent> batch) {
        List<CompletableFuture<Void>> confirms = batch.stream().map(this::send).toList();
        List<Long> sent = new ArrayList<>();
        List<Long> failed = new ArrayList<>();
        String fault = "";
        long deadline = System.nanoTime() + CONFIRMED_WITHIN.toNanos();
        for (int i = 0; i < batch.size(); i++) {
            try {
                confirms.get(i).get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                sent.add(batch.get(i).position());
            } catch (ExecutionException refused) {
                fault = Faults.reason(refused);
                failed.add(batch.get(i).position());
            } catch (TimeoutException unconfirmed) {
                fault = "the broker did not confirm it within " + CONFIRMED_WITHIN.toSeconds() + " s";
                failed.add(batch.get(i).position());
            } catch (InterruptedException stopped) {
                // The claim ends by itself.
                Thread.currentThread().interrupt();
                return false;
            }
        }
        String reason = Inbox.storable(fault, ERROR_LENGTH);
        QuarkusTransaction.requiringNew().run(() -> mark(sent, failed, reason));
        if (!failed.isEmpty()) {
            Log.warnf("%d events stay in the outbox: %s", failed.size(), reason);
        }
        return failed.isEmpty();
    }

    private CompletableFuture<Void> send(Unsent event) {
        var confirmed = new CompletableFuture<Void>();
        try {
            events.get()
                    .send(Message.of(
                            event.payload().getBytes(StandardCharsets.UTF_8),
                            metadata(event),
                            () -> {
                                confirmed.complete(null);
                                return CompletableFuture.completedFuture(null);
                            },
                            refused -> {
                                confirmed.completeExceptionally(refused);
                                return CompletableFuture.completedFuture(null);
                            }));
        } catch (IllegalStateException full) {
            // The emitter's buffer is full, or the application is stopping.
            confirmed.completeExceptionally(full);
        }
        return confirmed;
    }

    private static Metadata metadata(Unsent event) {
        Metadata metadata = Metadata.of(new OutgoingRabbitMQMetadata.Builder()
                .withRoutingKey(event.type())
                .withMessageId(event.id().toString())
                .withContentType(CloudEvents.CONTENT_TYPE)
                .withDeliveryMode(2)
                .build());
        Context trace = Traces.parent(event.traceparent());
        return trace == null ? metadata : metadata.with(TracingMetadata.withCurrent(trace));
    }

    private void mark(List<Long> sent, List<Long> failed, String error) {
        if (!sent.isEmpty()) {
            database.createNativeQuery("""
                            UPDATE outbox SET sent_at = :now, claimed_until = NULL, attempts = attempts + 1, audit_at = %s
                             WHERE position IN (:sent) AND sent_at IS NULL
                            """.formatted(OutboxAudit.NEXT))
                    .setParameter("now", clock.instant())
                    .setParameter("sent", sent)
                    .executeUpdate();
        }
        if (!failed.isEmpty()) {
            database.createNativeQuery("""
                            UPDATE outbox SET claimed_until = NULL, attempts = attempts + 1, last_error = :error
                             WHERE position IN (:failed) AND sent_at IS NULL
                            """)
                    .setParameter("error", error)
                    .setParameter("failed", failed)
                    .executeUpdate();
        }
    }
}
