package io.emporium.notification.delivery;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is to leave the house, written out in full: sending it needs nothing but this.
 *
 * @param userId whose it is
 * @param eventId what it tells of: an event makes one of a type for a recipient, however often it is told
 * @param recipient an e-mail address, a phone number in E.164, or a device's token
 * @param subject of a mail, or the title of a push message; at most 255 characters
 * @param html of a mail
 * @param segments of an SMS
 * @param about what it is about, for an app that opens it
 */
public record Message(
        Channel channel,
        Purpose purpose,
        long userId,
        UUID eventId,
        String type,
        String recipient,
        @Nullable String subject,
        String text,
        @Nullable String html,
        @Nullable Integer segments,
        @Nullable About about) {

    /** A thing of the shop's: {@code order} and its id. */
    public record About(String type, long id) {}
}
