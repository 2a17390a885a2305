package io.emporium;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Local mode as the application sees it. The build leaves {@code target/local/servers.args} beside the classes; where it is,
 * the servers are started in a JVM of their own before Quarkus starts, and what leads to them becomes system properties.
 * After a live reload the same JVM is still there and nothing is started. Uses the JDK only, since it runs before Quarkus.
 */
final class LocalMode {

    /** Why local mode cannot be entered, in one plain line. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String line) {
            super(line);
        }
    }

    /** Each server, and the settings of which one is enough to use another server instead of ours. */
    private static final Map<String, List<String>> POINTERS = pointers();

    /** The accounts of local mode; the shop itself has no such defaults. */
    private static final Map<String, String> ACCOUNTS = Map.of(
            "ADMIN_EMAIL", "admin@example.com",
            "ADMIN_PASSWORD", "Admin-Passw0rd!",
            "DEMO_CUSTOMER_EMAIL", "customer@example.com",
            "DEMO_CUSTOMER_PASSWORD", "Customer-Passw0rd!");

    /** In a database of the user's own nothing is made up, and no account whose password everybody knows. */
    private static final Map<String, String> NO_DEMO = Map.of("DEMO_CATALOG", "false");

    /** Everybody here has one address and Stripe's few test cards: what is counted by them says nothing. */
    private static final Map<String, String> NOT_COUNTED = Map.of(
            "EMPORIUM_FRAUD_RULES_ATTEMPTS_BY_CARD", "off",
            "EMPORIUM_FRAUD_RULES_DECLINES_BY_CARD", "off",
            "EMPORIUM_FRAUD_RULES_ATTEMPTS_BY_ADDRESS", "off",
            "EMPORIUM_FRAUD_RULES_DECLINES_BY_ADDRESS", "off");

    private static final String PROCESS = "emporium.local.process";
    private static final String SET_BY_US = "emporium.local.settings";

    private final Path arguments;
    private final Path home;
    private final Path data;
    private final boolean test;
    private final int port;
    private final PrintStream out;

    /**
     * @param arguments the build's argument file for {@code java}
     * @param home the folder of this user's local mode, with the programs that tests use too
     * @param data where the servers keep what is theirs
     * @param test start from nothing
     * @param port where the application will listen, for the webhooks of the fake providers
     * @param out where progress is told
     */
    LocalMode(Path arguments, Path home, Path data, boolean test, int port, PrintStream out) {
        this.arguments = arguments;
        this.home = home;
        this.data = data;
        this.test = test;
        this.port = port;
        this.out = out;
    }

