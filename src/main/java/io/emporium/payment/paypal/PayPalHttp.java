package io.emporium.payment.paypal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** HTTP to PayPal, with an end to all waiting. */
@Singleton
class PayPalHttp {
    private static final long LONGEST_ANSWER = 1 << 20;

    private final PayPalSettings settings;
    private final ObjectMapper json;
    private final HttpClient client;

    PayPalHttp(PayPalSettings settings, ObjectMapper json) {
        this.settings = settings;
        this.json = json;
        this.client = HttpClient.newBuilder()
                .connectTimeout(settings.connectTimeout())
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    HttpRequest.Builder request(String path) {
        String base = settings.apiBase().toString().replaceFirst("/+$", "");
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(limit());
    }

    PayPalAnswer send(HttpRequest.Builder request) throws Unanswered {
        var whole = HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), LONGEST_ANSWER);
        CompletableFuture<HttpResponse<String>> sent = client.sendAsync(request.build(), whole);
        try {
            // The request's own time-out ends with the answer's headers.
            HttpResponse<String> answer = sent.get(limit().toMillis(), TimeUnit.MILLISECONDS);
            String debugId = answer.headers().firstValue("Paypal-Debug-Id").orElse("none");
            return new PayPalAnswer(answer.statusCode(), read(answer.body()), debugId);
        } catch (ExecutionException lost) {
            throw new Unanswered("no answer: " + lost.getCause());
        } catch (TimeoutException late) {
            sent.cancel(true);
            throw new Unanswered("no answer in " + limit().toSeconds() + " s");
        } catch (InterruptedException stopped) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new Unanswered("interrupted");
        }
    }

    private Duration limit() {
        return settings.connectTimeout().plus(settings.readTimeout());
    }

    private JsonNode read(String body) {
        try {
            return json.readTree(body);
        } catch (JsonProcessingException noJson) {
            return MissingNode.getInstance();
        }
    }

    @PreDestroy
    void close() {
        client.shutdownNow();
    }
}
