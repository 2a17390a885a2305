package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.shared.Refusal;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI document says of every operation what it is, what it answers, and how it fails. */
@QuarkusTest
class ApiDocumentTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    private JsonNode document;

    private record Operation(String name, JsonNode node, boolean hasBody, boolean isClosed) {}

    @BeforeEach
    void read() throws Exception {
        String json = given().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        document = new ObjectMapper().readTree(json);
    }

    private List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        document.path("paths").properties().stream()
                // The tests' own resources are none of the shop's.
                .filter(path -> !path.getKey().startsWith("/test/"))
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method -> METHODS.contains(method.getKey()))
                        .forEach(method -> operations.add(new Operation(
                                method.getKey() + " " + path.getKey(),
                                method.getValue(),
                                method.getValue().has("requestBody"),
                                !method.getValue().path("security").isEmpty()))));
        assertThat(operations).isNotEmpty();
        return operations;
    }

    @Test
    void fields_are_named_as_they_are_sent() {
        List<String> others = new ArrayList<>();
        document.at("/components/schemas")
                .properties()
                .forEach(schema -> schema.getValue()
                        .path("properties")
                        .fieldNames()
                        .forEachRemaining(field -> {
                            if (!field.matches("[a-z0-9_]+")) {
                                others.add(schema.getKey() + "." + field);
                            }
                        }));
        assertThat(others).isEmpty();
        assertThat(document.at("/components/schemas/PaymentRequest/properties").has("payment_details"))
                .isTrue();
    }

    @Test
    void every_operation_says_what_it_is() {
        List<String> silent = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Operation operation : operations()) {
            for (String field : List.of("operationId", "summary", "tags")) {
                if (operation.node().path(field).isMissingNode()) {
                    silent.add(operation.name() + " has no " + field);
                }
            }
            if (!ids.add(operation.node().path("operationId").asText())) {
                silent.add(operation.name() + " has another's operationId");
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void every_operation_says_how_it_fails() {
        List<String> silent = new ArrayList<>();
        for (Operation operation : operations()) {
            List<String> statuses = new ArrayList<>(List.of("400", "401", "405", "406", "429", "500", "503"));
            if (operation.hasBody()) {
                statuses.addAll(List.of("413", "415"));
            }
            if (operation.isClosed()) {
                statuses.add("403");
            }
            for (String status : statuses) {
                JsonNode content = operation
                        .node()
                        .path("responses")
                        .path(status)
                        .path("content")
                        .path("application/json");
                boolean shown = !content.path("examples").isEmpty() || content.has("example");
                if (!content.path("schema").path("$ref").asText().endsWith("/Failure") || !shown) {
                    silent.add(operation.name() + " " + status);
                }
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void every_code_stands_where_it_can_be_met() {
        Map<String, Set<String>> codes = new HashMap<>();
        for (Operation operation : operations()) {
            Set<String> own =
                    codes.computeIfAbsent(operation.node().path("operationId").asText(), id -> new TreeSet<>());
            operation
                    .node()
                    .path("responses")
                    .properties()
                    .forEach(answer -> answer.getValue()
                            .path("content")
                            .path("application/json")
                            .path("examples")
                            .properties()
                            .forEach(example -> own.add(
                                    answer.getKey() + " " + example.getKey().toUpperCase(Locale.ROOT))));
        }
        Set<String> all = new TreeSet<>();
        codes.values().forEach(all::addAll);
        for (Refusal.Code code : Refusal.Code.values()) {
            assertThat(all).contains(code.status() + " " + code);
        }
        assertThat(codes.get("createOrder"))
                .contains(
                        "400 INVALID_PAYMENT_METHOD",
                        "404 RESOURCE_NOT_FOUND",
                        "409 CART_EMPTY",
                        "409 INSUFFICIENT_STOCK",
                        "409 PRICE_CHANGED",
                        "409 REQUEST_IN_PROGRESS",
                        "422 IDEMPOTENCY_KEY_REUSED");
        assertThat(codes.get("processPayment"))
                .contains("400 INVALID_PAYMENT_DETAILS", "402 PAYMENT_DECLINED", "409 ORDER_NOT_PAYABLE");
        assertThat(codes.get("refundPayment")).contains("409 REFUND_EXCEEDS_PAYMENT");
        assertThat(codes.get("replaceProduct")).contains("409 DUPLICATE_FIELD", "412 VERSION_CONFLICT");
        assertThat(codes.get("login")).contains("401 INVALID_CREDENTIALS").doesNotContain("409 DUPLICATE_FIELD");
        for (String moved : List.of("cancelOrder", "updateOrderStatus", "shipOrder", "approveRefundRequest")) {
            assertThat(codes.get(moved)).contains("409 INVALID_STATUS_TRANSITION");
        }
    }

    @Test
    void every_operation_shows_its_success() {
        List<String> silent = new ArrayList<>();
        for (Operation operation : operations()) {
            operation.node().path("responses").properties().stream()
                    .filter(answer ->
                            answer.getKey().startsWith("2") && !answer.getKey().equals("204"))
                    .forEach(answer -> {
                        JsonNode content = answer.getValue().path("content");
                        if (content.isEmpty()) {
                            silent.add(operation.name() + " " + answer.getKey() + " has no content");
                        }
                        content.properties().forEach(type -> {
                            if (type.getValue().path("schema").isEmpty()) {
                                silent.add(operation.name() + " " + type.getKey() + " has no schema");
                            } else if (!hasExample(type.getValue(), new HashSet<>())) {
                                silent.add(operation.name() + " " + type.getKey() + " has no example");
                            }
                        });
                    });
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void nobodys_mail_link_is_a_page_to_a_browser() {
        assertThat(operations())
                .filteredOn(operation -> operation.node().at("/tags/0").asText().equals("Mail links"))
                .hasSize(3)
                .allSatisfy(operation -> assertThat(
                                operation.node().at("/responses/404/content").properties())
                        .as(operation.name())
                        .extracting(Map.Entry::getKey)
                        .containsExactly("application/json", "text/html"));
    }

    /** An example of its own, or one on any schema it is made of. */
    private boolean hasExample(JsonNode node, Set<String> visited) {
        if (node.has("example") || !node.path("examples").isEmpty()) {
            return true;
        }
        String reference = node.path("$ref").asText();
        if (!reference.isEmpty()) {
            return visited.add(reference) && hasExample(document.at(reference.substring(1)), visited);
        }
        for (JsonNode child : node) {
            if (child.isContainerNode() && hasExample(child, visited)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void the_token_is_a_scheme_and_the_failure_a_schema() {
        assertThat(document.at("/components/securitySchemes/bearer/scheme").asText())
                .isEqualTo("bearer");
        assertThat(document.at("/components/schemas/Failure/required").toString())
                .isEqualTo("[\"success\",\"error\"]");
        assertThat(document.at("/info/title").asText()).isEqualTo("Emporium");
    }
}
