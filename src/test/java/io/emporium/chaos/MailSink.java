package io.emporium.chaos;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A mail server that takes everything and remembers only who got how many, and under which Message-ID: local mode's keeps a
 * file a mail, which is too slow for a hundred thousand of them.
 */
final class MailSink implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final Map<String, LongAdder> mails = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> ids = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> copies = new ConcurrentHashMap<>();
    private final LongAdder taken = new LongAdder();
    private final LongAdder keptWithoutAWord = new LongAdder();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private volatile Mood mood = Mood.WELL;

    /** How it treats its clients. */
    enum Mood {
        WELL,
        /** Every answer, the greeting too, takes {@link #SLOWNESS}: the tar-pit. */
        SLOW,
        /** Takes the text and keeps it, says nothing, and holds the line for good. */
        SILENT_AFTER_THE_TEXT
    }

    static final Duration SLOWNESS = Duration.ofSeconds(4);

    MailSink() throws IOException {
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

    long taken() {
        return taken.sum();
    }

    void mood(Mood now) {
        mood = now;
    }

    /** How many copies of each mail came, by Message-ID. */
    Map<String, LongAdder> copies() {
        return copies;
    }

    /** So many mails were kept of which their sender cannot know it: each may come once more. */
    long keptWithoutAWord() {
        return keptWithoutAWord.sum();
    }

    /** How many mails each address got. */
    Map<String, LongAdder> mails() {
        return mails;
    }

    /** Under how many Message-IDs an address got its mails. */
    int idsOf(String address) {
        return ids.getOrDefault(address, Set.of()).size();
    }

    private void serve(Socket client) {
        clients.add(client);
        try (client;
                InputStream in = new BufferedInputStream(client.getInputStream());
                OutputStream out = new BufferedOutputStream(client.getOutputStream())) {
            say(out, "220 sink ESMTP");
            String recipient = "";
            for (String line = line(in); line != null; line = line(in)) {
                String command = line.toUpperCase(Locale.ROOT);
                if (command.startsWith("RCPT TO:")) {
                    recipient = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
                    say(out, "250 ok");
                } else if (command.equals("DATA")) {
                    say(out, "354 go on");
                    String id = message(in);
                    ids.computeIfAbsent(recipient, _ -> ConcurrentHashMap.newKeySet())
                            .add(id);
                    mails.computeIfAbsent(recipient, _ -> new LongAdder()).increment();
                    copies.computeIfAbsent(id, _ -> new LongAdder()).increment();
                    taken.increment();
                    if (mood == Mood.SILENT_AFTER_THE_TEXT) {
                        keptWithoutAWord.increment();
                        // Until the client has enough of it, or all is over.
                        while (in.read() >= 0) {
                            continue;
                        }
                        return;
                    }
                    say(out, "250 taken");
                } else if (command.equals("QUIT")) {
                    say(out, "221 bye");
                    return;
                } else {
                    say(out, "250 ok");
                }
            }
        } catch (IOException gone) {
            // The client was killed.
        } finally {
            clients.remove(client);
        }
    }

    /** Reads to the lone dot; a client that dies before it has sent nothing. */
    private static String message(InputStream in) throws IOException {
        String id = "";
        boolean headers = true;
        while (true) {
            String line = line(in);
            if (line == null) {
                throw new IOException("cut off");
            }
            if (line.equals(".")) {
                return id;
            }
            headers = headers && !line.isEmpty();
            if (headers && line.toLowerCase(Locale.ROOT).startsWith("message-id:")) {
                id = line.substring(11).strip();
            }
        }
    }

    private void say(OutputStream out, String line) throws IOException {
        for (long waited = 0; mood == Mood.SLOW && waited < SLOWNESS.toMillis(); waited += 100) {
            Shop.pause(100);
        }
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toString();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket client : clients) {
            client.close();
        }
    }
}
