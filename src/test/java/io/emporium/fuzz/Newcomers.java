package io.emporium.fuzz;

import io.emporium.Shopper;

/** Customers who come again when the shop has too many passwords to look at. */
final class Newcomers {
    private static final int TRIES = 20;

    private Newcomers() {}

    static Shopper registered() {
        for (int i = 1; ; i++) {
            try {
                return Shopper.registered();
            } catch (AssertionError busy) {
                if (i == TRIES || !String.valueOf(busy.getMessage()).contains("<503>")) {
                    throw busy;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
