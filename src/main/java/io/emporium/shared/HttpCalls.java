package io.emporium.shared;

import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** HTTP to somebody we depend on, with an end to all waiting and to what is read: an answer of a megabyte at most. */
public final class HttpCalls implements AutoCloseable {
    private static final long LONGEST_ANSWER = 1 << 20;

    private final Duration limit;
    private final HttpClient client;

    /**
     * @param connectTimeout until there is a connection
     * @param readTimeout from then until the whole answer is here
     */
    public HttpCalls(Duration connectTimeout, Duration readTimeout) {
        this.limit = connectTimeout.plus(readTimeout);
        this.client = HttpClient.newBuilder()
                .connectTimeout(connectTimeout)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /** No whole answer came. */
    public static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean isUnsent;

        private NoAnswer(String why, boolean isUnsent) {
            super(why, null, false, false);
            this.isUnsent = isUnsent;
        }

        /** Whether there was not even a connection, so that what was asked is surely not done. */
        public boolean isUnsent() {
            return isUnsent;
        }
    }

    /** @param path with its slash in front, encoded */
    public HttpRequest.Builder request(URI base, String path) {
        String root = base.toString().replaceFirst("/+$", "");
        return HttpRequest.newBuilder(URI.create(root + path)).timeout(limit);
    }

    /** Fields as {@code application/x-www-form-urlencoded} has them, or the query of an address. */
    public static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    public HttpResponse<String> send(HttpRequest request) throws NoAnswer {
        var whole = HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), LONGEST_ANSWER);
        CompletableFuture<HttpResponse<String>> sent = client.sendAsync(request, whole);
        try {
            // The request's own time-out ends with the answer's headers.
            return sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException lost) {
            Throwable cause = lost.getCause();
            throw new NoAnswer(
                    "no answer: " + cause,
                    cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException);
        } catch (TimeoutException late) {
            sent.cancel(true);
            throw new NoAnswer("no answer in " + limit.toSeconds() + " s", false);
        } catch (InterruptedException stopped) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new NoAnswer("interrupted", false);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
