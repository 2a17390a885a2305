package io.emporium.chaos;

import org.jspecify.annotations.Nullable;

/** The end of a suite. */
final class Closing {
    private Closing() {}

    /**
     * Closes them in order, each of them whatever becomes of those before it; what was never opened is passed over.
     *
     * @throws IllegalStateException because of the first that could not be closed; the others' reasons are suppressed in it
     */
    static void all(@Nullable AutoCloseable... opened) {
        IllegalStateException first = null;
        for (AutoCloseable one : opened) {
            try {
                if (one != null) {
                    one.close();
                }
            } catch (Exception fault) {
                if (first == null) {
                    first = new IllegalStateException(fault);
                } else {
                    first.addSuppressed(fault);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
