package io.emporium.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** So many clients, each on a connection that stays open, each asking again as soon as it has its answer. */
final class Clients {
    private static final int MOST_ANSWERS = 2_000_000;

    private Clients() {}

    /**
     * @param refused answers other than 200, and 503 above all: they are not among the answers
     * @param micros of each answer, in order of size
     */
    record Answers(long refused, int[] micros, Duration took) {
        double perSecond() {
            return micros.length / (took.toNanos() / 1e9);
        }

        double millis(double share) {
            return micros.length == 0
                    ? Double.NaN
                    : micros[(int) Math.min(micros.length - 1L, Math.round(micros.length * share))] / 1000.0;
        }
    }

    /** @param paths what is asked for, by how much a client has asked already */
    static Answers ask(int port, int clients, Duration howLong, IntFunction<IntFunction<String>> paths)
            throws Exception {
        long begun = System.nanoTime();
        long end = begun + howLong.toNanos();
        List<Future<Client>> asking = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (int i = 0; i < clients; i++) {
                var client = new Client(port, end, paths.apply(i), MOST_ANSWERS / clients);
                asking.add(threads.submit(client));
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        int[] all = new int[0];
        long refused = 0;
        for (Future<Client> each : asking) {
            Client client = each.get();
            int before = all.length;
            all = Arrays.copyOf(all, before + client.answers);
            System.arraycopy(client.micros, 0, all, before, client.answers);
            refused += client.refused;
        }
        Arrays.sort(all);
        return new Answers(refused, all, took);
    }

    private static final class Client implements Callable<Client> {
        private final int port;
        private final long end;
        private final IntFunction<String> paths;
        private final int[] micros;
        private int answers;
        private long refused;

        Client(int port, long end, IntFunction<String> paths, int most) {
            this.port = port;
            this.end = end;
            this.paths = paths;
            this.micros = new int[most];
        }

        @Override
        public Client call() throws IOException {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(30_000);
                OutputStream out = socket.getOutputStream();
                InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
                for (int asked = 0; System.nanoTime() < end && answers < micros.length; asked++) {
                    byte[] request = ("GET " + paths.apply(asked) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII);
                    long sent = System.nanoTime();
                    out.write(request);
                    if (status(in) == 200) {
                        micros[answers++] = (int) Math.min(Integer.MAX_VALUE, (System.nanoTime() - sent) / 1000);
                    } else {
                        refused++;
                    }
                }
            }
            return this;
        }

        /** Reads a whole answer. */
        private static int status(InputStream in) throws IOException {
            int status = Integer.parseInt(line(in).substring(9, 12));
            int length = 0;
            boolean isInParts = false;
            String header;
            while (!(header = line(in)).isEmpty()) {
                if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
                    length = Integer.parseInt(header.substring(15).strip());
                }
                isInParts |= header.equalsIgnoreCase("transfer-encoding: chunked");
            }
            in.skipNBytes(length);
            while (isInParts) {
                int part = Integer.parseInt(line(in), 16);
                in.skipNBytes(part);
                line(in);
                isInParts = part > 0;
            }
            return status;
        }

        private static String line(InputStream in) throws IOException {
            var line = new StringBuilder(64);
            int next;
            while ((next = in.read()) != '\n') {
                if (next < 0) {
                    throw new IOException("the connection was closed");
                }
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }
    }
}
