package io.emporium.payment.paypal;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Singleton;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The access token that every call bears: fetched by one for all who wait, who share its failure too, and renewed a
 * minute before it runs out.
 */
@Singleton
class PayPalToken {
    private static final Duration AHEAD = Duration.ofMinutes(1);
    /** Longer than the call of whoever fetches it. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final PayPalHttp http;
    private final PayPalSettings settings;
    private final Clock clock;
    private @Nullable Token held;
    private @Nullable CompletableFuture<Token> fetching;

    PayPalToken(PayPalHttp http, PayPalSettings settings, Clock clock) {
        this.http = http;
        this.settings = settings;
        this.clock = clock;
    }

    private record Token(String value, Instant renewAt) {}

    String get() throws Unanswered {
        CompletableFuture<Token> coming;
        boolean isMine = false;
        synchronized (this) {
            if (held != null && clock.instant().isBefore(held.renewAt())) {
                return held.value();
            }
            if (fetching == null) {
                fetching = new CompletableFuture<>();
                isMine = true;
            }
            coming = fetching;
        }
        return isMine ? fetchFor(coming) : waitFor(coming);
    }

    /** PayPal does not take it any more. */
    synchronized void drop(String refused) {
        if (held != null && held.value().equals(refused)) {
            held = null;
        }
    }

    private String fetchFor(CompletableFuture<Token> waiting) throws Unanswered {
        try {
            Token token = fetch();
            synchronized (this) {
                held = token;
            }
            waiting.complete(token);
            return token.value();
        } catch (Unanswered | RuntimeException failure) {
            waiting.completeExceptionally(failure);
            throw failure;
        } finally {
            synchronized (this) {
                fetching = null;
            }
            // After an error of the JVM's nobody shall wait for what does not come.
            waiting.completeExceptionally(new IllegalStateException("the call ended"));
        }
    }

    private static String waitFor(CompletableFuture<Token> coming) throws Unanswered {
        try {
            return coming.get(LONGEST.toSeconds(), TimeUnit.SECONDS).value();
        } catch (TimeoutException silent) {
            throw new Unanswered("no access token in time");
        } catch (ExecutionException failed) {
            throw new Unanswered("no access token: " + failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Unanswered("interrupted");
        }
    }

    private Token fetch() throws Unanswered {
        String client =
                settings.clientId().orElse("") + ":" + settings.clientSecret().orElse("");
        HttpRequest.Builder request = http.request("/v1/oauth2/token")
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(client.getBytes(StandardCharsets.UTF_8)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"));
        Instant asked = clock.instant();
        PayPalAnswer answer = http.send(request);
        JsonNode token = answer.body().path("access_token");
        if (!answer.isDone() || !token.isTextual()) {
            throw new Unanswered("no access token: " + answer.describe());
        }
        Duration good = Duration.ofSeconds(answer.body().path("expires_in").asLong());
        Duration ahead = AHEAD.compareTo(good.dividedBy(10)) < 0 ? AHEAD : good.dividedBy(10);
        return new Token(token.asText(), asked.plus(good).minus(ahead));
    }
}
