package io.emporium.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * The JVM of local mode's servers. Its owner starts it with
 * {@code --data folder --programs folder --ready file --api url [--skip a,b] [--fresh]}, reads progress lines from its
 * standard output until the ready file is there, and holds its standard input: when that closes, everything here ends.
 */
final class Servers {

    /** Ended because another process owns the data folder. */
    private static final int IN_USE = 3;

    private final PrintStream progress;
    private final DataFolder data;
    private final long begun = System.nanoTime();
    private final Map<String, LocalServer> servers = new LinkedHashMap<>();
    private final Map<String, String> states = Collections.synchronizedMap(new LinkedHashMap<>());
    private boolean lasting = true;
    private final CountDownLatch ownerGone = new CountDownLatch(1);

    private Servers(PrintStream progress, DataFolder data) {
        this.progress = progress;
        this.data = data;
    }

    public static void main(String[] args) throws Exception {
        // Libraries write to standard output as they like; that is the log's, the progress lines have it for
        // themselves.
        PrintStream progress = System.out;
        System.setOut(System.err);
        if (LoggerFactory.getILoggerFactory() instanceof ch.qos.logback.classic.LoggerContext context) {
            context.getLogger("ROOT").setLevel(ch.qos.logback.classic.Level.WARN);
        }
        Map<String, String> options = options(args);
        DataFolder data = new DataFolder(Path.of(options.get("data")));
        if (!data.lock(20_000)) {
            progress.println("The data folder " + data.root() + " is in use by another Emporium."
                    + " End that one, or set EMPORIUM_HOME to another folder.");
            System.exit(IN_USE);
        }
        Servers servers = new Servers(progress, data);
        servers.watchOwner();
        int code = 0;
        try {
            servers.run(options);
        } catch (Exception e) {
            e.printStackTrace();
            progress.println(e.getMessage());
            code = 1;
        }
        servers.stop();
        // Halt: a library's thread or hook that hangs shall not keep the folder locked.
        Runtime.getRuntime().halt(code);
    }

    private void run(Map<String, String> options) throws Exception {
        boolean fresh = options.containsKey("fresh");
        if (fresh) {
            // Before their names are forgotten.
            Child.endStrays(data);
            data.clear();
            lasting = false;
        }
        Programs programs = new Programs(Path.of(options.get("programs")));
        MailServer mail = new MailServer(data);
        add(new PostgresServer(data, programs, !fresh));
        add(new RedisServer(data, programs));
        add(new BrokerServer(data));
        String elasticsearch = System.getenv("EMPORIUM_ELASTICSEARCH");
        add(elasticsearch == null ? new SearchServer(data) : new ElasticsearchServer(data, Path.of(elasticsearch)));
        add(mail);
        add(new ObjectStore(data));
        String payments = options.get("api") + "payments/webhooks/";
        add(FakeProvider.stripe(data, payments));
        add(FakeProvider.paypal(data, payments));
        add(FakeProvider.bank(data));
        Phones phones = new Phones(data);
        add(new FakeTwilio(data, phones, options.get("api") + "notifications/webhooks/twilio"));
        add(new FakeFcm(data, phones));
        add(new FakeOidc(data));
        for (String skipped : options.getOrDefault("skip", "").split(",")) {
            servers.remove(skipped);
        }
        LocalPage page = new LocalPage(mail.mailbox(), phones, servers, states);
        int pagePort = page.start();
        startAll();
        if (ownerGone.getCount() == 0) {
            return;
        }
        Map<String, String> settings = new TreeMap<>();
        // Of one that did not start too: it may be started later, and nobody else's shall be used in its place.
        servers.values().forEach(server -> settings.putAll(server.settings()));
        settings.put("JWT_PRIVATE_KEY_FILE", data.signingKey().toString());
        settings.put("SECOND_FACTOR_KEY", data.secret("second-factor", 32));
        settings.put("MAIL_BOUNCE_SECRET", data.secret("bounces"));
        settings.put("EMPORIUM_LOCAL", "true");
        settings.put("EMPORIUM_MAIL_PAGE", "http://" + Ports.HOST + ":" + pagePort + "/mails");
        settings.put("EMPORIUM_OUTBOX_PAGE", "http://" + Ports.HOST + ":" + pagePort + "/outbox");
        settings.put("EMPORIUM_LOCAL_PAGE", "http://" + Ports.HOST + ":" + pagePort);
        StringBuilder text = new StringBuilder();
        settings.forEach((name, value) -> text.append(name)
                .append('=')
                .append(value.replace("\\", "\\\\"))
                .append('\n'));
        DataFolder.write(Path.of(options.get("ready")), text.toString());
        ownerGone.await();
        page.stop();
    }

    private void add(LocalServer server) {
        servers.put(server.name(), server);
    }

    /** All at once; only PostgreSQL is needed, the shop sells without the others. */
    private void startAll() throws Exception {
        List<Thread> starts = new ArrayList<>();
        Map<String, Exception> failures = Collections.synchronizedMap(new HashMap<>());
        for (LocalServer server : servers.values()) {
            starts.add(Thread.ofPlatform().name("start-" + server.name()).start(() -> start(server, failures)));
        }
        for (Thread start : starts) {
            start.join();
        }
        if (failures.containsKey("postgres")) {
            throw new IOException(
                    "Emporium needs its database. " + failures.get("postgres").getMessage());
        }
    }

    private void start(LocalServer server, Map<String, Exception> failures) {
        long from = System.nanoTime();
        try {
            server.start();
            states.put(server.name(), "running");
            say("%s is ready after %.1f s".formatted(server.title(), (System.nanoTime() - from) / 1e9));
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            states.put(server.name(), "failed");
            failures.put(server.name(), e instanceof Exception exception ? exception : new IOException(e));
            say("%s did not start: %s".formatted(server.title(), e.getMessage()));
        }
    }

    private synchronized void say(String line) {
        progress.println(line);
        progress.flush();
    }

    private void stop() {
        List<Thread> stops = new ArrayList<>();
        for (LocalServer server : servers.values()) {
            if (!lasting && !server.apart()) {
                // Its data is thrown away at the next start, and it ends with this JVM.
                continue;
            }
            stops.add(Thread.ofPlatform().start(() -> {
                try {
                    server.stop();
                } catch (Exception e) {
                    e.printStackTrace();
                }
            }));
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(12);
        for (Thread each : stops) {
            try {
                each.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /**
     * A terminal's interrupt and a SIGTERM of the process group reach us as well as the application, which still needs its
     * database to stop in order: so a signal only sets a limit, and the closing of our standard input is what ends us.
     */
    private void watchOwner() {
        Thread.ofPlatform().daemon().name("owner").start(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Nothing is said on this line; it only closes.
                }
            } catch (IOException closed) {
                // As good as closed.
            }
            ownerGone.countDown();
        });
        for (String name : Set.of("TERM", "INT", "HUP")) {
            if (!Programs.windows() || !name.equals("HUP")) {
                Signal.handle(
                        new Signal(name),
                        signal -> Thread.ofPlatform().daemon().start(() -> {
                            try {
                                ownerGone.await(15, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            ownerGone.countDown();
                        }));
            }
        }
    }

    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--fresh")) {
                options.put("fresh", "");
            } else {
                options.put(args[i].substring(2), args[++i]);
            }
        }
        return options;
    }
}
