package io.emporium.notification.delivery;

/** One line of plain text, whatever somebody typed. */
public final class PlainLine {
    private PlainLine() {}

    /**
     * Without control characters, line breaks and broken characters; each run of them is a space. Nor can it turn the reading
     * direction of what stands beside it (Unicode's Bidi_Control).
     */
    public static String of(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cs}]+", " ")
                .replaceAll("[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]+", "")
                .strip();
    }
}
