package io.emporium.notification.delivery;

import io.emporium.shared.HttpCalls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came of an attempt to send a message. Reasons are for those who run the shop, and name no recipient. */
public sealed interface Sending {
    /** Of a call that nobody answered. */
    static Sending of(HttpCalls.NoAnswer lost) {
        String why = String.valueOf(lost.getMessage());
        return lost.isUnsent() ? new Away(why, null) : new Failed(why, true, false);
    }

    /**
     * The provider has it now.
     *
     * @param providerId its name for it, by which it tells what became of it; null where it has none
     */
    record Sent(@Nullable String providerId) implements Sending {}

    /**
     * The provider is there and does not want this message: this was one of its tries.
     *
     * @param kind what it is called, without what is this message's only: many messages that are refused alike, one after the
     *     other, and it is not the messages
     */
    record Refused(String reason, String kind) implements Sending {
        public Refused(String reason) {
            this(reason, reason);
        }
    }

    /**
     * The provider is there and does not want this message yet: for some hours that is none of its tries.
     *
     * @param kind as of {@link Refused}
     */
    record Deferred(String reason, String kind) implements Sending {}

    /**
     * The provider is there, and cannot reach recipients of this kind: one of this message's tries, and however many are told so, those
     * of another kind go on.
     */
    record Barred(String reason) implements Sending {}

    /** The provider will never take this message: no such number or device. */
    record Undeliverable(String reason) implements Sending {}

    /** The mail server of the address says that there is no such mailbox. */
    record Bounced(String reason) implements Sending {}

    /** It could not be made ready to leave, and nobody was asked to take it: this was one of its tries. */
    record Unready(String reason) implements Sending {}

    /** It could not be made ready yet, for those who do that are busy: nobody was asked to take it, and it is none of its tries. */
    record Busy(String reason) implements Sending {}

    /** Nobody waits for it any more: it does not leave, and is as if it had not been written. */
    record Unwanted() implements Sending {}

    /**
     * The provider did not do its part: a time-out, a 5xx. By itself one of this message's tries; several in a row, whatever
     * the messages, and the provider is taken to be away.
     *
     * @param isUnsure whether it may be sent all the same
     * @param hasAnswered whether the provider said anything at all: if so it is there, whatever it does
     */
    record Failed(String reason, boolean isUnsure, boolean hasAnswered) implements Sending {}

    /**
     * The provider is not there, lets nobody in, or wants us to slow down: everything waits, and it is no message's try.
     *
     * @param retryAfter how long it wants to be left alone; null where it did not say
     */
    record Away(String reason, @Nullable Duration retryAfter) implements Sending {}
}
