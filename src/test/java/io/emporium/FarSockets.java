package io.emporium;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Sockets to a server that is some way off: what is sent is under way for so long, and the answer comes at once. */
public final class FarSockets extends DriverSockets {
    private final Duration away;

    /** @param milliseconds of a round trip */
    public FarSockets(String milliseconds) {
        away = Duration.ofNanos((long) (Double.parseDouble(milliseconds) * 1e6));
    }

    @Override
    void roundTrip() {
        LockSupport.parkNanos(away.toNanos());
    }
}
