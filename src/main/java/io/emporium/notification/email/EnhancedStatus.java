package io.emporium.notification.email;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Enhanced mail system status codes (RFC 3463), as far as they say whether to write to an address again. */
final class EnhancedStatus {
    private static final Pattern IN_TEXT = Pattern.compile("(?<![0-9.])[45]\\.[0-9]{1,3}\\.[0-9]{1,3}(?![0-9.])");
    private static final Pattern HARD = Pattern.compile("5\\.(1\\.(1|2|3|6|10)|2\\.1)");
    private static final int PERMANENT = 500;
    /** What Vert.x puts before a reply to MAIL FROM. */
    private static final String OF_SENDER = "sender address not accepted";

    private EnhancedStatus() {}

    /** The first one that a text has; empty where it has none. */
    static String in(String text) {
        Matcher status = IN_TEXT.matcher(text);
        return status.find() ? status.group() : "";
    }

    /**
     * Whether it is about the address for good: no such user, host or mailbox, or one that was closed. A full mailbox (5.2.2),
     * a mail too large (5.3.4) and a policy (5.7.x) are about this mail; "some address" (5.1.0) may be ours, a route that is not
     * found (5.4.4) the server's own, and "failed" (5.0.0) anything: each of them may be said of all customers at once.
     */
    static boolean isHard(String status) {
        return HARD.matcher(status).matches();
    }

    /**
     * Whether a mail server's reply to a mail says that there is no such mailbox. Without an enhanced status it does not: 550
     * is also what servers say that take us for a spammer. Nor where it was said of the sender.
     */
    static boolean isNoSuchMailbox(int replyCode, String reply) {
        return replyCode >= PERMANENT && !reply.startsWith(OF_SENDER) && isHard(in(reply));
    }
}
