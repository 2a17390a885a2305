package io.emporium.deploy;

import io.emporium.outbox.NotAWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The settings that the application reads, as its sources have them. */
public final class ShopSettings {
    private static final Path PROPERTIES = Path.of("src/main/resources/application.properties");
    private static final Pattern IN_PROPERTIES = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)(?::([^{}$]*)})?");
    private static final Pattern IN_CODE = Pattern.compile(
            "(?:@ConfigProperty\\(name = |given\\(|getOptionalValue\\(|String (?:CERTIFICATE|KEY) = )\"([A-Z][A-Z0-9_]*)\"");

    /** Local mode's own word to the application, no setting. */
    private static final String LOCAL = "EMPORIUM_LOCAL";

    private ShopSettings() {}

    static Set<String> names() {
        Set<String> names = new TreeSet<>(defaults().keySet());
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                Matcher read = IN_CODE.matcher(Files.readString(source));
                while (read.find()) {
                    names.add(read.group(1));
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        names.remove(LOCAL);
        return names;
    }

    /** Those of application.properties and what holds without them: empty where that is another setting's. */
    public static Map<String, String> defaults() {
        Map<String, String> defaults = new TreeMap<>();
        for (String line : lines(PROPERTIES)) {
            // %test and %dev are not what an operator gets.
            if (!line.startsWith("#") && !line.startsWith("%")) {
                Matcher setting = IN_PROPERTIES.matcher(line);
                while (setting.find()) {
                    defaults.put(setting.group(1), setting.group(2) == null ? "" : setting.group(2));
                }
            }
        }
        return defaults;
    }

    /**
     * How long a process may take to end (docs/operations.md).
     *
     * @param environment what it is given
     */
    static Duration longestEnd(Map<String, String> environment) {
        boolean worker = !"false".equals(environment.get("EMPORIUM_WORKER"));
        return shutdownDelay(environment)
                .plus(property("quarkus.shutdown.timeout"))
                .plus(worker ? NotAWorker.PATIENCE : Duration.ZERO)
                .plus(property("quarkus.virtual-threads.shutdown-timeout"))
                .plus(property("quarkus.thread-pool.shutdown-timeout"));
    }

    static Duration shutdownDelay(Map<String, String> environment) {
        return seconds(environment.getOrDefault(
                "SHUTDOWN_DELAY", String.valueOf(defaults().get("SHUTDOWN_DELAY"))));
    }

    private static Duration property(String name) {
        return lines(PROPERTIES).stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> seconds(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static Duration seconds(String text) {
        return Duration.parse("PT" + text);
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
