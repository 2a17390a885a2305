package io.emporium.chaos;

import io.emporium.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The wire to a server. It can be long, so that everything that is sent is under way for a while; it leads to where the server is,
 * which may be elsewhere after a start; and it is cut with the server's death, so that connecting is refused then.
 */
final class Line implements AutoCloseable {
    private static final int BYTES = 16 * 1024;
    private static final int CONNECTS_WITHIN_MILLIS = 2_000;

    private final int port = FreePort.next();
    private final Set<Socket> connected = ConcurrentHashMap.newKeySet();
    private volatile int server;
    private volatile Duration takes = Duration.ZERO;
    private ServerSocket door;

    /** @param server its port, on this machine */
    Line(int server) throws IOException {
        lead(server);
    }

    int port() {
        return port;
    }

    /** How long what is sent to the server is under way; its answers come at once. */
    void takes(Duration time) {
        takes = time;
    }

    /** As when the server dies: who is connected is cut off, and nobody can connect. */
    synchronized void cut() throws IOException {
        door.close();
        connected.forEach(this::end);
    }

    /** Leads to it from now on. */
    synchronized void lead(int newServer) throws IOException {
        server = newServer;
        if (door == null || door.isClosed()) {
            ServerSocket open = new ServerSocket();
            open.setReuseAddress(true);
            open.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            door = open;
            Thread.ofPlatform().daemon().name("line-" + port).start(() -> accept(open));
        }
    }

    private void accept(ServerSocket open) {
        while (!open.isClosed()) {
            try {
                Socket client = open.accept();
                Thread.ofVirtual().start(() -> connect(client, open));
            } catch (IOException closed) {
                // Cut.
            }
        }
    }

    private void connect(Socket client, ServerSocket through) {
        var there = new Socket();
        connected.add(client);
        connected.add(there);
        try {
            client.setTcpNoDelay(true);
            there.setTcpNoDelay(true);
            there.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server), CONNECTS_WITHIN_MILLIS);
            if (through.isClosed()) {
                throw new IOException("cut");
            }
        } catch (IOException away) {
            end(client);
            end(there);
            return;
        }
        Thread.ofVirtual().start(() -> carry(there, client, false));
        carry(client, there, true);
    }

    private void carry(Socket from, Socket to, boolean isUnderWay) {
        byte[] bytes = new byte[BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (isUnderWay && !takes.isZero()) {
                    Shop.pause(takes.toMillis());
                }
                out.write(bytes, 0, read);
            }
        } catch (IOException ended) {
            // Both are.
        }
        end(from);
        end(to);
    }

    private void end(Socket socket) {
        connected.remove(socket);
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // As good as closed.
        }
    }

    @Override
    public void close() throws IOException {
        cut();
    }
}
