package io.emporium.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files under {@code docker/} that say what is asked of the metrics: alert rules and dashboards. */
final class WatchFiles {
    static final Path RULES = Path.of("docker/prometheus/alerts.yml");
    private static final Path DASHBOARDS = Path.of("docker/grafana/dashboards");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What others tell Prometheus: itself, RabbitMQ, the cluster. */
    private static final Pattern FOREIGN =
            Pattern.compile("up|rabbitmq_detailed_queue_messages|(kubelet|certmanager)_\\w+");

    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\([^)]*\\)");
    private static final Pattern NAME = Pattern.compile("\\b[a-z][a-z0-9]*_[a-z0-9_]+\\b(?!\\s*\\()|\\bup\\b");

    private WatchFiles() {}

    record Alert(String name, String query, JsonNode rule) {}

    record Panel(String dashboard, String title, String query) {}

    static List<Alert> alerts() {
        List<Alert> alerts = new ArrayList<>();
        for (JsonNode group : yaml(RULES).path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                alerts.add(
                        new Alert(rule.path("alert").asText(), rule.path("expr").asText(), rule));
            }
        }
        return alerts;
    }

    static List<Panel> panels() {
        List<Panel> panels = new ArrayList<>();
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            for (Path file : files.sorted().toList()) {
                for (JsonNode panel : JSON.readTree(file.toFile()).path("panels")) {
                    for (JsonNode target : panel.path("targets")) {
                        panels.add(new Panel(
                                file.getFileName().toString(),
                                panel.path("title").asText(),
                                target.path("expr").asText()));
                    }
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return panels;
    }

    /** The metrics that a query names and that are the shop's own to tell. */
    static Set<String> metrics(String query) {
        Set<String> metrics = new TreeSet<>();
        // Neither what stands in braces nor labels that are grouped by are metrics.
        String bare = GROUPING.matcher(query.replaceAll("\\{[^}]*}", "").replaceAll("\\[[^]]*]", ""))
                .replaceAll("");
        Matcher name = NAME.matcher(STRING.matcher(bare).replaceAll(""));
        while (name.find()) {
            if (!FOREIGN.matcher(name.group()).matches()) {
                metrics.add(name.group());
            }
        }
        return metrics;
    }

    static boolean isForeign(String query) {
        return metrics(query).isEmpty();
    }

    private static JsonNode yaml(Path file) {
        try {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            return JSON.valueToTree(new Yaml(new SafeConstructor(options)).<Object>load(Files.readString(file)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
