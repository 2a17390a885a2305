package io.emporium.notification.delivery;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message in the hand of its sender.
 *
 * @param userId whom it is for; null where the address is all that is known
 * @param recipient an e-mail address, a phone number in E.164, or a device's token
 * @param subject of a mail, or the title of a push message
 * @param html of a mail; the other channels have text only
 * @param aboutType what it is about, for an app that opens it: order
 * @param unsureSince when somebody took it in hand of whom nobody knows whether they have sent it; null where it was surely
 *     not sent yet
 * @param listUnsubscribe of a promotion by mail, where one click ends them
 * @param traceparent where in a trace it was written; null where nobody traces it
 * @param sendBy after that it is old news and does not leave; null where it never is
 */
public record Delivery(
        long id,
        Channel channel,
        Purpose purpose,
        @Nullable Long userId,
        UUID eventId,
        String type,
        String recipient,
        @Nullable String subject,
        String text,
        @Nullable String html,
        @Nullable String aboutType,
        @Nullable Long aboutId,
        @Nullable Instant unsureSince,
        @Nullable String listUnsubscribe,
        @Nullable String traceparent,
        @Nullable Instant sendBy) {

    /** The same with other words: what stands in no row is put in when it leaves. */
    public Delivery saying(String otherText, @Nullable String otherHtml) {
        return new Delivery(
                id,
                channel,
                purpose,
                userId,
                eventId,
                type,
                recipient,
                subject,
                otherText,
                otherHtml,
                aboutType,
                aboutId,
                unsureSince,
                listUnsubscribe,
                traceparent,
                sendBy);
    }

    /** Whom it is for, and what it says, is nobody's business in a log. */
    @Override
    public String toString() {
        return "Delivery[" + id + " " + channel + "]";
    }
}
