package io.emporium.shared;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** So many may do something at once; the others wait for a moment, and are then turned away. */
public final class Places {
    private final Semaphore places;
    private final Duration patience;

    /**
     * @param atOnce how many, at least 1
     * @param patience how long one more waits
     */
    public Places(int atOnce, Duration patience) {
        this.places = new Semaphore(atOnce);
        this.patience = patience;
    }

    /**
     * @param busy what is thrown where no place was free in time
     * @return what the work did
     */
    public <T> T take(Supplier<T> work, Supplier<Refusal> busy) {
        try {
            if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw busy.get();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw busy.get();
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }
}
