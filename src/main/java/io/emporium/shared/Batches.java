package io.emporium.shared;

import java.util.function.IntUnaryOperator;

/** Work of which nobody knows how much there is, done in parts, so that no lock is held and nothing is kept in memory for long. */
public final class Batches {
    private Batches() {}

    /**
     * Works off batch after batch, until one is not full.
     *
     * @param size of a batch at most, 1 or more
     * @param batch does as much as it is told at most, in a transaction of its own, and says how much it was; what it has done it
     *     does not find again
     */
    public static void workOff(int size, IntUnaryOperator batch) {
        int done;
        do {
            done = batch.applyAsInt(size);
        } while (done == size);
    }
}
