package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** Sits at an address that strangers tell the shop: whoever calls there was talked into it. */
public final class Canary implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Integer> callers = new CopyOnWriteArrayList<>();

    public Canary() throws IOException {
        Thread.ofPlatform().daemon().name("canary").start(this::listen);
    }

    private void listen() {
        while (!listening.isClosed()) {
            try {
                try (Socket caller = listening.accept()) {
                    callers.add(caller.getPort());
                }
            } catch (IOException closed) {
                // Nobody called.
            }
        }
    }

    /** Nobody has called; and one that does is heard, which is shown by calling. */
    public void hasHeardNobody() throws IOException {
        int own;
        try (var call = new Socket(listening.getInetAddress(), listening.getLocalPort())) {
            own = call.getLocalPort();
        }
        // Who came before is taken before.
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> callers.contains(own));
        assertThat(callers).containsExactly(own);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** As strangers would write it. */
    public List<String> addresses() {
        String host = "127.0.0.1:" + listening.getLocalPort();
        return List.of(
                "http://" + host + "/canary",
                "http://localhost:" + listening.getLocalPort() + "/latest/meta-data",
                "HTTP://" + host,
                "//" + host + "/canary.png",
                "http://shop.example@" + host + "/",
                "http://2130706433:" + listening.getLocalPort() + "/",
                "ftp://" + host + "/a",
                "jdbc:postgresql://" + host + "/a",
                "ldap://" + host + "/a",
                "${jndi:ldap://" + host + "/a}",
                "<img src=\"http://" + host + "/a.png\">",
                "![a](http://" + host + "/a.png)");
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
