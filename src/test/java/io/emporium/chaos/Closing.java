package io.emporium.chaos;

import org.jspecify.annotations.Nullable;

/** The end of a suite. */
final class Closing {
    private Closing() {}

    /** Closes them in order; what was never opened is passed over. */
    static void all(@Nullable AutoCloseable... opened) {
        for (AutoCloseable one : opened) {
            try {
                if (one != null) {
                    one.close();
                }
            } catch (Exception fault) {
                throw new IllegalStateException(fault);
            }
        }
    }
}
