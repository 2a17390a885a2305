package io.emporium.web;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Keeps a log line one line, whatever somebody sent: an error's message may quote a client or a provider, and a line break
 * in it would write a second entry in the shop's name, a NUL make the file "binary". Named in {@code quarkus.log.console.filter}.
 */
@LoggingFilter(name = "one-line")
public final class OneLineLog implements Filter {

    @Override
    public boolean isLoggable(LogRecord entry) {
        String text = entry instanceof ExtLogRecord extended ? extended.getFormattedMessage() : entry.getMessage();
        if (entry instanceof ExtLogRecord extended
                && text != null
                && text.codePoints().anyMatch(OneLineLog::isControl)) {
            extended.setMessage(escaped(text), ExtLogRecord.FormatStyle.NO_FORMAT);
        }
        return true;
    }

    static String escaped(String text) {
        StringBuilder line = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            if (character == '\n') {
                line.append("\\n");
            } else if (isControl(character)) {
                line.append("\\u%04x".formatted(character));
            } else {
                line.appendCodePoint(character);
            }
        });
        return line.toString();
    }

    /** Also Unicode's own line ends, and what turns the direction of a text. */
    private static boolean isControl(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.FORMAT ->
                character != '\t';
            default -> false;
        };
    }
}
