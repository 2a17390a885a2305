package io.emporium.notification.email;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Our mails' Message-IDs, {@code <event.delivery@domain>}: by it a bounce says which mail it is about. */
record MessageIds(String domain) {
    private static final Pattern OURS = Pattern.compile(
            "<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\\.([0-9]{1,18})@[^<>\\s]{1,255}>");
    private static final Pattern DOMAIN = Pattern.compile(".*@([^>\\s]+).*");

    /** A mail of ours. */
    record Named(UUID eventId, long deliveryId) {}

    /** @param domain the shop's domain, or an address in it as mails are sent from */
    MessageIds {
        domain = DOMAIN.matcher(domain).replaceAll("$1");
    }

    String of(UUID eventId, long deliveryId) {
        return "<" + eventId + "." + deliveryId + "@" + domain + ">";
    }

    static Optional<Named> read(String messageId) {
        Matcher ours = OURS.matcher(messageId.strip());
        return ours.matches()
                ? Optional.of(new Named(UUID.fromString(ours.group(1)), Long.parseLong(ours.group(2))))
                : Optional.empty();
    }
}
