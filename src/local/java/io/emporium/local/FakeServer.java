package io.emporium.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Calls;
import io.emporium.local.provider.Faults;
import io.emporium.local.provider.Faults.Fault;
import io.emporium.local.provider.Http;
import io.emporium.local.provider.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * Somebody else's server that the shop speaks HTTP with, in this JVM. Nothing leaves the machine.
 * Switches: {@code GET, POST, DELETE /_fake/faults}, {@code GET /_fake/calls}, {@code PUT /_fake/settings}.
 */
abstract class FakeServer implements LocalServer {
    private final int port;
    private final Faults faults = new Faults();
    private final Calls calls = new Calls();
    private HttpServer http;

    FakeServer() throws IOException {
        port = Ports.free();
    }

    String base() {
        return "http://" + Ports.HOST + ":" + port;
    }

    /** Answers a call, which may have an effect. */
    abstract Answer answer(HttpExchange exchange, String body) throws Exception;

    /** What it says that is busy or broken. */
    abstract Answer error(int status);

    /** Throws IllegalArgumentException for what is not understood. */
    abstract Object change(Map<String, Object> settings);

    /** Sends it as what it is. */
    void send(HttpExchange exchange, Answer answer) throws IOException {
        Http.send(exchange, answer);
    }

    @Override
    public void start() throws IOException {
        http = Http.bind(port);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", this::handle);
        http.start();
    }

    @Override
    public void stop() {
        if (http != null) {
            http.stop(0);
            http = null;
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().getPath();
            try {
                if (path.startsWith("/_fake/")) {
                    Http.send(exchange, switches(exchange.getRequestMethod() + " " + path.substring(7), body));
                } else {
                    call(exchange, path, body);
                }
            } catch (IllegalArgumentException | ClassCastException e) {
                Http.send(exchange, new Answer(400, Json.write(Map.of("error", String.valueOf(e.getMessage())))));
            } catch (IOException gone) {
                throw gone;
            } catch (Exception e) {
                e.printStackTrace();
                Http.send(exchange, new Answer(500, Json.write(Map.of("error", e.toString()))));
            }
        }
    }

    private void call(HttpExchange exchange, String path, String body) throws Exception {
        String method = exchange.getRequestMethod();
        calls.add(Json.object("method", method, "path", path, "body", body));
        Fault before = faults.take(Faults.BEFORE, method, path);
        if (before != null && before.isDelay()) {
            before.await();
        } else if (before != null) {
            strike(exchange, before, null);
            return;
        }
        Answer answer = answer(exchange, body);
        Fault after = faults.take(Faults.AFTER, method, path);
        if (after != null) {
            strike(exchange, after, answer);
        } else {
            send(exchange, answer);
        }
    }

    private void strike(HttpExchange exchange, Fault fault, Answer answer) throws IOException {
        boolean isError = fault.isError();
        if (isError && fault.status() == 429) {
            exchange.getResponseHeaders().set("Retry-After", "2");
        }
        Http.strike(exchange, fault, isError || answer == null ? error(isError ? fault.status() : 500) : answer);
    }

    private Answer switches(String what, String body) {
        return switch (what) {
            case "GET faults" -> Answer.ok(Map.of("faults", faults.view()));
            case "POST faults" -> Answer.ok(faults.arm(Json.readObject(body)));
            case "DELETE faults" -> {
                faults.clear();
                yield Answer.ok(Map.of("faults", List.of()));
            }
            case "GET calls" -> Answer.ok(Map.of("calls", calls.view()));
            case "PUT settings" -> Answer.ok(change(Json.readObject(body)));
            default -> new Answer(404, Json.write(Map.of("error", "there is no switch " + what)));
        };
    }
}
