package io.emporium.payment.stripe;

import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The door a new payment goes through before it is recorded: so many at once (bulkhead), and none while Stripe does not
 * answer (circuit breaker). Whoever is turned away has no attempt that would hold the order. What is under way already,
 * the reconciler's questions and refunds do not pass here; but each of their answers opens or shuts it.
 */
@ApplicationScoped
public class StripeDoor {
    private final Semaphore places;
    private final StripeSettings settings;
    private final Clock clock;
    private int failuresInARow;
    private @Nullable Instant shutUntil;

    StripeDoor(StripeSettings settings, Clock clock) {
        this.places = new Semaphore(settings.atOnce());
        this.settings = settings;
        this.clock = clock;
    }

    /** A place among those who may ask Stripe; closed, it is free again. */
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

    /** Whether Stripe is taken to be away. */
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
        shutUntil = now.plus(settings.shutFor());
    }

    synchronized void answered() {
        failuresInARow = 0;
        shutUntil = null;
    }

    synchronized void unanswered() {
        failuresInARow++;
        if (failuresInARow >= settings.failuresInARow()) {
            shutUntil = clock.instant().plus(settings.shutFor());
        }
    }

    private static Refusal unavailable(Duration retryAfter) {
        return new Refusal(
                Refusal.Code.SERVICE_UNAVAILABLE,
                "Payments cannot be taken at the moment; nothing was charged",
                Map.of(),
                retryAfter);
    }
}
