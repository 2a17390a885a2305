package io.emporium.notification.email;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What mail servers say, without whom they say it of: logs and rows' errors are read by more people than mails are. */
final class Discreet {
    private static final Pattern ADDRESS = Pattern.compile("<[^<>\\s]{1,320}@[^<>\\s]{1,320}>");

    private Discreet() {}

    /** @param recipient goes too where it stands without brackets */
    static String of(String words, String recipient) {
        String less = recipient.isBlank()
                ? words
                : Pattern.compile(Pattern.quote(recipient), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                        .matcher(words)
                        .replaceAll(Matcher.quoteReplacement("(address)"));
        return ADDRESS.matcher(less).replaceAll("<(address)>");
    }
}