    /** The argument file if this runs from a build folder, in dev mode or in a test; null when it runs from a jar. */
    static @Nullable Path argumentFile() {
        CodeSource source = LocalMode.class.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return null;
        }
        try {
            Path classes = Path.of(source.getLocation().toURI());
            if (!Files.isDirectory(classes)) {
                return null;
            }
            Path file = classes.resolveSibling("local").resolve("servers.args");
            return Files.exists(file) ? file : null;
        } catch (URISyntaxException | IllegalArgumentException | java.nio.file.FileSystemNotFoundException notAFolder) {
            return null;
        }
    }

    /** {@code EMPORIUM_HOME}, else {@code .emporium} in the user's home folder. */
    static Path home() {
        String home = given("EMPORIUM_HOME", dotEnv());
        if (home != null) {
            return Path.of(home);
        }
        // The environment's HOME is asked first: Java's own answer is the password file's.
        String user = System.getenv("HOME");
        return Path.of(user == null || user.isBlank() ? System.getProperty("user.home") : user, ".emporium");
    }

    /** {@code PORT}, or 3000. */
    static int port() {
        String port = given("PORT", dotEnv());
        try {
            return port == null ? 3000 : Integer.parseInt(port.strip());
        } catch (NumberFormatException e) {
            throw new Refused("PORT must be a number, it is: " + port);
        }
    }

    /** A free one where none is given: two shops on one machine shall not be in each other's way. A reload keeps it. */
    static void chooseManagementPort() {
        if (given("MANAGEMENT_PORT", dotEnv()) == null) {
            try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                System.setProperty("MANAGEMENT_PORT", Integer.toString(free.getLocalPort()));
            } catch (IOException none) {
                throw new Refused("Local mode finds no free port: " + none.getMessage());
            }
        }
    }

    static boolean entered() {
        return Boolean.getBoolean("EMPORIUM_LOCAL");
    }

    /** Starts the servers, or finds those of before a reload, and sets what leads to them as system properties. */
    Map<String, String> enter() {
        Map<String, String> settings = found();
        if (settings != null) {
            return settings;
        }
        Map<String, String> dotEnv = dotEnv();
        // Tests write, break and empty what they find: never the servers that a setting points to.
        settings = start(test ? name -> false : name -> given(name, dotEnv) != null);
        settings.forEach(System::setProperty);
        System.setProperty(SET_BY_US, String.join(",", settings.keySet()));
        return settings;
    }

    /** The settings in force if our servers still live; otherwise forgets them, so that they do not look like the user's. */
    private static @Nullable Map<String, String> found() {
        String names = System.getProperty(SET_BY_US);
        if (names == null) {
            return null;
        }
        long pid = Long.getLong(PROCESS, -1);
        boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        Map<String, String> settings = new TreeMap<>();
        for (String name : names.split(",", -1)) {
            String value = System.getProperty(name);
            if (value != null) {
                settings.put(name, value);
            }
            if (!alive) {
                System.clearProperty(name);
            }
        }
        if (!alive) {
            System.clearProperty(SET_BY_US);
            return null;
        }
        return settings;
    }

    /** Starts the servers and waits for them, which prints what they tell. */
    Map<String, String> start(Predicate<String> given) {
        long begun = System.nanoTime();
        try {
            Files.createDirectories(data);
            Path ready =
                    arguments.resolveSibling("ready-" + ProcessHandle.current().pid());
            Files.deleteIfExists(ready);
            Path progress = arguments.resolveSibling(
                    "progress-" + ProcessHandle.current().pid());
            Process process = spawn(ready, progress, given);
            out.println("Local mode: starting the servers, their data is in " + data);
            await(process, ready, progress, begun);
            Map<String, String> settings = read(ready);
            Files.deleteIfExists(ready);
            Files.deleteIfExists(progress);
            (pointedElsewhere(given).contains("postgres") ? NO_DEMO : ACCOUNTS).forEach(settings::putIfAbsent);
            NOT_COUNTED.forEach(settings::putIfAbsent);
            keepGiven(settings, given);
            System.setProperty(PROCESS, Long.toString(process.pid()));
            // The servers end when this process lets go of their standard input, and so must not drop it by accident.
            Thread.ofPlatform().daemon().name("local-servers").start(() -> hold(process));
            if (test) {
                // Who waits for the tests shall not find their servers still ending.
                Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process), "local-servers-end"));
            }
            out.printf("Local mode: the servers are ready after %.1f s%n", seconds(begun));
            return settings;
        } catch (IOException e) {
            throw new Refused("Local mode cannot use " + data + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused("Local mode was interrupted");
        }
    }

    private Process spawn(Path ready, Path progress, Predicate<String> given) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + arguments);
        command.addAll(List.of("--data", data.toString()));
        command.addAll(List.of("--programs", home.resolve("programs").toString()));
        command.addAll(List.of("--ready", ready.toString()));
        command.addAll(List.of("--api", "http://127.0.0.1:" + port + "/api/v1/"));
        if (test) {
            command.add("--fresh");
        }
        String skip = String.join(",", pointedElsewhere(given));
        if (!skip.isEmpty()) {
            command.addAll(List.of("--skip", skip));
            out.println("Local mode: not started, since a setting points to another: " + skip);
        }
        return new ProcessBuilder(command)
                .redirectOutput(progress.toFile())
                .redirectError((test
                                ? data.resolveSibling(data.getFileName() + ".log")
                                : arguments.resolveSibling("servers.log"))
                        .toFile())
                .start();
    }

    /** Tells the servers' own lines as they come, and that it still goes on when there are none. */
    private void await(Process process, Path ready, Path progress, long begun)
            throws IOException, InterruptedException {
        int told = 0;
        double nextSign = 5;
        while (true) {
            boolean alive = process.isAlive();
            boolean done = Files.exists(ready);
            List<String> lines = Files.readString(progress).lines().toList();
            if (!alive && !done) {
                String last = lines.isEmpty() ? "The servers of local mode ended, see target/local" : lines.getLast();
                throw new Refused(last);
            }
            // The last line may still be half written, unless all is done.
            for (; told < lines.size() - (done ? 0 : 1); told++) {
                out.println("  " + lines.get(told));
            }
            if (done) {
                return;
            }
            if (seconds(begun) > nextSign) {
                out.printf("  still starting, %.0f s%n", seconds(begun));
                nextSign += 5;
            }
            Thread.sleep(20);
        }
    }

    private static void hold(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void end(Process process) {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
        }
    }

    private static Map<String, String> read(Path file) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> settings = new TreeMap<>();
        properties.forEach((name, value) -> settings.put(name.toString(), value.toString()));
        return settings;
    }

    /** The servers that are not ours to start, because a setting points to others. */
    static List<String> pointedElsewhere(Predicate<String> given) {
        List<String> servers = new ArrayList<>();
        POINTERS.forEach((server, names) -> {
            if (names.stream().anyMatch(given)) {
                servers.add(server);
            }
        });
        return servers;
    }

    /**
     * Takes out what the user has set. The settings of a server of ours stay together, though: its port with the user's
     * password for another server would lead nowhere.
     */
    static void keepGiven(Map<String, String> settings, Predicate<String> given) {
        List<String> names = new ArrayList<>(NOT_COUNTED.keySet());
        names.addAll(List.of(
                "ADMIN_EMAIL",
                "ADMIN_PASSWORD",
                "DEMO_CUSTOMER_EMAIL",
                "DEMO_CUSTOMER_PASSWORD",
                "DEMO_CATALOG",
                "JWT_PRIVATE_KEY_FILE"));
        names.stream().filter(given).forEach(settings::remove);
    }

    private static @Nullable String given(String name, Map<String, String> dotEnv) {
        return firstOf(System.getProperty(name), System.getenv(name), dotEnv.get(name));
    }

    /** The first that says something: an empty setting is none. */
    static @Nullable String firstOf(@Nullable String... values) {
        for (String value : values) {
            if (value != null && !value.isBlank()) {
                return value;
            }
        }
        return null;
    }

    /** The settings of a {@code .env} file in the working folder, which Quarkus reads too. */
    private static Map<String, String> dotEnv() {
        return parse(Path.of(".env"));
    }

    static Map<String, String> parse(Path file) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (!Files.isReadable(file)) {
            return settings;
        }
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new Refused("The file .env cannot be read: " + e.getMessage());
        }
        properties.forEach((name, value) -> settings.put(name.toString(), value.toString()));
        return settings;
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private static Map<String, List<String>> pointers() {
        Map<String, List<String>> pointers = new LinkedHashMap<>();
        pointers.put("postgres", List.of("DB_HOST"));
        pointers.put("redis", List.of("REDIS_HOST"));
        pointers.put("rabbitmq", List.of("RABBITMQ_HOST"));
        pointers.put("search", List.of("ELASTICSEARCH_HOSTS"));
        pointers.put("smtp", List.of("SMTP_HOST"));
        pointers.put("s3", List.of("AWS_ENDPOINT_URL_S3"));
        pointers.put("stripe", List.of("STRIPE_API_BASE", "STRIPE_SECRET_KEY"));
        pointers.put("paypal", List.of("PAYPAL_API_BASE", "PAYPAL_CLIENT_ID"));
        pointers.put("twilio", List.of("TWILIO_API_BASE", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"));
        pointers.put("fcm", List.of("FCM_API_BASE", "FIREBASE_SERVICE_ACCOUNT"));
        pointers.put("oidc", List.of("OIDC_ISSUER"));
        // It keeps the demo shop's account, and no other.
        pointers.put("bank", List.of("BANK_API_BASE", "BANK_IBAN"));
        return pointers;
    }
}
