package io.emporium.local;

import io.emporium.local.provider.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The SMS and push messages that local mode has caught: numbered from 1, the last 5,000 of them, kept in a file. */
final class Phones {
    private static final int MOST = 5_000;

    private final Path file;
    private final List<Map<String, Object>> messages = new ArrayList<>();
    private long last;

    Phones(DataFolder data) throws IOException {
        file = data.folder("phones").resolve("messages.ndjson");
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                keep(Json.readObject(line));
            }
        }
    }

    /**
     * @param channel sms or push
     * @param title of a push message; null for an SMS
     * @param more what else there is to say of it, by name
     */
    synchronized Map<String, Object> add(String channel, String to, String title, String text, Map<String, Object> more)
            throws IOException {
        Map<String, Object> message = Json.object(
                "id",
                last + 1,
                "channel",
                channel,
                "to",
                to,
                "title",
                title,
                "text",
                text,
                "date",
                Instant.now().toString());
        message.putAll(more);
        Files.writeString(
                file,
                Json.write(message) + "\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        keep(message);
        return message;
    }

    private void keep(Map<String, Object> message) {
        if (messages.size() == MOST) {
            messages.removeFirst();
        }
        messages.add(message);
        last = Json.number(message, "id", last);
    }

    /** Newest first, of those for a recipient, or of all where it is null. */
    synchronized List<Map<String, Object>> list(String recipient) {
        return messages.reversed().stream()
                .filter(message -> recipient == null || recipient.equals(message.get("to")))
                .toList();
    }

    synchronized void clear() throws IOException {
        messages.clear();
        Files.deleteIfExists(file);
    }
}
