package io.emporium.local.bank;

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
import java.util.concurrent.Executors;

/** The HTTP door, on 127.0.0.1 only: faults and errors around {@link Api}. Bodies of 64 KB at most. */
final class Door {
    private static final int MOST_BODY = 64 * 1024;

    private final HttpServer server;
    private Api api;
    private Switches switches;
    private Faults faults;
    private Calls calls;

    /** Binds the port (0: any). */
    Door(int port) throws IOException {
        server = Http.bind(port);
    }

    int port() {
        return server.getAddress().getPort();
    }

    void open(Api api, Switches switches, Faults faults, Calls calls) {
        this.api = api;
        this.switches = switches;
        this.faults = faults;
        this.calls = calls;
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            byte[] bytes = exchange.getRequestBody().readNBytes(MOST_BODY + 1);
            String body = new String(bytes, StandardCharsets.UTF_8);
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getPath();
            if (bytes.length > MOST_BODY) {
                exchange.getResponseHeaders().set("Connection", "close");
                Http.send(exchange, BankError.failed(413, "the body is larger than 64 KB"));
            } else if (path.startsWith("/_fake/")) {
                Http.send(exchange, answered(() -> switches.answer(method, path, body)));
            } else {
                call(exchange, method, path, body);
            }
        } catch (IOException e) {
            // The client went away; what it asked for is done or not done, as the ledger says.
        } catch (RuntimeException e) {
            e.printStackTrace();
        }
    }

    private void call(HttpExchange exchange, String method, String path, String body) throws IOException {
        long at = System.currentTimeMillis();
        Fault before = faults.take(Faults.BEFORE, method, path);
        Fault after = null;
        int status;
        if (before != null && !before.isDelay()) {
            status = strike(exchange, before, BankError.failed(500, "it does not work today"));
        } else {
            if (before != null) {
                before.await();
            }
            Answer answer = answered(() -> asked(exchange, method, path, body));
            after = answer.status() < 400 ? faults.take(Faults.AFTER, method, path) : null;
            status = after == null ? send(exchange, answer) : strike(exchange, after, answer);
        }
        Fault struck = before == null ? after : before;
        calls.add(Json.object(
                "method", method,
                "path", path,
                "status", status,
                "fault", struck == null ? null : struck.kind(),
                "at_ms", at,
                "ms", System.currentTimeMillis() - at));
    }

    private Answer asked(HttpExchange exchange, String method, String path, String body) {
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        return switch (method + " " + path) {
            case "POST /transfers" -> api.transfer(Json.readObject(body), key);
            case "POST /payouts" -> api.payout(Json.readObject(body), key);
            case "GET /statements" ->
                new Answer(200, api.statement(Http.form(exchange.getRequestURI().getRawQuery())));
            default -> throw BankError.notFound();
        };
    }

    private static int strike(HttpExchange exchange, Fault fault, Answer answer) throws IOException {
        return Http.strike(
                exchange, fault, fault.isError() ? BankError.failed(fault.status(), "it does not work today") : answer);
    }

    private static int send(HttpExchange exchange, Answer answer) throws IOException {
        boolean xml = answer.body().startsWith("<?xml");
        Http.send(exchange, answer.status(), xml ? "application/xml" : "application/json", answer.body());
        return answer.status();
    }

    private interface Asked {
        Answer answer() throws IOException;
    }

    private static Answer answered(Asked asked) throws IOException {
        try {
            return asked.answer();
        } catch (BankError e) {
            return e.answer();
        } catch (IllegalArgumentException | ClassCastException e) {
            return BankError.failed(400, String.valueOf(e.getMessage()));
        }
    }
}
