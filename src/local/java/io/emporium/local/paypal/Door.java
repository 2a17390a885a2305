package io.emporium.local.paypal;

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
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * The HTTP door, on 127.0.0.1 only: tokens, faults and errors around {@link Api}; /_fake, the buyer's page and the
 * certificate need no token. Bodies of 256 KB at most.
 */
final class Door {
    private static final int MOST_BODY = 256 * 1024;

    private final HttpServer server;
    private Api api;
    private Tokens tokens;
    private Signer signer;
    private Switches switches;
    private Faults faults;
    private Calls calls;

    /** Binds the port (0: any). */
    Door(int port) throws IOException {
        server = Http.bind(port);
    }

    String base() {
        return "http://127.0.0.1:" + port();
    }

    int port() {
        return server.getAddress().getPort();
    }

    void open(Api api, Tokens tokens, Signer signer, Switches switches, Faults faults, Calls calls) {
        this.api = api;
        this.tokens = tokens;
        this.signer = signer;
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
            String path = exchange.getRequestURI().getPath();
            if (bytes.length > MOST_BODY) {
                exchange.getResponseHeaders().set("Connection", "close");
                Http.send(exchange, PayPalError.failed(413).answer());
            } else if (path.startsWith("/_fake/") || path.equals("/checkoutnow")) {
                switches.handle(exchange, body);
            } else if (path.startsWith("/v1/notifications/certs/")) {
                Http.send(exchange, 200, "application/x-pem-file", signer.certificate());
            } else {
                Call call = new Call(exchange, path, body);
                call.run();
                calls.add(call.summary());
            }
        } catch (IOException e) {
            // The client went away; what it asked for is done or not done, as the ledger says.
        } catch (RuntimeException e) {
            e.printStackTrace();
        }
    }

    /** One call of the merchant, from the token to the last byte of the answer. */
    private final class Call {
        private final HttpExchange exchange;
        private final String method;
        private final String path;
        private final String body;
        private final String requestId;
        private final long startedAt = System.currentTimeMillis();
        private Fault before;
        private Fault after;
        private int status;

        Call(HttpExchange exchange, String path, String body) {
            this.exchange = exchange;
            this.path = path;
            this.body = body;
            method = exchange.getRequestMethod();
            requestId = exchange.getRequestHeaders().getFirst("PayPal-Request-Id");
        }

        void run() throws IOException {
            exchange.getResponseHeaders().set("Paypal-Debug-Id", Ids.debug());
            before = faults.take(Faults.BEFORE, method, path);
            if (before != null && !before.isDelay()) {
                status = strike(before, null);
                return;
            }
            Answer answer;
            try {
                answer = answer();
                after = faults.take(Faults.AFTER, method, path);
            } catch (PayPalError e) {
                answer = e.answer();
                // A decline is an effect too: whoever lost it must find it again.
                after = answer.status() == 422 ? faults.take(Faults.AFTER, method, path) : null;
            } catch (RuntimeException e) {
                e.printStackTrace();
                answer = PayPalError.failed(500).answer();
            }
            if (after != null) {
                status = strike(after, answer);
            } else {
                status = answer.status();
                Http.send(exchange, answer);
            }
        }

        private int strike(Fault fault, Answer answer) throws IOException {
            Answer shown = fault.isError()
                    ? PayPalError.failed(fault.status()).answer()
                    : answer == null ? PayPalError.failed(500).answer() : answer;
            return Http.strike(exchange, fault, shown);
        }

        private Answer answer() {
            if (path.equals("/v1/oauth2/token") && method.equals("POST")) {
                await();
                return Answer.ok(tokens.issue(exchange.getRequestHeaders(), body));
            }
            tokens.check(exchange.getRequestHeaders());
            return switch (method) {
                case "GET" -> {
                    await();
                    yield api.get(path);
                }
                case "POST" -> {
                    String prefer = String.valueOf(exchange.getRequestHeaders().getFirst("Prefer"));
                    yield api.post(path, body, requestId, prefer.contains("return=representation"), this::await);
                }
                default -> throw PayPalError.failed(404);
            };
        }

        private void await() {
            if (before != null) {
                before.await();
            }
        }

        Map<String, Object> summary() {
            Fault struck = before != null ? before : after;
            return Json.object(
                    "method", method,
                    "path", path,
                    "status", status,
                    "request_id", requestId,
                    "fault", struck == null ? null : struck.kind(),
                    "fault_when", struck == null ? null : before != null ? Faults.BEFORE : Faults.AFTER,
                    "at_ms", startedAt,
                    "ms", System.currentTimeMillis() - startedAt);
        }
    }
}
