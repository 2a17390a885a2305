package io.emporium.local.stripe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Calls;
import io.emporium.local.provider.Faults;
import io.emporium.local.provider.Faults.Fault;
import io.emporium.local.provider.Http;
import io.emporium.local.provider.Json;
import io.emporium.local.provider.KeptAnswer;
import io.emporium.local.provider.Packed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * The HTTP door, on 127.0.0.1 only: keys, faults, idempotency and errors around {@link Api}; what is under /_fake goes to
 * {@link Switches}. Bounds: 512 connections (a virtual
 * thread each while a call runs), bodies of 256 KB, 30 seconds to send a request.
 */
final class Door {
    private static final int MOST_BODY = 256 * 1024;

    private final HttpServer server;
    private final String secretKey;
    private Ledger ledger;
    private Api api;
    private Switches switches;
    private Faults faults;
    private Idempotency idempotency;
    private Calls calls;

    /** Binds the port (0: any). {@code secretKey} null: every test key is good. */
    Door(int port, String secretKey) throws IOException {
        server = Http.bind(port);
        this.secretKey = secretKey;
    }

    int port() {
        return server.getAddress().getPort();
    }

    void open(Ledger ledger, Api api, Switches switches, Faults faults, Calls calls) {
        this.ledger = ledger;
        this.api = api;
        this.switches = switches;
        this.faults = faults;
        this.calls = calls;
        idempotency = new Idempotency(ledger);
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY + 1);
            String path = exchange.getRequestURI().getPath();
            if (body.length > MOST_BODY) {
                exchange.getResponseHeaders().set("Connection", "close");
                Http.send(
                        exchange,
                        StripeError.failed(413, "The request is larger than 256 KB.")
                                .answer());
            } else if (path.startsWith("/_fake/")) {
                switches.handle(exchange, new String(body, StandardCharsets.UTF_8));
            } else {
                Call call = new Call(exchange, path, new String(body, StandardCharsets.UTF_8));
                call.run();
                calls.add(call.summary());
            }
        } catch (IOException e) {
            // The client went away; what it asked for is done or not done, as the ledger says.
        } catch (RuntimeException e) {
            e.printStackTrace();
        }
    }

    /** One call of the merchant, from the key to the last byte of the answer. */
    private final class Call {
        private final HttpExchange exchange;
        private final String method;
        private final String path;
        private final String body;
        private final String requestId = Ids.next("req_");
        private final String key;
        private final long startedAt = System.currentTimeMillis();
        private Fault before;
        private Fault after;
        private boolean replayed;
        private int status;

        Call(HttpExchange exchange, String path, String body) {
            this.exchange = exchange;
            this.path = path;
            this.body = body;
            method = exchange.getRequestMethod();
            String given = exchange.getRequestHeaders().getFirst("Idempotency-Key");
            key = given == null || given.isEmpty() || !method.equals("POST") ? null : given;
        }

        void run() throws IOException {
            exchange.getResponseHeaders().set("Request-Id", requestId);
            if (key != null) {
                exchange.getResponseHeaders().set("Idempotency-Key", key.replaceAll("[^\\x20-\\x7e]", "?"));
            }
            before = faults.take(Faults.BEFORE, method, path);
            if (before != null && !before.isDelay() && !isKeptFailure()) {
                strike(before, null);
                return;
            }
            Answer answer;
            try {
                answer = answer();
            } catch (StripeError e) {
                answer = e.answer();
            } catch (RuntimeException e) {
                e.printStackTrace();
                answer = StripeError.failed(500, "The fake Stripe is broken: " + e)
                        .answer();
            }
            if (after != null) {
                strike(after, answer);
            } else {
                reply(answer);
            }
        }

        private void reply(Answer answer) throws IOException {
            status = answer.status();
            Http.send(exchange, answer);
        }

        private Answer answer() {
            authenticate();
            String version = exchange.getRequestHeaders().getFirst("Stripe-Version");
            if (version != null && version.matches("[\\w.-]{1,60}")) {
                ledger.apiVersion(version);
                exchange.getResponseHeaders().set("Stripe-Version", version);
            }
            if (!path.startsWith("/v1/")) {
                throw StripeError.failed(404, "Unrecognized request URL (" + method + ": " + path + ").");
            }
            List<String> parts = Arrays.asList(path.substring("/v1/".length()).split("/"));
            return switch (method) {
                case "GET" -> get(parts);
                case "POST" -> post(parts);
                default -> throw Api.unknown(method, parts);
            };
        }

        private Answer get(List<String> parts) {
            String query = exchange.getRequestURI().getRawQuery();
            Form form = Form.parse(query == null ? "" : query);
            await(before);
            Answer answer = Answer.ok(ledger.read(() -> api.get(parts, form)));
            after = faults.take(Faults.AFTER, method, path);
            return answer;
        }

        private Answer post(List<String> parts) {
            Form form = Form.parse(body);
            String fingerprint = Idempotency.fingerprint(path, form);
            KeptAnswer kept = key == null ? null : idempotency.begin(key, path, fingerprint);
            if (kept != null) {
                replayed = true;
                exchange.getResponseHeaders().set("Idempotent-Replayed", "true");
                exchange.getResponseHeaders().set("Original-Request", kept.requestId());
                await(before);
                after = faults.take(Faults.AFTER, method, path);
                return new Answer(kept.status(), kept.body().text());
            }
            try {
                // The delay comes while the key is in use: who asks again meanwhile gets 409, and the effect comes
                // late.
                await(before);
                Origin origin = new Origin(requestId, key, ledger.apiVersion());
                return ledger.change(origin, change -> effect(parts, form, fingerprint, change));
            } finally {
                if (key != null) {
                    idempotency.end(key);
                }
            }
        }

        // The effect and the answer kept for it are one change: a crash leaves both or neither.
        private Answer effect(List<String> parts, Form form, String fingerprint, Change change) {
            Answer answer;
            try {
                answer = isKeptFailure() ? error(before.status()).answer() : api.post(parts, form, change);
            } catch (StripeError e) {
                if (!e.kept()) {
                    throw e;
                }
                change.drop();
                answer = e.answer();
            }
            after = faults.take(Faults.AFTER, method, path);
            if (after != null && after.isError() && after.status() == 500) {
                answer = error(500).answer();
            }
            if (key != null) {
                change.put(new KeptAnswer(
                        key, path, fingerprint, answer.status(), Packed.of(answer.body()), requestId, Ledger.now()));
            }
            return answer;
        }

        private void authenticate() {
            String header = exchange.getRequestHeaders().getFirst("Authorization");
            String given = "";
            if (header != null && header.startsWith("Bearer ")) {
                given = header.substring("Bearer ".length()).trim();
            } else if (header != null && header.startsWith("Basic ")) {
                try {
                    byte[] decoded = Base64.getDecoder()
                            .decode(header.substring("Basic ".length()).trim());
                    given = new String(decoded, StandardCharsets.UTF_8).split(":", 2)[0];
                } catch (IllegalArgumentException e) {
                    given = "?";
                }
            }
            if (given.isEmpty()) {
                throw StripeError.unauthorized("No API key was given: send it as 'Authorization: Bearer sk_test_…'.");
            }
            boolean good = secretKey == null ? given.matches("(sk|rk)_test_\\w+") : given.equals(secretKey);
            if (!good) {
                String shown = given.length() < 12
                        ? "****"
                        : given.substring(0, 8) + "****" + given.substring(given.length() - 4);
                throw StripeError.unauthorized("Invalid API Key provided: " + shown);
            }
        }

        private void strike(Fault fault, Answer answer) throws IOException {
            boolean asItWas = answer != null && !fault.isError();
            status = Http.strike(
                    exchange,
                    fault,
                    asItWas
                            ? answer
                            : error(fault.isError() ? fault.status() : 500).answer());
        }

        private static StripeError error(int status) {
            return StripeError.failed(
                    status, status == 429 ? "Too many requests, by a switch." : "Something went wrong, by a switch.");
        }

        private boolean isKeptFailure() {
            return before != null && before.isKept() && key != null;
        }

        private void await(Fault fault) {
            if (fault != null && fault.isDelay()) {
                fault.await();
            }
        }

        Map<String, Object> summary() {
            Fault struck = before != null ? before : after;
            return Json.object(
                    "request_id", requestId,
                    "method", method,
                    "path", path,
                    "status", status,
                    "idempotency_key", key,
                    "replayed", replayed,
                    "fault", struck == null ? null : struck.kind(),
                    "fault_when", struck == null ? null : before != null ? Faults.BEFORE : Faults.AFTER,
                    "at_ms", startedAt,
                    "ms", System.currentTimeMillis() - startedAt);
        }
    }
}
