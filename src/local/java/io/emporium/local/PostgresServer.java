package io.emporium.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** PostgreSQL 18 with the database {@code emporium}, UTF-8, password sign-in on the loopback address only. */
final class PostgresServer implements LocalServer {

    private static final String VERSION = "18.6.0";
    private static final String USER = "emporium";

    private final DataFolder data;
    private final Programs programs;
    private final boolean lasting;
    private final int port = Ports.free();
    private final Child child;

    /** @param lasting false for tests, whose data need not survive a power cut */
    PostgresServer(DataFolder data, Programs programs, boolean lasting) throws IOException {
        this.data = data;
        this.programs = programs;
        this.lasting = lasting;
        this.child = new Child(name(), data);
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public String title() {
        return "PostgreSQL 18";
    }

    @Override
    public boolean apart() {
        return true;
    }

    @Override
    public void start() throws Exception {
        Path bin = programs.postgres(VERSION).resolve("bin");
        Path cluster = data.at("postgres");
        if (!Files.exists(cluster)) {
            create(bin, cluster);
        }
        String major = Files.readString(cluster.resolve("PG_VERSION")).strip();
        if (!VERSION.startsWith(major + ".")) {
            throw new IOException(cluster + " was made by PostgreSQL " + major + ", this is " + VERSION
                    + ": move that folder away and start again");
        }
        List<String> command = command(bin.resolve(Programs.exe("postgres")));
        command.addAll(List.of("-D", cluster.toString(), "-p", Integer.toString(port)));
        set(command, "listen_addresses", Ports.HOST);
        set(command, "max_connections", "200");
        set(command, "shared_buffers", System.getProperty("local.postgres.buffers"));
        set(command, "timezone", "UTC");
        set(command, "log_timezone", "UTC");
        if (!Programs.windows()) {
            set(command, "unix_socket_directories", "");
        }
        if (!lasting) {
            set(command, "fsync", "off");
            set(command, "synchronous_commit", "off");
            set(command, "full_page_writes", "off");
        }
        child.start(command);
        awaitReady(cluster.resolve("postmaster.pid"));
    }

    @Override
    public void stop() throws Exception {
        child.stop();
    }

    @Override
    public Map<String, String> settings() {
        try {
            return Map.of(
                    "DB_HOST",
                    Ports.HOST,
                    "DB_PORT",
                    Integer.toString(port),
                    "DB_NAME",
                    "emporium",
                    "DB_USER",
                    USER,
                    "DB_PASSWORD",
                    data.secret("postgres"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Made beside its place and moved there when it is complete, so that a start that was killed leaves nothing half made. */
    private void create(Path bin, Path cluster) throws Exception {
        Path part = data.at("postgres.part");
        DataFolder.delete(part);
        Path password = data.at("postgres.password");
        DataFolder.write(password, data.secret("postgres"));
        List<String> initdb = command(bin.resolve(Programs.exe("initdb")));
        initdb.addAll(
                List.of("-D", part.toString(), "-U", USER, "-A", "scram-sha-256", "--pwfile", password.toString()));
        // The collation that is built in does not depend on the machine's locales, so lists sort the same everywhere.
        initdb.addAll(List.of("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"));
        initdb.add("--no-sync");
        run(initdb, "", "initdb");
        Files.delete(password);
        List<String> single = command(bin.resolve(Programs.exe("postgres")));
        single.addAll(List.of("--single", "-F", "-D", part.toString(), "postgres"));
        run(single, "CREATE DATABASE emporium;\n", "createdb");
        Files.move(part, cluster);
    }

    private void run(List<String> command, String input, String log) throws Exception {
        Path file = data.log("postgres-" + log);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(file.toFile())
                .start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(log + " failed, see " + file);
        }
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it is somebody else to itself, and root to the files. */
    private static List<String> command(Path program) throws Exception {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name")) && !Programs.windows()) {
            if (!Programs.exists("unshare")
                    || new ProcessBuilder("unshare", "-U", "true").start().waitFor() != 0) {
                throw new IOException("PostgreSQL does not run as root here: start Emporium as an ordinary user,"
                        + " or point DB_HOST to a PostgreSQL of yours");
            }
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(program.toString());
        return command;
    }

    private static void set(List<String> command, String name, String value) {
        command.addAll(List.of("-c", name + "=" + value));
    }

    /** The last line of this file says in what state the server is: "ready" when it takes connections. */
    private void awaitReady(Path pidFile) throws IOException, InterruptedException {
        // Recovery after a crash may take a while, and says so in the log; a process that ended does not.
        for (int i = 0; i < 6000; i++) {
            if (!child.alive()) {
                throw new IOException("it ended: " + child.lastWords());
            }
            if (Files.exists(pidFile)) {
                List<String> lines = Files.readAllLines(pidFile, StandardCharsets.ISO_8859_1);
                if (lines.size() >= 8
                        && lines.get(3).strip().equals(Integer.toString(port))
                        && lines.get(7).strip().equals("ready")) {
                    return;
                }
            }
            Thread.sleep(20);
        }
        throw new IOException("it was not ready after two minutes, see " + data.log(name()));
    }
}
