package io.emporium.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fake Stripe as its switches show it: what it can be made to do wrong, and what really happened to the money. */
final class Provider {
    /** It is one of those that are taken away. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String base;

    Provider(String base) {
        this.base = base;
    }

    String base() {
        return base;
    }

    /** @param count how often it strikes */
    void arm(String path, String when, String kind, int count, Duration delay) {
        call(
                "POST",
                "faults",
                Map.of(
                        "method",
                        "POST",
                        "path",
                        path,
                        "when",
                        when,
                        "kind",
                        kind,
                        "count",
                        count,
                        "delay_ms",
                        delay.toMillis()));
    }

    /** Whether what was armed has struck at least once. */
    boolean hasStruck() {
        for (JsonNode fault : call("GET", "faults", null).path("faults")) {
            if (fault.path("struck").asInt() > 0) {
                return true;
            }
        }
        return false;
    }

    void disarm() {
        call("DELETE", "faults", null);
    }

    /** @param state on, off or hold */
    void webhooks(String state) {
        call("PUT", "settings", Map.of("webhooks", Map.of("state", state)));
    }

    /** The customer confirms a payment at their bank. */
    void authenticate(String intent) {
        try {
            call("POST", "payment_intents/" + intent + "/authenticate", Map.of("outcome", "succeed"));
        } catch (IllegalStateException refused) {
            // Nothing waits for it any more, or the first try had been heard; the order will show it.
            Findings.say("authenticating " + intent + ": " + refused.getMessage());
        }
    }

    JsonNode ledger() {
        return call("GET", "ledger", null);
    }

    private JsonNode call(String method, String path, @Nullable Object body) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/_fake/" + path))
                        .timeout(Duration.ofSeconds(20))
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(Client.JSON.writeValueAsBytes(body)))
                        .build();
                Client.Answer answer = Client.send(request);
                if (!answer.is(200)) {
                    throw new IllegalStateException(method + " " + path + ": " + answer);
                }
                return answer.body();
            } catch (IOException away) {
                if (System.nanoTime() > deadline) {
                    throw new UncheckedIOException(away);
                }
                Shop.pause(500);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(stopped);
            }
        }
    }
}
