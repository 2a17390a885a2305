package io.emporium.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Asks the shop as a careful client does: what has a key, or only reads, is asked again of whichever process lives until
 * there is an answer; what has none is not.
 */
final class Client {
    // The same request may be the one that is killed several times, and each time its key is locked for a minute.
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    static final JsonMapper JSON = new JsonMapper();

    /** The connection broke, and nobody knows whether it was done. */
    static final class Unanswered extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unanswered(String what) {
            super(what);
        }
    }

    record Answer(int status, JsonNode body) {
        JsonNode data() {
            return body.path("data");
        }

        boolean is(int wanted) {
            return status == wanted;
        }

        String code() {
            return body.path("error").path("code").asText();
        }
    }

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final Shop shop;
    private final Findings findings;
    private final Semaphore atOnce;

    Client(Shop shop, Findings findings) {
        this(shop, findings, Integer.MAX_VALUE);
    }

    /** @param atOnce so many ask at the same time; who waits to ask again is none of them */
    Client(Shop shop, Findings findings, int atOnce) {
        this.shop = shop;
        this.findings = findings;
        this.atOnce = new Semaphore(atOnce);
    }

    Answer get(String path, @Nullable String token) {
        return ask("GET", path, token, null, null);
    }

    /** @throws Unanswered if it had no key */
    Answer ask(String method, String path, @Nullable String token, @Nullable Object body, @Nullable String key) {
        boolean mayRepeat = key != null || !method.equals("POST");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String last = "";
        while (System.nanoTime() < deadline) {
            try {
                Answer answer = once(method, path, token, body, key);
                if (answer.is(500)) {
                    findings.note(method + " " + path + " was answered 500 " + answer.body());
                }
                boolean isRunning = answer.code().equals("REQUEST_IN_PROGRESS");
                if (answer.status() < 500 && !isRunning) {
                    return answer;
                }
                last = answer.toString();
                Shop.pause(isRunning ? 1_000 : 300);
            } catch (IOException broken) {
                if (!mayRepeat) {
                    throw new Unanswered(method + " " + path + ": " + broken);
                }
                last = broken.toString();
                Shop.pause(30);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(stopped);
            }
        }
        findings.note(
                method + " " + path + " has no answer after " + PATIENCE.toSeconds() + " s, the last was " + last);
        throw new Unanswered(last);
    }

    private Answer once(String method, String path, @Nullable String token, @Nullable Object body, @Nullable String key)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(shop.any().at("/api/v1" + path))
                .timeout(Duration.ofSeconds(40))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        atOnce.acquire();
        try {
            return send(request.build());
        } finally {
            atOnce.release();
        }
    }

    static Answer send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        JsonNode body = response.body().length == 0 ? JsonNodeFactory.instance.objectNode() : tree(response.body());
        return new Answer(response.statusCode(), body);
    }

    private static JsonNode tree(byte[] body) throws IOException {
        try {
            return JSON.readTree(body);
        } catch (com.fasterxml.jackson.core.JsonProcessingException cutOff) {
            throw new IOException(cutOff);
        }
    }
}
