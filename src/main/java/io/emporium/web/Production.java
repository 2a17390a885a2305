package io.emporium.web;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.ConfigurationException;

/** A shop that really sells: neither a test, nor development, nor local mode. */
public final class Production {
    private Production() {}

    /**
     * Stops the start of one that is not fit to sell.
     *
     * @param why what to set, for whoever reads the one line
     * @throws ConfigurationException in production
     */
    public static void refuse(String why) {
        if (LaunchMode.current() == LaunchMode.NORMAL && !Boolean.getBoolean("EMPORIUM_LOCAL")) {
            // Quarkus prints the message of this one, and nothing else, and exits with 1.
            throw new ConfigurationException("Emporium does not start: " + why);
        }
    }
}
