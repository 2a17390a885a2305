package io.emporium.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.Shopper;
import io.emporium.web.OneLineLog;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.handlers.ConsoleHandler;
import org.jboss.logmanager.handlers.WriterHandler;
import org.junit.jupiter.api.Test;

/** A log entry of production is one line and one JSON object, whatever was in it. */
@QuarkusTest
@TestProfile(JsonLogTest.AsInProduction.class)
class JsonLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Logs as production does. */
    public static final class AsInProduction implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.log.console.json.enabled", "true", "TRACES", "true");
        }

        @Override
        public java.util.Set<Class<?>> getEnabledAlternatives() {
            return java.util.Set.of(TraceTest.Kept.class);
        }
    }

    @Test
    void whatever_is_in_it_an_entry_is_one_line_and_one_object() throws IOException {
        var nasty = "no\r\n{\"level\":\"INFO\"}\u2028\u0000\u202e\"}\\";
        ExtLogRecord entry = new ExtLogRecord(
                org.jboss.logmanager.Level.WARN, "declined: %s", ExtLogRecord.FormatStyle.PRINTF, "test");
        entry.setParameters(new Object[] {nasty});
        entry.setLoggerName("io.emporium.test");
        entry.setThrown(new IllegalStateException(nasty, new RuntimeException("cause\nof it")));

        List<JsonNode> lines = written(List.of(entry, entry));
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst().path("message").asText()).startsWith("declined: no\\u000d\\n{");
        assertThat(lines.getFirst().path("level").asText()).isEqualTo("WARN");
        assertThat(lines.getFirst().path("timestamp").asText()).isNotEmpty();
        assertThat(lines.getFirst().toString())
                .contains("IllegalStateException")
                .contains("cause");
    }

    @Test
    void an_entry_says_in_which_request_it_was_of_whom_and_in_which_trace() {
        List<ExtLogRecord> entries = new ArrayList<>();
        Handler all = new ExtHandler() {
            @Override
            protected void doPublish(ExtLogRecord entry) {
                entry.copyMdc();
                entries.add(entry);
            }
        };
        Shopper ada = Shopper.registered();
        Shopper bob = Shopper.registered();
        Logger logger = Logger.getLogger("io.emporium");
        all.setLevel(Level.ALL);
        logger.addHandler(all);
        try {
            for (Shopper one : List.of(ada, bob, ada)) {
                one.request()
                        .header("X-Request-Id", "asked-by-" + one.userId)
                        .get("/api/v1/probe/logs")
                        .then()
                        .statusCode(200);
            }
        } finally {
            logger.removeHandler(all);
        }
        List<ExtLogRecord> said = entries.stream()
                .filter(entry -> entry.getFormattedMessage().equals("Somebody asked"))
                .toList();
        assertThat(said).hasSize(3);
        assertThat(said.getFirst().getMdc("request_id")).isEqualTo("asked-by-" + ada.userId);
        assertThat(said.getFirst().getMdc("traceId")).matches("[0-9a-f]{32}");
        String user = said.getFirst().getMdc("user");
        assertThat(user).isNotEmpty().isEqualTo(said.getLast().getMdc("user")).doesNotContain("" + ada.userId);
        assertThat(said.get(1).getMdc("user")).isNotEmpty().isNotEqualTo(user);
    }

    /** As the console writes them. */
    private static List<JsonNode> written(List<ExtLogRecord> entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var handler = new WriterHandler();
        handler.setFormatter(console().getFormatter());
        handler.setWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
        handler.setFilter(new OneLineLog());
        entries.forEach(handler::publish);
        handler.close();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : bytes.toString(StandardCharsets.UTF_8).lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static Handler console() {
        return Arrays.stream(Logger.getLogger("").getHandlers())
                .flatMap(handler -> handler instanceof ExtHandler nest
                        ? Stream.concat(Stream.of(nest), Arrays.stream(nest.getHandlers()))
                        : Stream.of(handler))
                .filter(ConsoleHandler.class::isInstance)
                .findFirst()
                .orElseThrow();
    }
}
