package io.emporium.local;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Free ports of the loopback address; no port is given twice. Below those that an operating system gives to whoever calls
 * somebody else: one of those can be gone in the second between being found free and being used.
 */
final class Ports {

    static final String HOST = "127.0.0.1";

    private static final int FIRST = 20_000;
    private static final int BEHIND_LAST = 32_000;
    private static final Random RANDOM = new Random();
    private static final Set<Integer> GIVEN = new HashSet<>();

    private Ports() {}

    static synchronized int free() throws IOException {
        for (int tries = 0; tries < 1_000; tries++) {
            int port = RANDOM.nextInt(FIRST, BEHIND_LAST);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
                if (GIVEN.add(port)) {
                    return port;
                }
            } catch (BindException taken) {
                // By somebody else: the next one.
            }
        }
        throw new IOException("no port from " + FIRST + " to " + (BEHIND_LAST - 1) + " is free");
    }
}
