package io.emporium.notification.email;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A header's text as it travels (RFC 2047). The mail client encodes it too, but each half of a character beyond the first
 * 65,536 by itself, so that an emoji becomes two question marks; what this gives it is ASCII, and left as it is.
 */
final class EncodedWords {
    /** With the header's name before the first of them no line is longer than 76 characters. */
    private static final int MOST_BYTES = 36;

    private EncodedWords() {}

    /** @param text one line */
    static String of(String text) {
        // What somebody typed that looks like an encoded word would be read as one.
        if (text.chars().allMatch(c -> c >= ' ' && c <= '~') && !text.contains("=?")) {
            return text;
        }
        var words = new StringBuilder();
        var word = new StringBuilder();
        int bytes = 0;
        for (int character : text.codePoints().toArray()) {
            String one = Character.toString(character);
            int length = one.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + length > MOST_BYTES) {
                // The space between two encoded words is none of the text.
                words.append(encoded(word)).append("\n ");
                word.setLength(0);
                bytes = 0;
            }
            word.append(one);
            bytes += length;
        }
        return words.append(encoded(word)).toString();
    }

    private static String encoded(CharSequence word) {
        return "=?UTF-8?B?"
                + Base64.getEncoder().encodeToString(word.toString().getBytes(StandardCharsets.UTF_8))
                + "?=";
    }
}
