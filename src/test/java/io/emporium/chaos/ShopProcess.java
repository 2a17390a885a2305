package io.emporium.chaos;

import io.emporium.FreePort;
import io.emporium.Java;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One packaged process of the shop, on a port of its own: started, killed and started again. */
final class ShopProcess {
    /** {@code halt(137)} in Trap, and what Java makes of SIGKILL. */
    static final int KILLED = 137;

    /** What Java makes of SIGTERM. */
    static final int ENDED = 143;

    /** The package, woven. */
    static final Path FOLDER = Settings.FOLDER.resolve("app");

    /** Made by the first process that ends in order, and of use to all after it. */
    private static final Path CACHE = FOLDER.resolve("app.aot");

    private final String name;
    private final int port;
    private final int management = FreePort.next();
    private final Map<String, String> environment;
    private final Died died;
    private volatile Process process;
    private volatile boolean ready;
    private volatile boolean closed;
    private volatile boolean endsInOrder;

    /** Told when the process has ended, whoever ended it. */
    @FunctionalInterface
    interface Died {
        /** @param served whether it had become ready since it was started */
        void died(ShopProcess process, boolean served);
    }

    ShopProcess(String name, int port, Map<String, String> environment, Died died) {
        this.name = name;
        this.port = port;
        this.environment = environment;
        this.died = died;
    }

    synchronized void start() {
        if (closed) {
            return;
        }
        endsInOrder = false;
        // C2 would only begin to pay when such a process is killed.
        List<String> command = List.of(
                Java.program(),
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:" + (Files.exists(CACHE) ? "AOTCache=" : "AOTCacheOutput=") + CACHE,
                "-Dchaos.armed=" + Points.ARMED,
                "-jar",
                "quarkus-run.jar");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        builder.environment().putAll(environment);
        builder.environment().put("PORT", Integer.toString(port));
        builder.environment().put("MANAGEMENT_PORT", Integer.toString(management));
        try {
            process = builder.start();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
        process.onExit().thenAccept(ended -> {
            boolean served = ready;
            ready = false;
            died.died(this, served);
        });
    }

    String name() {
        return name;
    }

    private Path logFile() {
        return Settings.FOLDER.resolve("shop-" + name + ".log");
    }

    URI at(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    URI ready() {
        return URI.create("http://127.0.0.1:" + management + "/q/health/ready");
    }

    /** Whether customers may be sent here. */
    boolean isReady() {
        return ready;
    }

    void isReady(boolean now) {
        ready = now && process.isAlive();
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /** Whether it was asked to end since it was started. */
    boolean endsInOrder() {
        return endsInOrder;
    }

    /** SIGTERM: it ends in order, and leaves the cache if there was none. */
    void endInOrder() throws InterruptedException {
        endsInOrder = true;
        process.destroy();
        process.waitFor();
    }

    synchronized void close() throws InterruptedException {
        closed = true;
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }
}
