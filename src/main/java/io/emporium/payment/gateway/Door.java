package io.emporium.payment.gateway;

import io.emporium.shared.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The door a new payment goes through before it is recorded: so many at once (bulkhead), and none while the provider does
 * not answer (circuit breaker). Whoever is turned away has no attempt that would hold the order. What is under way already,
 * the reconciler's questions and refunds do not pass here; but each of their answers opens or shuts it.
 */
public final class Door {
    private final Semaphore places;
    private final int failuresThatShut;
    private final Duration shutFor;
    private final Clock clock;
    private int failuresInARow;
    private @Nullable Instant shutUntil;

    /**
     * @param atOnce how many payments of this process may wait for the provider; one more is refused with 503
     * @param failuresThatShut after so many calls in a row without a usable answer no new payment is begun
     * @param shutFor for so long; then one is let through to try
     */
    public Door(int atOnce, int failuresThatShut, Duration shutFor, Clock clock) {
        this.places = new Semaphore(atOnce);
        this.failuresThatShut = failuresThatShut;
        this.shutFor = shutFor;
        this.clock = clock;
    }

    /** A place among those who may ask the provider; closed, it is free again. */
    public final class Pass implements AutoCloseable {
        private Pass() {}

        @Override
        public void close() {
            places.release();
        }
    }

    /** @throws Refusal SERVICE_UNAVAILABLE with the time after which it may be tried again */
    public Pass enter() {
        if (!places.tryAcquire()) {
            throw unavailable(Duration.ofSeconds(1));
        }
        try {
            refuseWhileShut();
            return new Pass();
        } catch (Refusal shut) {
            places.release();
            throw shut;
        }
    }

    /** Whether the provider is taken to be away. */
    public synchronized boolean isShut() {
        return shutUntil != null;
    }

    private synchronized void refuseWhileShut() {
        if (shutUntil == null) {
            return;
        }
        Instant now = clock.instant();
        if (now.isBefore(shutUntil)) {
            throw unavailable(Duration.between(now, shutUntil));
        }
        // This one tries; the others wait for what it finds.
        shutUntil = now.plus(shutFor);
    }

    /** The provider has answered, whatever it said. */
    public synchronized void answered() {
        failuresInARow = 0;
        shutUntil = null;
    }

    /** The provider has not answered, or said nothing that could be used. */
    public synchronized void unanswered() {
        failuresInARow++;
        if (failuresInARow >= failuresThatShut) {
            shutUntil = clock.instant().plus(shutFor);
        }
    }

    private static Refusal unavailable(Duration retryAfter) {
        return Refusal.notNow("Payments cannot be taken at the moment; nothing was charged", retryAfter);
    }
}
