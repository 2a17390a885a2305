package io.emporium.catalog.file;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Text as a cell of CSV and back. A spreadsheet takes a cell that begins with =, +, -, @, tab or CR for a formula and
 * would run what a stranger put there; an apostrophe before it makes it text again. Reading takes that apostrophe off,
 * so that a file written here and read again changes nothing: also text that had apostrophes before such a character
 * gets one more, and loses one.
 */
public final class CsvCell {
    private static final Pattern FORMULA = Pattern.compile("'*[=+\\-@\\t\\r]");
    private static final Pattern NEUTRALISED = Pattern.compile("'+[=+\\-@\\t\\r]");

    private CsvCell() {}

    /** Neutral and quoted where needed; null is an empty cell. */
    public static String write(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        String neutral = FORMULA.matcher(text).lookingAt() ? "'" + text : text;
        return needsQuotes(neutral) ? '"' + neutral.replace("\"", "\"\"") + '"' : neutral;
    }

    /** What stood there before it was made neutral. */
    public static String read(String cell) {
        return NEUTRALISED.matcher(cell).lookingAt() ? cell.substring(1) : cell;
    }

    private static boolean needsQuotes(String text) {
        return text.chars().anyMatch(c -> c == ',' || c == ';' || c == '"' || c == '\n' || c == '\r' || c == '\t')
                || text.charAt(0) == ' '
                || text.charAt(text.length() - 1) == ' ';
    }
}
