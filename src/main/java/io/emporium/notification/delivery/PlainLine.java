package io.emporium.notification.delivery;

import java.text.BreakIterator;
import java.util.Locale;
import java.util.regex.Pattern;

/** Plain text, whatever somebody typed. */
public final class PlainLine {
    /** Control characters, line breaks and halves of characters. */
    private static final String BROKEN = "\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}";

    private static final Pattern NO_PART_OF_A_LINE = Pattern.compile("[" + BROKEN + "]+");
    private static final Pattern NO_PART_OF_LINES = Pattern.compile("[" + BROKEN + "&&[^\\n\\t]]+");

    /**
     * Unicode's Bidi_Control: they turn the reading direction of what stands beside them; scripts that are written to the left
     * need none.
     */
    private static final Pattern TURNS = Pattern.compile("[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]+");

    private PlainLine() {}

    /**
     * One line, without control characters, line breaks and broken characters; each run of them is a space. Nor can it turn the
     * reading direction of what stands beside it.
     */
    public static String of(String text) {
        return unturned(NO_PART_OF_A_LINE.matcher(text).replaceAll(" ")).strip();
    }

    /** Its beginning: so many chars at most, and no character that a reader sees as one is cut in two. */
    public static String of(String text, int most) {
        String line = of(text);
        if (line.length() <= most) {
            return line;
        }
        var characters = BreakIterator.getCharacterInstance(Locale.ROOT);
        characters.setText(line);
        return line.substring(0, characters.preceding(most + 1)).strip();
    }

    /** As {@link #of(String)}, of several lines: they stay as many, and tabs stay too. */
    public static String lines(String text) {
        return unturned(NO_PART_OF_LINES.matcher(text).replaceAll(" "));
    }

    private static String unturned(String text) {
        return TURNS.matcher(text).replaceAll("");
    }
}
