package io.emporium.chaos;

import io.emporium.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** HAProxy with the settings of {@code docker/gateway/haproxy.cfg}; only ports and where its servers are differ. */
final class Gateway implements AutoCloseable {
    private static final Path SETTINGS = Path.of("docker", "gateway", "haproxy.cfg");
    private static final Path FILE = Settings.FOLDER.resolve("haproxy.cfg");
    private static final Path LOG = Settings.FOLDER.resolve("haproxy.log");

    /** As {@code option httplog} has it: who, [when] front end, back end/server, times, status, bytes, cookies, how it ended. */
    private static final Pattern LINE = Pattern.compile(
            "\\S+ \\[([^]]+)] \\S+ \\S+/(\\S+) \\S+/\\+?(\\d+) (-?\\d+) \\S+ \\S+ \\S+ (\\S{4}) \\S+/(\\+?\\d+) \\S+ (.*)");

    private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss.SSS", Locale.ROOT);

    /** Nobody else shall take its port while the processes behind it start. */
    private final ServerSocket held;

    private final int port;
    private Process process;

    /**
     * A request that went through.
     *
     * @param server which process it was sent to last
     * @param status -1 where there was no answer
     * @param sentAgain it was not taken by the first
     */
    record Passed(
            Instant begun, Instant ended, String server, int status, String end, boolean sentAgain, String request) {
        /** The shop's own answer where more passwords wait to be checked than its processors can bear: nothing is dropped. */
        boolean isRefused() {
            return status == 503 && end.equals("----") && request.contains(" /api/v1/auth/");
        }

        /** By the shop's fault, or the gateway's: a client that leaves is none. */
        boolean isFailed() {
            return !isRefused() && status >= 500
                    || end.charAt(0) == 'S'
                    || end.charAt(0) == 's'
                    || status < 0 && end.charAt(0) != 'C';
        }
    }

    Gateway() throws IOException {
        held = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        port = held.getLocalPort();
    }

    URI at(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    void open(List<ShopProcess> behind) throws IOException {
        String servers = behind.stream()
                .map(each -> "  server %s 127.0.0.1:%d port %d"
                        .formatted(
                                each.name(),
                                each.at("/").getPort(),
                                each.ready().getPort()))
                .collect(Collectors.joining("\n"));
        String settings = Files.readString(SETTINGS)
                .replace("bind :8080", "bind 127.0.0.1:" + port)
                .replace("bind :8404", "bind 127.0.0.1:" + FreePort.next())
                .replaceAll("(?s)\nresolvers docker\n.*?\n\n", "\n")
                .replace(" resolvers docker init-addr none", "")
                .replaceAll("(?m)^  server-template app .*$", servers)
                .replaceAll("(?m)^  server s3 .*$", "  server s3 127.0.0.1:9");
        Files.writeString(FILE, settings);
        held.close();
        process = new ProcessBuilder("/usr/sbin/haproxy", "-db", "-f", FILE.toString())
                .redirectErrorStream(true)
                .redirectOutput(LOG.toFile())
                .start();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    List<Passed> passed() {
        try (var lines = Files.lines(LOG)) {
            return lines.map(LINE::matcher)
                    .filter(Matcher::matches)
                    .map(Gateway::read)
                    .toList();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static Passed read(Matcher line) {
        Instant begun = LocalDateTime.parse(line.group(1), WHEN)
                .atZone(ZoneId.systemDefault())
                .toInstant();
        return new Passed(
                begun,
                begun.plusMillis(Long.parseLong(line.group(3))),
                line.group(2),
                Integer.parseInt(line.group(4)),
                line.group(5),
                !line.group(6).equals("0"),
                line.group(7));
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }
}
