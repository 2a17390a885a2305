package io.emporium.local.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.emporium.local.provider.Faults.Fault;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;

/** HTTP on 127.0.0.1, as a provider answers it or, struck by a fault, does not. */
public final class Http {
    private Http() {}

    /** Binds the port (0: any): 512 connections at most, 30 seconds to send a request. */
    public static HttpServer bind(int port) throws IOException {
        // Read once by the JDK's server, before its first instance. Without nodelay every answer waits 40 ms for an
        // ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("jdk.httpserver.maxConnections", "512");
        System.setProperty("sun.net.httpserver.maxReqTime", "30");
        return HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 256);
    }

    public static void send(HttpExchange exchange, Answer answer) throws IOException {
        send(exchange, answer.status(), "application/json", answer.body());
    }

    public static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /**
     * Answers as a fault has it, and returns the status that was sent, 0 where none was.
     *
     * @param answer what would have been answered, or what an error fault answers
     */
    public static int strike(HttpExchange exchange, Fault fault, Answer answer) throws IOException {
        switch (fault.kind()) {
            case "halt" -> Runtime.getRuntime().halt(137);
            case "close" -> exchange.close();
            case "cut" -> cut(exchange, answer);
            case "drip" -> {
                drip(exchange, answer, fault);
                return answer.status();
            }
            case "hang" -> {
                fault.await();
                exchange.close();
            }
            default -> {
                if (fault.isDelay()) {
                    fault.await();
                }
                send(exchange, answer);
                return answer.status();
            }
        }
        return 0;
    }

    private static void cut(HttpExchange exchange, Answer answer) throws IOException {
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
        exchange.getResponseBody().flush();
    }

    private static void drip(HttpExchange exchange, Answer answer, Fault fault) throws IOException {
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        for (byte each : bytes) {
            exchange.getResponseBody().write(each);
            exchange.getResponseBody().flush();
            fault.await();
        }
    }

    /** Tells whoever waits for the ready file that the port is open. */
    public static void announce(Path ready, int port) throws IOException {
        Path written = ready.resolveSibling(ready.getFileName() + ".new");
        Files.writeString(written, "port=" + port + "\n");
        Files.move(written, ready, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The fields of a form or a query; null is none. */
    public static Map<String, String> form(String encoded) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : encoded == null ? new String[0] : encoded.split("&")) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                fields.put(
                        URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8),
                        equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return fields;
    }
}
