package io.emporium.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the suite prints, and leaves in {@code target/chaos/table.md} row by row: a run that is broken off has shown something. */
final class Table {
    static final Path FILE = Settings.FOLDER.resolve("table.md");

    private final List<String> lines = new ArrayList<>();

    void title(String what) {
        add("");
        add("| " + what + " | trials | violations | recovered after, p50 | max |");
        add("|---|---:|---:|---:|---:|");
    }

    /** @param times shortest first */
    void row(String what, long trials, long violations, List<Duration> times) {
        add("| %s | %d | %d | %s | %s |"
                .formatted(
                        what,
                        trials,
                        violations,
                        times.isEmpty() ? "–" : seconds(times.get((times.size() - 1) / 2)),
                        times.isEmpty() ? "–" : seconds(times.getLast())));
    }

    void add(String line) {
        lines.add(line);
        Findings.say(line);
        try {
            Files.write(FILE, lines);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }
}
