package io.emporium.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server that is a process of its own. It ends when this JVM ends, however that happens: a shell stands between the two,
 * reads a pipe that this JVM holds and interrupts the server when the pipe closes. Where that shell was killed too, the next
 * start finds the server by its process id and the instant of its start, and ends it.
 */
final class Child {

    /**
     * Its first argument is where the server's process id goes, the rest is the server. The signals that end a terminal's whole
     * group are not for us: the application's end closes the pipe, after it has stopped serving.
     */
    private static final String WATCH = """
            pidfile=$1; shift
            "$@" </dev/null &
            child=$!
            trap '' TERM INT HUP
            echo $child >"$pidfile.new" && mv "$pidfile.new" "$pidfile"
            cat >/dev/null
            kill -INT $child 2>/dev/null
            wait $child
            """;

    private final String name;
    private final DataFolder data;
    private Process process;
    private ProcessHandle server;

    Child(String name, DataFolder data) {
        this.name = name;
        this.data = data;
    }

    void start(List<String> command) throws IOException, InterruptedException {
        endStray(data.folder("run").resolve(name + ".stray"));
        Path pidFile = data.folder("run").resolve(name + ".pid");
        Files.deleteIfExists(pidFile);
        boolean watched = Programs.exists("sh");
        List<String> line = new ArrayList<>();
        if (watched) {
            // In a session of its own the watcher outlives a SIGKILL of our process group for the moment it needs.
            if (Programs.exists("setsid")) {
                line.add("setsid");
            }
            line.addAll(List.of("sh", "-c", WATCH, "emporium-" + name, pidFile.toString()));
        }
        line.addAll(command);
        Path log = data.log(name);
        process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .directory(data.root().toFile())
                .start();
        server = process.toHandle();
        if (watched) {
            server = await(pidFile);
        }
        DataFolder.write(data.folder("run").resolve(name + ".stray"), identity(server));
    }

    boolean alive() {
        return process != null && process.isAlive() && server.isAlive();
    }

    /** Interrupts the server and waits for its end and that of all it has started; kills each after ten seconds. */
    void stop() throws IOException, InterruptedException {
        if (process == null) {
            return;
        }
        end(server);
        process.getOutputStream().close();
        if (!process.waitFor(2, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        process = null;
        Files.deleteIfExists(data.folder("run").resolve(name + ".stray"));
        Files.deleteIfExists(data.folder("run").resolve(name + ".pid"));
    }

    /** What the server said last, for the line that reports its failure. */
    String lastWords() throws IOException {
        List<String> lines = Files.exists(data.log(name)) ? Files.readAllLines(data.log(name)) : List.of();
        return lines.isEmpty() ? "it said nothing" : lines.getLast().strip();
    }

    private ProcessHandle await(Path pidFile) throws IOException, InterruptedException {
        for (int i = 0; i < 500; i++) {
            if (Files.exists(pidFile)) {
                long pid = Long.parseLong(Files.readString(pidFile).strip());
                return ProcessHandle.of(pid).orElse(process.toHandle());
            }
            Thread.sleep(10);
        }
        throw new IOException("its watcher did not start");
    }

    /** Ends every server that an earlier JVM has left behind in this folder. */
    static void endStrays(DataFolder data) throws IOException, InterruptedException {
        try (Stream<Path> files = Files.list(data.folder("run"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".stray")).toList()) {
                endStray(file);
            }
        }
    }

    private static void endStray(Path file) throws IOException, InterruptedException {
        if (!Files.exists(file)) {
            return;
        }
        String written = Files.readString(file);
        long pid = Long.parseLong(written.split(" ", 2)[0]);
        Optional<ProcessHandle> stray = ProcessHandle.of(pid);
        // A process id is used again after a while; with the instant of the start it is the same process or none.
        if (stray.isPresent() && identity(stray.get()).equals(written)) {
            end(stray.get());
        }
        Files.deleteIfExists(file);
    }

    /** What answers may be a child of what was started (Elasticsearch is): without it, it would be stopped and answer still. */
    private static void end(ProcessHandle server) throws IOException, InterruptedException {
        List<ProcessHandle> all =
                Stream.concat(Stream.of(server), server.descendants()).toList();
        interrupt(server);
        for (ProcessHandle each : all) {
            for (int i = 0; i < 200 && each.isAlive(); i++) {
                Thread.sleep(50);
            }
            each.destroyForcibly();
        }
    }

    private static String identity(ProcessHandle handle) {
        return handle.pid() + " "
                + handle.info().startInstant().map(Object::toString).orElse("");
    }

    /** SIGINT, which PostgreSQL takes as "at once, but in order"; SIGTERM would wait for every client. */
    private static void interrupt(ProcessHandle handle) throws IOException, InterruptedException {
        if (Programs.exists("kill")) {
            new ProcessBuilder("kill", "-INT", Long.toString(handle.pid()))
                    .start()
                    .waitFor();
        } else {
            handle.destroy();
        }
    }
}
