package io.emporium.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The shop's OpenAPI document: which operations there are, and whether an answer is one that it promises. */
final class Document {
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private static final String FAILURE = "{\"$ref\":\"#/components/schemas/Failure\"}";

    /** One operation; its method in capitals. */
    record Operation(String method, String path, JsonNode node) {
        String name() {
            return method + " " + path;
        }

        JsonNode body() {
            return node.path("requestBody").path("content");
        }
    }

    private final JsonNode root;
    private final JsonNode closed;
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private final Map<String, JsonSchema> compiled = new ConcurrentHashMap<>();

    Document(String json) throws JsonProcessingException {
        root = JSON.readTree(json);
        closed = root.path("components").deepCopy();
        closed.path("schemas").forEach(Document::close);
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        root.path("paths").properties().stream()
                // The tests' own resources are none of the shop's.
                .filter(path -> !path.getKey().startsWith("/test/"))
                .filter(path -> !path.getKey().startsWith("/api/v1/probe"))
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method -> METHODS.contains(method.getKey()))
                        .forEach(method -> operations.add(new Operation(
                                method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()))));
        return operations;
    }

    Set<String> methodsOf(String path) {
        return new java.util.HashSet<>(root.path("paths")
                .path(path)
                .propertyStream()
                .map(Map.Entry::getKey)
                .filter(METHODS::contains)
                .map(method -> method.toUpperCase(Locale.ROOT))
                .toList());
    }

    JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        return reference.isEmpty() ? schema : root.at(reference.substring(1));
    }

    /** What is wrong with an answer of this operation; null if it is as the document says. */
    @Nullable
    String contradiction(Operation operation, RawHttp.Answer answer) {
        JsonNode promised = operation.node().path("responses").path(String.valueOf(answer.status()));
        if (promised.isMissingNode()) {
            return "the document knows no " + answer.status() + " of it";
        }
        JsonNode content = promised.path("content");
        if (content.isEmpty() || answer.status() == 304) {
            return answer.body().length == 0 ? null : "the document knows no body of a " + answer.status();
        }
        String type = answer.header("content-type");
        String plain = type.contains(";") ? type.substring(0, type.indexOf(';')).strip() : type;
        JsonNode media = content.path(plain);
        if (media.isMissingNode()) {
            return "the document knows no content type \"" + type + "\" of a " + answer.status();
        }
        return plain.equals("application/json")
                ? contradiction(operation.name() + answer.status(), media.path("schema"), answer.body())
                : null;
    }

    /** What is wrong with a body that must be the envelope of a failure. */
    @Nullable
    String failureContradiction(RawHttp.Answer answer) {
        try {
            return contradiction("failure", JSON.readTree(FAILURE), answer.body());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private @Nullable String contradiction(String name, JsonNode schema, byte[] body) {
        JsonSchema known = compiled.computeIfAbsent(name, any -> compile(schema));
        try {
            JsonNode sent = JSON.readTree(body);
            if (sent == null || sent.isMissingNode()) {
                return "there is no body";
            }
            Set<ValidationMessage> messages = known.validate(sent);
            return messages.isEmpty() ? null : messages.iterator().next().getMessage();
        } catch (java.io.IOException noJson) {
            return "the body is no JSON: " + noJson.getMessage();
        }
    }

    private JsonSchema compile(JsonNode schema) {
        ObjectNode whole = schema.deepCopy();
        close(whole);
        whole.set("components", closed);
        return schemas.getSchema(whole);
    }

    /** A field that the document does not name is a contradiction too. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            if (object.has("properties") && !object.has("additionalProperties") && !object.has("allOf")) {
                object.put("additionalProperties", false);
            }
        }
        schema.forEach(Document::close);
    }
}
