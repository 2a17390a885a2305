package io.emporium.notification.email;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A mail server that says what it is told to, or nothing any more. */
final class SmtpServer implements AutoCloseable {
    private final ServerSocket door;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final List<String> text = new CopyOnWriteArrayList<>();
    private volatile boolean hangs;
    private volatile boolean waits = true;

    SmtpServer() throws IOException {
        this(new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1")));
    }

    SmtpServer(ServerSocket door) {
        this.door = door;
        Thread.ofVirtual().start(() -> {
            while (!door.isClosed()) {
                try {
                    Socket client = door.accept();
                    Thread.ofVirtual().start(() -> serve(client));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    int port() {
        return door.getLocalPort();
    }

    /** From now on it greets, and stops answering at RCPT. */
    void hangs(boolean now) {
        hangs = now;
    }

    /** Those that hang are answered after all. */
    void goesOn() {
        waits = false;
    }

    /** @param command MAIL, RCPT or DATA; TEXT: after the mail itself */
    void answers(String command, String answer) {
        answers.put(command, answer);
    }

    int taken() {
        return taken.get();
    }

    /** What came last, line by line as it came. */
    List<String> text() {
        return text;
    }

    /** How often somebody who wanted to send something has connected. */
    int connections() {
        return connections.get();
    }

    int clients() {
        return clients.size();
    }

    private void serve(Socket client) {
        clients.add(client);
        try (client;
                var in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            OutputStream out = client.getOutputStream();
            say(out, "220 here");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String command = line.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT);
                switch (command) {
                    case "EHLO" -> {
                        connections.incrementAndGet();
                        say(out, "250 here");
                    }
                    case "RCPT" -> {
                        hang();
                        say(out, answers.getOrDefault("RCPT", "250 ok"));
                    }
                    case "DATA" -> {
                        say(out, answers.getOrDefault("DATA", "354 go on"));
                        if (!answers.containsKey("DATA")) {
                            text.clear();
                            while (!".".equals(line) && line != null) {
                                line = in.readLine();
                                text.add(String.valueOf(line));
                            }
                            if (line == null) {
                                return;
                            }
                            if (!answers.containsKey("TEXT")) {
                                taken.incrementAndGet();
                            }
                            say(out, answers.getOrDefault("TEXT", "250 taken"));
                        }
                    }
                    case "QUIT" -> {
                        say(out, "221 bye");
                        return;
                    }
                    default -> say(out, answers.getOrDefault(command, "250 ok"));
                }
            }
        } catch (IOException gone) {
            // Cut off.
        } finally {
            clients.remove(client);
        }
    }

    /** Who has begun to hang goes on with it when the others are served again. */
    private void hang() {
        if (hangs) {
            while (waits && !door.isClosed()) {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket client : clients) {
            client.close();
        }
    }
}
