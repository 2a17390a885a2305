package io.emporium.outbox;

/**
 * Something that parks what failed five times: the inbox its events, notification its deliveries. Their numbers come
 * from one sequence, so a number names one parked message of all of them.
 */
public interface Replayable {
    /**
     * Gives a parked message five new tries, beginning now. Call it in a transaction.
     *
     * @return whether it was there and parked
     */
    boolean replay(long messageId);
}
