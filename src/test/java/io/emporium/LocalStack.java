package io.emporium;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The servers of local mode for this run alone, in a JVM of their own. Unlike the tests' their data lasts (PostgreSQL
 * writes through): one that is killed must come back with what it has committed.
 */
public final class LocalStack implements AutoCloseable {
    private final Process process;
    private final Path data;
    private final Map<String, String> settings;

    private LocalStack(Process process, Path data, Map<String, String> settings) {
        this.process = process;
        this.data = data;
        this.settings = settings;
    }

    /**
     * Starts them all and waits; they end when their standard input does, and so with us.
     *
     * @param api where the providers find the shop's API, with a slash at its end
     * @param without those that are not to be started, as the local servers call them
     */
    public static LocalStack start(Path folder, String api, String... without)
            throws IOException, InterruptedException {
        Path arguments = Path.of("target", "local", "servers.args").toAbsolutePath();
        if (!Files.exists(arguments)) {
            throw new IllegalStateException("The local servers are not built: run this with ./mvnw");
        }
        String home = System.getenv().getOrDefault("EMPORIUM_HOME", System.getenv("HOME") + "/.emporium");
        Path data = folder.resolve("data");
        Path ready = folder.resolve("servers.ready");
        Files.deleteIfExists(ready);
        Process process = new ProcessBuilder(
                        Java.program(),
                        "@" + arguments,
                        "--data",
                        data.toString(),
                        "--programs",
                        Path.of(home, "programs").toString(),
                        "--ready",
                        ready.toString(),
                        "--api",
                        api,
                        "--skip",
                        String.join(",", without))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("servers.log").toFile())
                .start();
        while (!Files.exists(ready)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("The local servers ended, see " + folder.resolve("servers.log"));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return new LocalStack(process, data, read(ready));
    }

    private static Map<String, String> read(Path ready) throws IOException {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(ready)) {
            properties.load(reader);
        }
        Map<String, String> settings = new TreeMap<>();
        properties.forEach((name, value) -> settings.put(name.toString(), value.toString()));
        return settings;
    }

    public String setting(String name) {
        return settings.get(name);
    }

    /** What leads a shop here, as environment; it is a production start, which takes no key of local mode's. By card only, and nobody signs in elsewhere. */
    public Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(settings);
        environment
                .keySet()
                .removeIf(name -> Stream.of("EMPORIUM_", "PAYPAL_", "OIDC_").anyMatch(name::startsWith));
        environment.put("STRIPE_SECRET_KEY", "sk_test_of_a_packaged_shop");
        return environment;
    }

    public DataSource database() {
        var database = new PGSimpleDataSource();
        database.setServerNames(new String[] {setting("DB_HOST")});
        database.setPortNumbers(new int[] {Integer.parseInt(setting("DB_PORT"))});
        database.setDatabaseName(setting("DB_NAME"));
        database.setUser(setting("DB_USER"));
        database.setPassword(setting("DB_PASSWORD"));
        database.setConnectTimeout(3);
        database.setSocketTimeout(30);
        return database;
    }

    public Path mails() {
        return data.resolve("mails");
    }

    public void stop(String server) {
        turn(server, "stop");
    }

    public void start(String server) {
        turn(server, "start");
    }

    /** The process of a server that has one of its own; else the one in which it is with the others. */
    public ProcessHandle process(String server) {
        try {
            Path pid = data.resolve("run").resolve(server + ".pid");
            if (Files.exists(pid)) {
                return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                        .orElseThrow();
            }
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
        return server.equals("stripe") ? stripe() : process.toHandle();
    }

    private ProcessHandle stripe() {
        return process.descendants()
                .filter(each -> each.info().commandLine().orElse("").contains("local.stripe.FakeStripe"))
                .findFirst()
                .orElseThrow();
    }

    private void turn(String server, String action) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(setting("EMPORIUM_LOCAL_PAGE") + "/servers/" + server + "/" + action))
                .header("X-Emporium-Local", "1")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(action + " " + server + ": " + answer.body());
            }
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        List<ProcessHandle> theirs = process.descendants().toList();
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            theirs.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
