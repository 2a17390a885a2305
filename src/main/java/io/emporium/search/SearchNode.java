package io.emporium.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.http.HttpEntity;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.entity.ContentType;
import org.apache.http.nio.entity.NStringEntity;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP with Elasticsearch or OpenSearch. The low-level client, because the typed one refuses OpenSearch; and no
 * question about which of the two it is, because one of them answers {@code GET /} with 405.
 */
@ApplicationScoped
class SearchNode {
    // A buyer waits for it, and PostgreSQL can still answer within the second.
    private static final RequestOptions WHILE_SOMEBODY_WAITS = within(Duration.ofMillis(ProductIndex.MILLISECONDS));
    private static final RequestOptions IN_THE_BACKGROUND = within(Duration.ofSeconds(15));

    private static final ContentType LINES = ContentType.create("application/x-ndjson", StandardCharsets.UTF_8);

    private final RestClient client;
    private final ObjectMapper json;

    SearchNode(RestClient client, ObjectMapper json) {
        this.client = client;
        this.json = json;
    }

    /** Asks for what a buyer waits for. @throws IndexAway if there is no good answer */
    JsonNode ask(String method, String path, Map<String, ?> body) {
        return perform(
                method, path, new NStringEntity(write(body), ContentType.APPLICATION_JSON), WHILE_SOMEBODY_WAITS);
    }

    /** Asks for something small without a body. @throws IndexAway if there is no good answer */
    JsonNode ask(String method, String path) {
        return perform(method, path, null, WHILE_SOMEBODY_WAITS);
    }

    /**
     * Asks an index several things at once.
     *
     * @param index its path
     * @return the answers, in the order of the questions
     * @throws IndexAway if one of them has no good answer
     */
    List<JsonNode> askAll(String index, List<Map<String, ?>> questions) {
        StringBuilder lines = new StringBuilder();
        questions.forEach(
                question -> lines.append("{}\n").append(write(question)).append('\n'));
        List<JsonNode> answers = new ArrayList<>();
        perform("POST", index + "/_msearch", new NStringEntity(lines.toString(), LINES), WHILE_SOMEBODY_WAITS)
                .path("responses")
                .forEach(answers::add);
        for (JsonNode answer : answers) {
            if (answer.has("error")) {
                throw away(answer.path("status").asInt(), answer.path("error").toString(), null);
            }
        }
        return answers;
    }

    /** Has something done that may take its time. @throws IndexAway if there is no good answer */
    JsonNode work(String method, String path, Map<String, ?> body) {
        return perform(method, path, new NStringEntity(write(body), ContentType.APPLICATION_JSON), IN_THE_BACKGROUND);
    }

    /** As work, without a body. @throws IndexAway if there is no good answer */
    JsonNode work(String method, String path) {
        return perform(method, path, null, IN_THE_BACKGROUND);
    }

    /** As work, the body being lines of JSON. @throws IndexAway if there is no good answer */
    JsonNode workLines(String method, String path, String lines) {
        return perform(method, path, new NStringEntity(lines, LINES), IN_THE_BACKGROUND);
    }

    String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    JsonNode read(String value) {
        try {
            return json.readTree(value);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private JsonNode perform(String method, String path, @Nullable HttpEntity body, RequestOptions options) {
        Request request = new Request(method, path);
        request.setOptions(options);
        request.setEntity(body);
        try {
            return json.readTree(client.performRequest(request).getEntity().getContent());
        } catch (ResponseException refused) {
            throw away(
                    refused.getResponse().getStatusLine().getStatusCode(),
                    String.valueOf(refused.getMessage()),
                    refused);
        } catch (IOException away) {
            throw new IndexAway(0, String.valueOf(away), away);
        }
    }

    private static IndexAway away(int status, String message, @Nullable Throwable cause) {
        return status == 400 ? new QuestionRefused(status, message, cause) : new IndexAway(status, message, cause);
    }

    private static RequestOptions within(Duration time) {
        return RequestOptions.DEFAULT.toBuilder()
                .setRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout((int) time.toMillis())
                        .setConnectTimeout((int) Math.min(1_000, time.toMillis()))
                        .setSocketTimeout((int) time.toMillis())
                        .build())
                .build();
    }
}
