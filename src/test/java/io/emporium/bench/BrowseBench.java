package io.emporium.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.emporium.EmptyFolder;
import io.emporium.FreePort;
import io.emporium.Java;
import io.emporium.LocalStack;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What a customer does most, on a shop of ten thousand products and then of a million. Prints a line for each thing asked and
 * each number of clients, and the processor time that an answer took in the shop, the database, Redis and the search node.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowseBench {
    private static final String ADMIN_PASSWORD = "Admin-Passw0rd!of-the-bench";

    private static final Path FOLDER = Path.of("target", "bench").toAbsolutePath();
    private static final List<Integer> PRODUCTS = numbers("bench.products", "10000,1000000");
    private static final List<Integer> CLIENTS = numbers("bench.clients", "1,16,64");
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("bench.seconds", 5));
    private static final Duration WARM = Duration.ofSeconds(Integer.getInteger("bench.warm-seconds", 8));
    private static final Duration LONGEST_IMPORT = Duration.ofMinutes(30);
    private static final int POPULAR = 1_000;
    /** For looking into it: which lines, and what the shop's Java is told besides, such as to record what it does. */
    private static final String ONLY = System.getProperty("bench.only", ".*");

    /** Settings besides, such as EMPORIUM_WORKER=false, with commas between. */
    private static final Map<String, String> SETTINGS = Arrays.stream(
                    System.getProperty("bench.settings", "").split(","))
            .filter(setting -> setting.contains("="))
            .map(setting -> setting.split("=", 2))
            .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));

    private static final List<String> OPTIONS =
            List.of(System.getProperty("bench.java-options", "-Xmx512m").split(" "));
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Processors processors = new Processors();
    private final List<Process> started = new ArrayList<>();
    private final List<String> report = new ArrayList<>();
    private LocalStack servers;
    private Process shop;
    private int port;
    private String token;

    private boolean isWarm;
    private final Map<String, Double> bareMicros = new HashMap<>();

    /**
     * What is asked for: by which client, and how often it has asked before.
     *
     * @param besideIt the question of the bare endpoint whose answer is the same bytes, or empty
     */
    private record Question(String name, int port, String besideIt, IntFunction<IntFunction<String>> paths) {
        Question(String name, int port, IntFunction<IntFunction<String>> paths) {
            this(name, port, "", paths);
        }
    }

    @BeforeAll
    void open() throws Exception {
        EmptyFolder.make(FOLDER);
        servers = LocalStack.start(FOLDER, "http://127.0.0.1:9/api/v1/");
        Map<String, String> environment = new TreeMap<>(servers.environment());
        environment.put("ADMIN_EMAIL", "admin@example.com");
        environment.put("ADMIN_PASSWORD", ADMIN_PASSWORD);
        environment.put("RATE_LIMIT_ENABLED", "false");
        environment.put("JWT_EXPIRY", "24h");
        environment.putAll(SETTINGS);
        port = FreePort.next();
        environment.put("PORT", Integer.toString(port));
        int management = FreePort.next();
        environment.put("MANAGEMENT_PORT", Integer.toString(management));
        shop = start(
                "shop",
                environment,
                Stream.concat(
                                OPTIONS.stream(),
                                Stream.of(
                                        "-jar",
                                        Path.of("target", "quarkus-app", "quarkus-run.jar")
                                                .toAbsolutePath()
                                                .toString()))
                        .toList());
        awaitAnswer(management, "/q/health/ready");
        token = ask(
                        "POST",
                        "/api/v1/auth/login",
                        "{\"email\":\"admin@example.com\",\"password\":\"" + ADMIN_PASSWORD + "\"}")
                .path("data")
                .path("token")
                .asText();
        processors.watch("app", () -> Stream.of(shop.toHandle()));
        processors.watch("database", () -> Processors.whole(servers.process("postgres")));
        processors.watch("redis", () -> Stream.of(servers.process("redis")));
        // With the broker and the mail server, which have nearly nothing to do.
        processors.watch("search", () -> Stream.of(servers.process("search")));
    }

    @AfterAll
    void close() throws Exception {
        for (Process each : started) {
            each.destroy();
            if (!each.waitFor(20, TimeUnit.SECONDS)) {
                each.destroyForcibly();
            }
        }
        if (servers != null) {
            servers.close();
        }
    }

    @Test
    void browsing() throws Exception {
        say(Runtime.getRuntime().availableProcessors() + " cores shared with the clients, " + MEASURED.toSeconds()
                + " s a line after " + WARM.toSeconds() + " s of warming; Java " + Runtime.version());
        int bare = 0;
        int there = 0;
        for (int products : PRODUCTS) {
            load(there, products);
            there = products;
            if (bare == 0) {
                bare = startBare();
            }
            measure(products, bare);
        }
        Files.write(FOLDER.resolve("report.txt"), report);
    }

    private void measure(int products, int bare) throws Exception {
        say("");
        say(String.format(Locale.ROOT, "%,d products", products));
        say(String.format(
                Locale.ROOT,
                "%-22s %7s %9s %8s %8s %8s %6s %8s %8s %8s %7s",
                "asked for",
                "clients",
                "answers/s",
                "p50 ms",
                "p99 ms",
                "app µs",
                "× bare",
                "db µs",
                "redis µs",
                "search µs",
                "refused"));
        long newest = number("SELECT max(product_id) FROM products");
        long oldest = number("SELECT min(product_id) FROM products");
        List<Question> questions = List.of(
                new Question("bare list", bare, client -> asked -> "/list"),
                new Question("list", port, "bare list", client -> asked -> "/api/v1/products?limit=20"),
                new Question("bare product", bare, client -> asked -> "/product"),
                new Question("popular product", port, "bare product", client -> {
                    var random = new Random(client);
                    return asked -> "/api/v1/products/" + (newest - random.nextInt(POPULAR));
                }),
                new Question("any product", port, client -> {
                    var random = new Random(client);
                    return asked -> "/api/v1/products/" + (oldest + (long) (random.nextDouble() * (newest - oldest)));
                }),
                new Question("any page of a filter", port, client -> {
                    var random = new Random(client);
                    return asked -> "/api/v1/products?category=" + Shelf.category(random.nextInt(Shelf.THINGS.size()))
                            + "&min_price=" + random.nextInt(300) + "&max_price=" + (400 + random.nextInt(500))
                            + "&sort=price_asc&page=" + (1 + random.nextInt(5));
                }),
                new Question("search", port, client -> {
                    var random = new Random(client);
                    return asked -> "/api/v1/products/search?q="
                            + text(one(Shelf.QUALITIES, random) + " " + one(Shelf.THINGS, random));
                }),
                new Question("suggest", port, client -> {
                    var random = new Random(client);
                    return asked -> "/api/v1/products/suggest?q="
                            + text(one(Shelf.QUALITIES, random).substring(0, 3 + random.nextInt(3)));
                }));
        if (!isWarm) {
            // Else the first lines would be those of a process that is still being compiled.
            for (Question question : wanted(questions)) {
                Clients.ask(question.port, 16, WARM, question.paths);
            }
            isWarm = true;
        }
        measure(questions, bare);
        List<Question> byTheDatabase = questions.stream()
                .filter(question -> Set.of("search", "suggest").contains(question.name))
                .map(question -> new Question(question.name + ", no node", question.port, question.paths))
                .toList();
        if (byTheDatabase.stream().anyMatch(question -> question.name.matches(ONLY))) {
            servers.stop("search");
            measure(byTheDatabase, bare);
            servers.start("search");
        }
    }

    private void measure(List<Question> questions, int bare) throws Exception {
        for (Question question : wanted(questions)) {
            Clients.ask(question.port, 16, WARM, question.paths);
            for (int clients : CLIENTS) {
                Map<String, Duration> before = processors.used();
                Clients.Answers answers = Clients.ask(question.port, clients, MEASURED, question.paths);
                Map<String, Duration> after = processors.used();
                int count = Math.max(1, answers.micros().length);
                boolean isBare = question.port == bare;
                double micros = each(isBare ? "bare" : "app", before, after, count);
                if (isBare) {
                    bareMicros.put(question.name + clients, micros);
                }
                Double besideIt = bareMicros.get(question.besideIt + clients);
                say(String.format(
                        Locale.ROOT,
                        "%-22s %7d %9.0f %8.2f %8.2f %8.0f %6s %8s %8s %8s %7d",
                        question.name,
                        clients,
                        answers.perSecond(),
                        answers.millis(0.5),
                        answers.millis(0.99),
                        micros,
                        besideIt == null ? "" : String.format(Locale.ROOT, "%.1f", micros / besideIt),
                        isBare ? "-" : String.format(Locale.ROOT, "%.0f", each("database", before, after, count)),
                        isBare ? "-" : String.format(Locale.ROOT, "%.0f", each("redis", before, after, count)),
                        isBare ? "-" : String.format(Locale.ROOT, "%.0f", each("search", before, after, count)),
                        answers.refused()));
            }
        }
    }

    private static List<Question> wanted(List<Question> questions) {
        return questions.stream()
                .filter(question -> question.name.matches(ONLY))
                .toList();
    }

    private static double each(String part, Map<String, Duration> before, Map<String, Duration> after, int count) {
        return after.get(part).minus(before.get(part)).toNanos() / 1000.0 / count;
    }

    /** A file in one request, and then until the search knows them all. */
    private void load(int from, int to) throws Exception {
        Path file = FOLDER.resolve("products.csv");
        try (InputStream rows = Shelf.rows(from, to)) {
            Files.copy(rows, file, StandardCopyOption.REPLACE_EXISTING);
        }
        long before = residentMegabytes();
        Map<String, Duration> used = processors.used();
        long begun = System.nanoTime();
        HttpRequest request = HttpRequest.newBuilder(at("/api/v1/products/import"))
                .timeout(LONGEST_IMPORT)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "text/csv")
                .POST(HttpRequest.BodyPublishers.ofFile(file))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        double seconds = (System.nanoTime() - begun) / 1e9;
        JsonNode imported = JSON.readTree(answer.body()).path("data");
        if (answer.statusCode() != 200 || imported.path("created").asInt() != to - from) {
            throw new IllegalStateException("Not imported: " + answer.body());
        }
        say("");
        say(String.format(
                Locale.ROOT,
                "imported %,d products in %.1f s: %,.0f a second; the shop's memory %d MB before, at most %d MB since its start",
                to - from,
                seconds,
                (to - from) / seconds,
                before,
                mostResidentMegabytes()));
        while (number("SELECT count(*) FROM (SELECT 1 FROM search_documents WHERE due_at IS NOT NULL LIMIT 1) due")
                > 0) {
            TimeUnit.MILLISECONDS.sleep(500);
        }
        say(String.format(
                Locale.ROOT,
                "all found by the search %.0f s after the import began; each cost the shop %.0f µs, the database %.0f, the search node %.0f",
                (System.nanoTime() - begun) / 1e9,
                each("app", used, processors.used(), to - from),
                each("database", used, processors.used(), to - from),
                each("search", used, processors.used(), to - from)));
        try (Connection connection = servers.database().getConnection();
                Statement statement = connection.createStatement()) {
            // As autovacuum would have it in a minute or two, so that no line is measured while it runs.
            statement.execute("VACUUM ANALYZE");
        }
    }

    private int startBare() throws Exception {
        Path project = Path.of("src", "bench", "bare").toAbsolutePath();
        Path built = FOLDER.resolve("bare");
        Process build = new ProcessBuilder(
                        Path.of("mvnw").toAbsolutePath().toString(),
                        "-B",
                        "-q",
                        "-f",
                        project.resolve("pom.xml").toString(),
                        "-Dquarkus.version=" + System.getProperty("bench.quarkus"),
                        "-Dcompiler-plugin.version=" + System.getProperty("bench.compiler-plugin"),
                        "-DbuildDirectory=" + built,
                        "package")
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("bare-build.log").toFile())
                .start();
        started.add(build);
        if (build.waitFor() != 0) {
            throw new IllegalStateException("See " + FOLDER.resolve("bare-build.log"));
        }
        Files.writeString(FOLDER.resolve("list.json"), body("/api/v1/products?limit=20"));
        Files.writeString(
                FOLDER.resolve("product.json"),
                body("/api/v1/products/" + number("SELECT max(product_id) FROM products")));
        int barePort = FreePort.next();
        Process process = start(
                "bare",
                Map.of("QUARKUS_HTTP_PORT", Integer.toString(barePort), "QUARKUS_HTTP_HOST", "127.0.0.1"),
                List.of(
                        "-Xmx512m",
                        "-Dbare.list=" + FOLDER.resolve("list.json"),
                        "-Dbare.product=" + FOLDER.resolve("product.json"),
                        "-jar",
                        built.resolve("quarkus-app").resolve("quarkus-run.jar").toString()));
        awaitAnswer(barePort, "/list");
        processors.watch("bare", () -> Stream.of(process.toHandle()));
        return barePort;
    }

    private Process start(String name, Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Java.program()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve(name + ".log").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private void awaitAnswer(int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        for (int tries = 0; tries < 600; tries++) {
            try {
                if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                // It is starting.
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new IllegalStateException("No answer from " + path + ", see " + FOLDER);
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private JsonNode ask(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(at(path))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private String body(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(at(path)).timeout(Duration.ofSeconds(10)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private long number(String query) throws SQLException {
        try (Connection connection = servers.database().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    private long residentMegabytes() throws IOException {
        return megabytes("VmRSS:");
    }

    private long mostResidentMegabytes() throws IOException {
        return megabytes("VmHWM:");
    }

    private long megabytes(String line) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(shop.pid()), "status")).stream()
                .filter(each -> each.startsWith(line))
                .map(each -> each.replaceAll("\\D", ""))
                .mapToLong(kilobytes -> Long.parseLong(kilobytes) / 1024)
                .findFirst()
                .orElse(-1);
    }

    private void say(String line) {
        System.out.println(line);
        report.add(line);
    }

    private static String one(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static String text(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private static List<Integer> numbers(String property, String usual) {
        return Arrays.stream(System.getProperty(property, usual).split(","))
                .map(Integer::valueOf)
                .toList();
    }
}
