package io.emporium;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * A port of this machine that nobody has, and that nobody gets by calling somebody else: below those that an operating
 * system gives away by itself, and beside those of the local servers ({@code io.emporium.local.Ports}) and of
 * the other JVM that runs tests.
 */
public final class FreePort {
    private static final int FIRST = 10_000;
    private static final int EACH = 10_000 / TestJvm.MOST;
    private static final Random RANDOM = new Random();
    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePort() {}

    public static synchronized int next() {
        for (int tries = 0; tries < 1_000; tries++) {
            int port = FIRST + EACH * (TestJvm.NUMBER - 1) + RANDOM.nextInt(EACH);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (GIVEN.add(port)) {
                    return socket.getLocalPort();
                }
            } catch (BindException taken) {
                // The next one.
            } catch (IOException fault) {
                throw new UncheckedIOException(fault);
            }
        }
        throw new IllegalStateException("No port is free");
    }
}
