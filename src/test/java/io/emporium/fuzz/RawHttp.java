package io.emporium.fuzz;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** HTTP/1.1 by hand, on one connection as long as it lasts: no client library would send what a hostile one does. */
final class RawHttp implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    /** An answer; its header names in lower case. */
    record Answer(int status, List<Map.Entry<String, String>> headers, byte[] body) {
        String header(String name) {
            return headers.stream()
                    .filter(header -> header.getKey().equals(name))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("");
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final int port;
    private Socket socket;
    private InputStream in;

    RawHttp(int port) {
        this.port = port;
    }

    /** Sends it as it is, and reads the answer; on a fresh connection if the other one was closed meanwhile. */
    Answer send(String method, byte[] request) throws IOException {
        boolean isFresh = socket == null;
        try {
            return exchange(method, request);
        } catch (IOException hungUp) {
            close();
            if (isFresh) {
                throw hungUp;
            }
            return exchange(method, request);
        }
    }

    private Answer exchange(String method, byte[] request) throws IOException {
        if (socket == null) {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
        }
        socket.getOutputStream().write(request);
        Answer answer = read(method);
        while (answer.status() == 100) {
            answer = read(method);
        }
        // Whoever refuses without having read all of it may hang up; the next request takes another connection.
        if (answer.header("connection").equals("close") || answer.status() == 413) {
            close();
        }
        return answer;
    }

    private Answer read(String method) throws IOException {
        String first = line();
        if (!first.startsWith("HTTP/1.1 ")) {
            throw new IOException("No HTTP: " + first);
        }
        int status = Integer.parseInt(first.substring(9, 12));
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("No header: " + line);
            }
            headers.add(Map.entry(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip()));
        }
        Answer head = new Answer(status, headers, new byte[0]);
        if (method.equals("HEAD") || status == 204 || status == 304 || status == 100) {
            return head;
        }
        if (head.header("transfer-encoding").equals("chunked")) {
            return new Answer(status, headers, chunks());
        }
        String length = head.header("content-length");
        return length.isEmpty() ? head : new Answer(status, headers, in.readNBytes(Integer.parseInt(length)));
    }

    private byte[] chunks() throws IOException {
        var body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.write(in.readNBytes(size));
            line();
        }
        line();
        return body.toByteArray();
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int one = in.read(); one != '\n'; one = in.read()) {
            if (one < 0) {
                throw new EOFException("Hung up after: " + line);
            }
            if (one != '\r') {
                line.write(one);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
