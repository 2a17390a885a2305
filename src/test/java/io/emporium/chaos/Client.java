package io.emporium.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
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

    private static final HttpClient HTTP = http().build();

    private final HttpClient http;
    private final Function<String, URI> way;
    private final Findings findings;
    private final Semaphore atOnce;
    private final AtomicLong answers = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    Client(Shop shop, Findings findings) {
        this(shop, findings, Integer.MAX_VALUE);
    }

    /** @param atOnce so many ask at the same time; who waits to ask again is none of them */
    Client(Shop shop, Findings findings, int atOnce) {
        this(path -> shop.any().at(path), findings, atOnce);
    }

    /** @param way where a path is asked for, each time anew */
    Client(Function<String, URI> way, Findings findings, int atOnce) {
        this(way, findings, atOnce, HTTP);
    }

    /** @param from whose connections come from this address */
    Client(Function<String, URI> way, Findings findings, int atOnce, InetAddress from) {
        this(way, findings, atOnce, http().localAddress(from).build());
    }

    private Client(Function<String, URI> way, Findings findings, int atOnce, HttpClient http) {
        this.http = http;
        this.way = way;
        this.findings = findings;
        this.atOnce = new Semaphore(atOnce);
    }

    private static HttpClient.Builder http() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2));
    }

    /** So many requests were answered below 500. */
    long answers() {
        return answers.get();
    }

    /** What was not answered or with 500 and above since it was last asked, and asked for again or not. */
    List<String> failures() {
        List<String> all = new ArrayList<>();
        for (String one = failures.poll(); one != null; one = failures.poll()) {
            all.add(one);
        }
        return all;
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
                    answers.incrementAndGet();
                    return answer;
                }
                last = answer.toString();
                if (!isRunning) {
                    failures.add(method + " " + path + ": " + last);
                }
                Shop.pause(isRunning ? 1_000 : 300);
            } catch (IOException broken) {
                failures.add(method + " " + path + ": " + broken);
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
        var request = HttpRequest.newBuilder(way.apply("/api/v1" + path))
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
            return send(http, request.build());
        } finally {
            atOnce.release();
        }
    }

    static Answer send(HttpRequest request) throws IOException, InterruptedException {
        return send(HTTP, request);
    }

    private static Answer send(HttpClient http, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
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
