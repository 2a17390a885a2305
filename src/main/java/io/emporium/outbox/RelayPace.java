package io.emporium.outbox;

import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/**
 * How much the relay may send now. Nothing while its channel has no connection: it would pile up in the client's memory and
 * come out as repetitions. After a batch that was not confirmed it waits, longer each time, and then tries with one event.
 *
 * <p>While the consumers' channels show that the broker is there, a relay's channel that stays closed, or that brings
 * nothing through again and again, is given a new client.
 */
@ApplicationScoped
class RelayPace {
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PAUSE_AT_MOST = Duration.ofSeconds(5);
    private static final int FAILURES_UNTIL_RENEWED = 3;
    // A client that can reconnect does so within two seconds.
    private static final Duration CLOSED_UNTIL_RENEWED = Duration.ofSeconds(10);
    private static final long NEVER = Long.MIN_VALUE;

    private final EventsConnector connector;
    private int failures;
    private long notBefore = System.nanoTime();
    private long closedSince = NEVER;

    RelayPace(@Connector(EventsConnector.NAME) EventsConnector connector) {
        this.connector = connector;
    }

    /** @return how many events may be sent now, at most {@code batch}; 0: none yet */
    synchronized int atMost(int batch) {
        long now = System.nanoTime();
        if (!connector.isOpen(OutboxRelay.CHANNEL)) {
            if (!connector.receives()) {
                closedSince = NEVER;
            } else if (closedSince == NEVER) {
                closedSince = now;
            } else if (now - closedSince > CLOSED_UNTIL_RENEWED.toNanos()) {
                renew("it stays closed");
            }
            return 0;
        }
        closedSince = NEVER;
        if (now - notBefore < 0) {
            return 0;
        }
        return failures == 0 ? batch : 1;
    }

    /** Tells how a batch went. */
    synchronized void went(boolean confirmed) {
        if (confirmed) {
            failures = 0;
            return;
        }
        failures++;
        long pause = PAUSE.toNanos() << Math.min(failures - 1, 10);
        notBefore = System.nanoTime() + Math.min(pause, PAUSE_AT_MOST.toNanos());
        if (failures % FAILURES_UNTIL_RENEWED == 0 && connector.receives()) {
            renew("it brings nothing through");
        }
    }

    private void renew(String reason) {
        Log.warnf("Channel %s gets a new client: %s", OutboxRelay.CHANNEL, reason);
        connector.renew(OutboxRelay.CHANNEL);
        closedSince = NEVER;
    }
}
