package io.emporium.web;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.ConfigurationException;

/** A shop that really sells: neither a test, nor development, nor local mode; and how one is kept from starting that is not fit to. */
public final class Production {
    /**
     * Where what looks at the settings stands among the observers of the start: before the scheduler (0) and the broker's lines
     * (1000). So the one line is the first and the last that somebody sees, and a start that is refused leaves no trace.
     */
    public static final int CHECKED_FIRST = -1000;

    private Production() {}

    public static boolean is() {
        return LaunchMode.current() == LaunchMode.NORMAL && !Boolean.getBoolean("EMPORIUM_LOCAL");
    }

    /**
     * Stops the start of one that is not fit to sell.
     *
     * @param why what to set, for whoever reads the one line
     * @throws ConfigurationException in production
     */
    public static void refuse(String why) {
        if (is()) {
            throw refusal(why);
        }
    }

    /**
     * What stops a start, anywhere: Quarkus prints its message, and nothing else, and exits with 1.
     *
     * @param why as in {@link #refuse}
     */
    public static ConfigurationException refusal(String why) {
        return new ConfigurationException("Emporium does not start: " + why);
    }
}
