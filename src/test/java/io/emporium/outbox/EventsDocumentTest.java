package io.emporium.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.shared.Money;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/events.md against the code. {@code -Devents.write=true} writes what it says of the events anew; what is lost then
 * is shown by git.
 */
class EventsDocumentTest {
    private static final Path DOCUMENT = Path.of("docs/events.md");
    private static final String BEGIN = "<!-- made by EventsDocumentTest from here on -->\n\n";

    private final EventsDocument document = new EventsDocument();

    @Test
    void every_event_has_its_section_with_the_fields_and_the_example_of_the_code() throws IOException {
        List<DomainEvent> events = EventsDocument.all();
        assertThat(events).hasSizeGreaterThan(15);
        String told = events.stream().map(document::section).collect(Collectors.joining("\n"));
        String there = Files.readString(DOCUMENT);
        int begin = there.indexOf(BEGIN) + BEGIN.length();
        assertThat(begin).isGreaterThan(BEGIN.length());
        if (Boolean.getBoolean("events.write")) {
            Files.writeString(DOCUMENT, there.substring(0, begin) + told);
        }
        assertThat(Files.readString(DOCUMENT).substring(begin)).isEqualTo(told);
    }

    @Test
    void an_example_read_is_the_event_it_was_made_from() {
        var cloudEvents = new CloudEvents();
        for (DomainEvent event : EventsDocument.all()) {
            ReceivedEvent received = cloudEvents.read(cloudEvents.write(event).getBytes(StandardCharsets.UTF_8));
            assertThat(received.type()).isEqualTo(event.type());
            assertThat((Object) received.as(event.getClass())).isEqualTo(event);
        }
    }

    @Test
    void an_older_reader_passes_over_what_it_does_not_know() {
        record OnlyTheTotal(Money total) {}
        var cloudEvents = new CloudEvents();
        DomainEvent placed = EventsDocument.all().stream()
                .filter(event -> event.type().equals("order.placed"))
                .findFirst()
                .orElseThrow();
        var received = cloudEvents.read(cloudEvents
                .write(placed)
                .replace("\"data\":{", "\"traceparent\":\"00-x\",\"data\":{\"news\":[1],")
                .getBytes(StandardCharsets.UTF_8));
        assertThat(received.as(OnlyTheTotal.class).total().amount()).isEqualByComparingTo("2599.98");
    }

    @Test
    void the_document_names_the_exchange_and_the_queues_as_they_are() throws IOException {
        String there = Files.readString(DOCUMENT);
        var config = new Properties();
        try (var settings = Files.newBufferedReader(Path.of("src/main/resources/application.properties"))) {
            config.load(settings);
        }
        for (String key : List.of(
                "mp.messaging.connector.emporium-rabbitmq.exchange.name",
                "mp.messaging.connector.emporium-rabbitmq.dead-letter-exchange",
                "mp.messaging.connector.emporium-rabbitmq.dead-letter-queue-name",
                "mp.messaging.incoming.notification.queue.name",
                "mp.messaging.incoming.search.queue.name")) {
            assertThat(there).contains("`" + config.getProperty(key) + "`");
        }
    }
}
