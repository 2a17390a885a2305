package io.emporium.fuzz;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Sits at an address that strangers tell the shop: whoever calls there was talked into it. */
final class Canary implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicInteger calls = new AtomicInteger();

    Canary() throws IOException {
        Thread.ofPlatform().daemon().name("canary").start(this::listen);
    }

    private void listen() {
        while (!listening.isClosed()) {
            try {
                listening.accept().close();
                calls.incrementAndGet();
            } catch (IOException closed) {
                // Nobody called.
            }
        }
    }

    int calls() {
        return calls.get();
    }

    int port() {
        return listening.getLocalPort();
    }

    /** As strangers would write it. */
    List<String> addresses() {
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
