package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.emporium.Invariants;
import io.emporium.Shopper;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every operation of the OpenAPI document, sent what does not fit: each field of its body, each path and query parameter
 * takes each of the values below. The answer is ours, in the envelope, and never a 5xx; no money and no goods move.
 */
@QuarkusTest
class BadInputEverywhereTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As they stand in a body. */
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-1",
            "1.5",
            "2147483648",
            "9223372036854775808",
            "1e309",
            "1e999999999",
            "\"\"",
            "\"   \"",
            "\"x\"",
            "\"a\\u0000b\"",
            "\"\\ud800\"",
            "\"\\r\\nSet-Cookie: a=b\"",
            "\"<script>alert(1)</script>\"",
            "\"' OR 1=1; DROP TABLE orders --\"",
            "\"=cmd|' /C calc'!A0\"",
            "\"" + "x".repeat(10_000) + "\"",
            "[]",
            "[null]",
            "[{}]",
            "{}",
            "{\"a\":{\"b\":[1,2]}}",
            "[".repeat(60) + "]".repeat(60));

    /** As they stand in an address, encoded. */
    private static final List<String> IN_ADDRESS = List.of(
            "",
            "0",
            "-1",
            "abc",
            "1.5",
            "2147483648",
            "9223372036854775808",
            "1e309",
            "null",
            "%00",
            "%0d%0aSet-Cookie:%20a=b",
            "%ed%a0%80",
            "%27%20OR%201=1--",
            "..%2f..%2fetc%2fpasswd",
            "%3Cscript%3E",
            "x".repeat(3000));

    /** What other tests left unpaid may run out meanwhile, and gives its goods back by itself. */
    private static final String MOVED_BY_HAND = """
            stock_ledger WHERE order_id IS NOT NULL
               AND NOT (reason = 'released' AND order_id IN (SELECT order_id FROM orders WHERE cancel_reason = 'expired'))""";

    /** What would take the callers' sessions away from under the test; their own tests send them what does not fit. */
    private static final Set<String> NOT_HERE = Set.of("post /api/v1/auth/logout", "post /api/v1/auth/refresh");

    @Inject
    EntityManager database;

    @Inject
    Invariants invariants;

    private JsonNode document;
    private final List<String> faults = new ArrayList<>();
    private int asked;
    private int taken;

    @BeforeEach
    void read() throws Exception {
        document = JSON.readTree(given().get("/q/openapi?format=json").asString());
    }

    @Test
    void nothing_a_client_sends_is_a_fault_of_ours() {
        List<Shopper> callers = List.of(Shopper.registered(), Shopper.admin());
        List<Long> before = moneyAndGoods();

        everyOperation((name, operation) -> {
            for (Shopper caller : callers) {
                bodies(name, operation, caller);
                parameters(name, operation, caller);
            }
        });

        assertThat(faults).isEmpty();
        // Fewer would mean that the document was not understood, or that something else was wrong with every body.
        assertThat(asked).isGreaterThan(5_000);
        assertThat(taken).isGreaterThan(300);
        assertThat(moneyAndGoods()).isEqualTo(before);
        invariants.hold();
    }

    private void everyOperation(BiConsumer<String, JsonNode> test) {
        document.path("paths").properties().stream()
                .filter(path -> path.getKey().startsWith("/api/"))
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method ->
                                Set.of("get", "post", "put", "patch", "delete").contains(method.getKey()))
                        .filter(method -> !NOT_HERE.contains(method.getKey() + " " + path.getKey()))
                        .forEach(method -> test.accept(method.getKey() + " " + path.getKey(), method.getValue())));
    }

    private void bodies(String name, JsonNode operation, Shopper caller) {
        JsonNode schema = resolved(operation.at("/requestBody/content/application~1json/schema"));
        ObjectNode good = JSON.createObjectNode();
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(field -> required.add(field.asText()));
        schema.path("properties")
                .properties()
                .forEach(field -> example(field.getValue(), good, field.getKey(), required.contains(field.getKey())));
        String path = address(name, operation, "", "7000000001");
        schema.path("properties").fieldNames().forEachRemaining(field -> {
            for (String value : VALUES) {
                send(name, path, caller, with(good, field, value), field + " = " + value);
            }
            ObjectNode without = good.deepCopy();
            without.remove(field);
            send(name, path, caller, without.toString(), "without " + field);
        });
        if (!schema.isMissingNode()) {
            for (String body : List.of("", "null", "[]", "\"x\"", "{", "{}", "{\"a\":1,\"a\":2}")) {
                send(name, path, caller, body, "body " + body);
            }
        }
    }

    private void parameters(String name, JsonNode operation, Shopper caller) {
        boolean hasBody = operation.has("requestBody");
        for (JsonNode parameter : operation.path("parameters")) {
            String in = parameter.path("in").asText();
            if (!in.equals("path") && !in.equals("query")) {
                continue;
            }
            String what = parameter.path("name").asText();
            for (String value : IN_ADDRESS) {
                send(
                        name,
                        address(name, operation, what, value),
                        caller,
                        hasBody ? "{}" : null,
                        in + " " + what + " = " + value);
            }
        }
    }

    private void send(String name, String path, Shopper caller, @Nullable String body, String what) {
        RequestSpecification request = caller.request().urlEncodingEnabled(false);
        if (body != null) {
            request.contentType("application/json").body(body);
        }
        Response answer = request.request(name.substring(0, name.indexOf(' ')).toUpperCase(Locale.ROOT), path);
        asked++;
        taken += answer.statusCode() < 300 ? 1 : 0;
        String text = answer.asString();
        boolean isOurs = answer.statusCode() == 304
                || answer.header("X-Request-Id") != null
                        && (answer.statusCode() < 400 || text.startsWith("{\"success\":false,\"error\":{\"code\":\""));
        boolean tells = text.contains("io.emporium") || text.contains("java.") || text.contains("Exception");
        if (answer.statusCode() >= 500 || !isOurs || tells || answer.header("Set-Cookie") != null) {
            faults.add(name + " with " + cut(what) + ": " + answer.statusCode() + " " + cut(text));
        }
    }

    /** The operation's address, with the value in one of its parameters and ids of nothing in the others. */
    private static String address(String name, JsonNode operation, String parameter, String value) {
        String path = name.substring(name.indexOf(' ') + 1);
        String query = "";
        for (JsonNode candidate : operation.path("parameters")) {
            String what = candidate.path("name").asText();
            String put = what.equals(parameter) ? value : "7000000001";
            if (candidate.path("in").asText().equals("path")) {
                path = path.replace("{" + what + "}", put);
            } else if (what.equals(parameter)) {
                query = "?" + what + "=" + value;
            }
        }
        return path + query;
    }

    /** What the document gives as an example, so that nothing else is wrong with a body. */
    private void example(JsonNode schema, ObjectNode into, String field, boolean required) {
        JsonNode resolved = resolved(schema);
        JsonNode example = resolved.path("examples").path(0).isMissingNode()
                ? resolved.path("example")
                : resolved.path("examples").path(0);
        if (example.isTextual() && !resolved.path("type").toString().contains("string")) {
            example = parsed(example.asText());
        }
        if (field.endsWith("_id") && example.isNumber()) {
            // Of nothing: what happens to be valid shall not move what is there.
            into.put(field, 7_000_000_001L);
        } else if (!example.isMissingNode()) {
            into.set(field, example);
        } else if (resolved.path("enum").isArray()) {
            into.set(field, resolved.path("enum").path(0));
        } else if (required) {
            switch (resolved.path("type").asText()) {
                case "boolean" -> into.put(field, false);
                case "integer", "number" -> into.put(field, 1);
                default -> into.put(field, "x");
            }
        }
    }

    private static JsonNode parsed(String example) {
        try {
            return JSON.readTree(example);
        } catch (JsonProcessingException noJson) {
            return TextNode.valueOf(example);
        }
    }

    private JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        return reference.isEmpty() ? schema : document.at(reference.substring(1));
    }

    private static String with(ObjectNode good, String field, String value) {
        ObjectNode body = good.deepCopy();
        body.put(field, "@@");
        return body.toString().replace("\"@@\"", value);
    }

    private List<Long> moneyAndGoods() {
        return List.of("orders", "transactions", "refunds", "shipments", MOVED_BY_HAND).stream()
                .map(rows -> ((Number) database.createNativeQuery("SELECT count(*) FROM " + rows, Long.class)
                                .getSingleResult())
                        .longValue())
                .toList();
    }

    private static String cut(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
