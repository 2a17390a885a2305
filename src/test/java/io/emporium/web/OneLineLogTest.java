package io.emporium.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.jboss.logmanager.handlers.ConsoleHandler;
import org.jboss.logmanager.handlers.WriterHandler;
import org.junit.jupiter.api.Test;

/** A client's text cannot write a second line into the log (ASVS 16.4.1). */
@QuarkusTest
class OneLineLogTest {

    @Test
    void whatever_is_in_a_message_it_is_one_line() {
        String written = write(entry("declined: %s", "no\r\n12:00:00 INFO admin signed in\u2028x\u0000y\u202e"));
        assertThat(written).isEqualTo("declined: no\\u000d\\n12:00:00 INFO admin signed in\\u2028x\\u0000y\\u202e");
    }

    @Test
    void what_has_nothing_of_it_stays() {
        assertThat(write(entry("%s paid 100 %%, in Köln\tby %s", "Ann", "card")))
                .isEqualTo("Ann paid 100 %, in Köln\tby card");
    }

    @Test
    void the_console_has_the_filter() {
        for (Handler console : consoles(Logger.getLogger(""))) {
            ExtLogRecord entry = entry("%s", "two\nlines");
            assertThat(console.getFilter().isLoggable(entry)).isTrue();
            assertThat(entry.getFormattedMessage()).isEqualTo("two\\nlines");
        }
        assertThat(consoles(Logger.getLogger(""))).isNotEmpty();
    }

    private static ExtLogRecord entry(String format, Object... parameters) {
        var entry = new ExtLogRecord(Level.WARNING, format, ExtLogRecord.FormatStyle.PRINTF, "test");
        entry.setParameters(parameters);
        return entry;
    }

    private static String write(ExtLogRecord entry) {
        var bytes = new ByteArrayOutputStream();
        var handler = new WriterHandler();
        handler.setFormatter(new PatternFormatter("%s"));
        handler.setWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
        handler.setFilter(new OneLineLog());
        handler.publish(entry);
        handler.close();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<Handler> consoles(Logger logger) {
        return Arrays.stream(logger.getHandlers())
                .flatMap(handler -> handler instanceof ExtHandler nest
                        ? Stream.concat(Stream.of(nest), Arrays.stream(nest.getHandlers()))
                        : Stream.of(handler))
                .filter(ConsoleHandler.class::isInstance)
                .toList();
    }
}
