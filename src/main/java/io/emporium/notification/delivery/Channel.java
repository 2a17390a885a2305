package io.emporium.notification.delivery;

import java.util.Locale;

/** A way out of the house. What is told in the shop itself is no delivery. */
public enum Channel {
    EMAIL("The mail server", "mails"),
    SMS("Twilio", "SMS"),
    PUSH("FCM", "push messages");

    private final String provider;
    private final String messages;

    Channel(String provider, String messages) {
        this.provider = provider;
        this.messages = messages;
    }

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Who carries it, for the log. */
    String provider() {
        return provider;
    }

    /** What it carries, for the log. */
    String messages() {
        return messages;
    }
}
