package io.emporium.outbox;

import io.quarkus.logging.Log;
import io.smallrye.mutiny.Multi;
import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/**
 * One queue's messages without end: when the connection is lost, or the queue with its consumer, it connects again, every
 * second or two, for ever. A client that has delivered anything is never used again, so that what it delivered is
 * acknowledged to it alone; one that never got that far is, for the connector keeps every client it ever made.
 */
final class IncomingLine {
    private static final Duration LOOKED_AT_EVERY = Duration.ofSeconds(1);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);
    private static final Duration AGAIN_AFTER_AT_MOST = Duration.ofSeconds(2);
    private static final Duration SILENT_AFTER = Duration.ofSeconds(10);
    // Longer than a connection may take to come up (connection-timeout and handshake-timeout).
    private static final int LOOKS_UNTIL_OPEN = 12;

    private final String channel;
    private final Supplier<Flow.Publisher<? extends Message<?>>> client;
    private final BooleanSupplier open;
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicBoolean used = new AtomicBoolean();
    private final AtomicBoolean deaf = new AtomicBoolean();
    private final AtomicLong lastSign = new AtomicLong(System.nanoTime());
    private @Nullable Multi<Message<?>> delivered;

    /**
     * @param client makes a new client; it connects when it is subscribed to, and does not reconnect
     * @param open whether the newest client's connection stands
     */
    IncomingLine(String channel, Supplier<Flow.Publisher<? extends Message<?>>> client, BooleanSupplier open) {
        this.channel = channel;
        this.client = client;
        this.open = open;
    }

    Multi<Message<?>> messages() {
        return Multi.createFrom()
                .deferred(this::connected)
                .onFailure()
                .invoke(this::lost)
                .onFailure()
                .retry()
                .withBackOff(AGAIN_AFTER, AGAIN_AFTER_AT_MOST)
                .indefinitely();
    }

    private synchronized Multi<Message<?>> connected() {
        Multi<Message<?>> messages = delivered;
        if (messages == null || used.getAndSet(false)) {
            messages = Multi.createFrom()
                    .publisher(client.get())
                    .<Message<?>>map(message -> message)
                    .onItem()
                    .invoke(this::heard);
            delivered = messages;
        }
        deaf.set(false);
        lastSign.set(System.nanoTime());
        // The connector tells nobody when a client that does not reconnect has lost its connection: it must be asked.
        Multi<Message<?>> end = Multi.createFrom()
                .ticks()
                .every(LOOKED_AT_EVERY)
                .onOverflow()
                .drop()
                .onItem()
                .transformToMultiAndConcatenate(new Watch()::look);
        return Multi.createBy()
                .merging()
                .streams(
                        messages.onCompletion().failWith(() -> new IllegalStateException("its consumer was cancelled")),
                        end);
    }

    /**
     * Told that events did not arrive. A line that has brought something lately only has a long queue; a silent one is
     * connected anew, which declares its queue and bindings again.
     */
    void missed() {
        if (System.nanoTime() - lastSign.get() > SILENT_AFTER.toNanos()) {
            deaf.set(true);
        }
    }

    private void heard() {
        used.set(true);
        lastSign.set(System.nanoTime());
    }

    private void lost(Throwable reason) {
        if (away.compareAndSet(false, true)) {
            Log.warnf("Channel %s is lost and is connected again: %s", channel, Faults.reason(reason));
        }
    }

    private final class Watch {
        private final AtomicBoolean wasOpen = new AtomicBoolean();
        private final AtomicInteger closed = new AtomicInteger();

        Multi<Message<?>> look(long ignored) {
            if (deaf.get()) {
                return Multi.createFrom().failure(new IllegalStateException("events do not arrive, and it is silent"));
            }
            if (open.getAsBoolean()) {
                wasOpen.set(true);
                if (away.compareAndSet(true, false)) {
                    Log.infof("Channel %s is connected again", channel);
                }
            } else if (wasOpen.get() || closed.incrementAndGet() > LOOKS_UNTIL_OPEN) {
                return Multi.createFrom().failure(new IllegalStateException("its connection is closed"));
            }
            return Multi.createFrom().empty();
        }
    }
}
