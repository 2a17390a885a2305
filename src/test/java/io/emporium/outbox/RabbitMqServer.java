package io.emporium.outbox;

import io.emporium.FreePort;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A RabbitMQ of the test's own, where one is installed: a child process with its own node, ports and folder. */
public final class RabbitMqServer implements QuarkusTestResourceLifecycleManager {
    static final Path PROGRAM = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

    static @Nullable RabbitMqServer running;

    private final int port = FreePort.next();
    private final int distribution = FreePort.next();
    private final int epmd = FreePort.next();
    private final Path home = folder();
    private final String user;
    private final String password;
    private boolean started = true;
    private @Nullable Process server;

    public RabbitMqServer() {
        this("guest", "guest");
    }

    public RabbitMqServer(String user, String password) {
        this.user = user;
        this.password = password;
    }

    public int port() {
        return port;
    }

    public static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    @Override
    public void init(Map<String, String> arguments) {
        started = Boolean.parseBoolean(arguments.getOrDefault("started", "true"));
    }

    @Override
    public Map<String, String> start() {
        running = this;
        if (started) {
            startServer();
        }
        return Map.of(
                "rabbitmq-host",
                "127.0.0.1",
                "rabbitmq-port",
                Integer.toString(port),
                "rabbitmq-username",
                user,
                "rabbitmq-password",
                password,
                "rabbitmq-virtual-host",
                "/");
    }

    public void startServer() {
        try {
            Files.writeString(
                    home.resolve("rabbitmq.conf"),
                    "default_user = " + user + "\ndefault_pass = " + password
                            + "\nlog.console = false\nvm_memory_high_watermark.absolute = 512MB\ndisk_free_limit.absolute = 50MB\n");
            Files.writeString(home.resolve("enabled_plugins"), "[].\n");
            var start = new ProcessBuilder(PROGRAM.toString());
            start.environment()
                    .putAll(Map.ofEntries(
                            Map.entry("HOME", home.toString()),
                            Map.entry("RABBITMQ_NODENAME", "emporium" + port + "@localhost"),
                            Map.entry("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
                            Map.entry("RABBITMQ_NODE_PORT", Integer.toString(port)),
                            Map.entry("RABBITMQ_DIST_PORT", Integer.toString(distribution)),
                            Map.entry(
                                    "RABBITMQ_MNESIA_BASE",
                                    home.resolve("mnesia").toString()),
                            Map.entry("RABBITMQ_LOG_BASE", home.resolve("log").toString()),
                            Map.entry(
                                    "RABBITMQ_CONFIG_FILE",
                                    home.resolve("rabbitmq.conf").toString()),
                            Map.entry(
                                    "RABBITMQ_ENABLED_PLUGINS_FILE",
                                    home.resolve("enabled_plugins").toString()),
                            Map.entry("RABBITMQ_PID_FILE", home.resolve("pid").toString()),
                            Map.entry(
                                    "RABBITMQ_CONF_ENV_FILE",
                                    home.resolve("none").toString()),
                            Map.entry("ERL_EPMD_PORT", Integer.toString(epmd)),
                            Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1")));
            start.redirectErrorStream(true)
                    .redirectOutput(home.resolve("console.log").toFile());
            server = start.start();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!listens()) {
                if (System.nanoTime() > deadline || !server.isAlive()) {
                    throw new IllegalStateException("RabbitMQ did not start: " + home.resolve("console.log"));
                }
                Thread.sleep(200);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public void stopServer(boolean kill) {
        Process old = server;
        if (old == null) {
            return;
        }
        var all = Stream.concat(old.descendants(), Stream.of(old.toHandle())).toList();
        all.forEach(process -> {
            if (kill) {
                process.destroyForcibly();
            } else {
                process.destroy();
            }
        });
        try {
            if (!old.waitFor(20, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
                old.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server = null;
    }

    /** Takes all it had, while it is stopped. */
    void wipe() {
        try (var files = Files.walk(home.resolve("mnesia"))) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        stopServer(true);
        // Erlang's port mapper outlives its node; ours is the one on our port.
        String ours = Integer.toString(epmd);
        ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("/epmd"))
                .filter(process -> environment(process.pid()).contains("ERL_EPMD_PORT=" + ours + "\0"))
                .forEach(ProcessHandle::destroyForcibly);
        delete(home);
        running = null;
    }

    private static void delete(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException stillWritten) {
            // A dying node may write while this goes on; it is a folder for what is temporary.
        }
    }

    private static String environment(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/environ"));
        } catch (IOException gone) {
            return "";
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            // RabbitMQ listens before it serves: only its greeting counts.
            socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
            return socket.getInputStream().read() == 1;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("emporium-rabbitmq");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
