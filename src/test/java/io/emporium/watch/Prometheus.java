package io.emporium.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A Prometheus of the tests' own, where there is one to start: Debian's package {@code prometheus}. {@code .ci/run} installs it. */
final class Prometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final URI base;
    private final HttpClient http = HttpClient.newHttpClient();

    static boolean isHere() {
        return isHere("prometheus") && isHere("promtool");
    }

    private static boolean isHere(String program) {
        try {
            return new ProcessBuilder("sh", "-c", "command -v " + program)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException none) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * @param shop the port that is scraped every second, and each rule asked
     * @param rules a file of alert rules
     */
    Prometheus(Path folder, int shop, Path rules) throws IOException, InterruptedException {
        int port = FreePort.next();
        this.base = URI.create("http://127.0.0.1:" + port);
        Path settings = folder.resolve("prometheus.yml");
        Files.writeString(settings, """
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: emporium
                    metrics_path: /q/metrics
                    static_configs: [{targets: ["127.0.0.1:%d"]}]
                """.formatted(rules.toAbsolutePath(), shop));
        this.process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + settings,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new IllegalStateException(Files.readString(folder.resolve("prometheus.log")));
            }
            Thread.sleep(100);
        }
    }

    private boolean isReady() throws IOException, InterruptedException {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Names of the alerts that fire now. */
    Set<String> firing() {
        Set<String> firing = new TreeSet<>();
        for (JsonNode alert : ask("/api/v1/alerts").at("/data/alerts")) {
            if (alert.path("state").asText().equals("firing")) {
                firing.add(alert.at("/labels/alertname").asText());
            }
        }
        return firing;
    }

    /** How many series a query has now. */
    int series(String query) {
        JsonNode answer = ask("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        if (!answer.path("status").asText().equals("success")) {
            throw new IllegalArgumentException(query + ": " + answer);
        }
        return answer.at("/data/result").size();
    }

    private JsonNode ask(String path) {
        try {
            return JSON.readTree(get(path).body());
        } catch (IOException lost) {
            throw new java.io.UncheckedIOException(lost);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Runs promtool; what it printed if it found fault, empty otherwise. */
    static String promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return tool.waitFor() == 0 ? "" : said;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
