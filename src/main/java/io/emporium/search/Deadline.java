package io.emporium.search;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Until when a buyer waits for a search. The index is asked first and for a part of that time only; PostgreSQL, which stands in,
 * has whatever has not been used.
 */
final class Deadline {
    private final Clock clock;
    private final Instant end;

    private Deadline(Clock clock, Instant end) {
        this.clock = clock;
        this.end = end;
    }

    static Deadline from(Clock clock, Duration patience) {
        return new Deadline(clock, clock.instant().plus(patience));
    }

    /** @throws io.emporium.shared.Refusal SERVICE_UNAVAILABLE if nothing is left */
    Duration left() {
        Duration left = Duration.between(clock.instant(), end);
        // PostgreSQL takes a bound of 0 ms for none.
        if (left.toMillis() < 1) {
            throw SearchError.busy();
        }
        return left;
    }
}
