package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a body can do to us, and what it gets for it: a 400 that names the field, in the envelope, without our insides. */
@QuarkusTest
class HostileBodiesTest {
    private static final String GOOD = """
            {"customer_name":"Ada","expected_total":10.50,"product_id":1,"is_gift":false,"order_lines":[{"quantity":1,"colour":"RED"}]}""";

    private static String with(String field, String value) {
        String changed =
                GOOD.replaceFirst("\"" + field + "\":[^,}\\]]+", "\"" + field + "\":" + value.replace("\\", "\\\\"));
        if (changed.equals(GOOD)) {
            throw new IllegalArgumentException(field);
        }
        return changed;
    }

    private static String lines(String value) {
        return GOOD.replaceFirst("\\[.*]", value);
    }

    static Stream<Arguments> invalidFields() {
        return Stream.of(
                Arguments.of("NUL", with("customer_name", "\"a\\u0000b\""), "customer_name"),
                Arguments.of("escape", with("customer_name", "\"a\\u001bb\""), "customer_name"),
                Arguments.of("DEL", with("customer_name", "\"a\\u007fb\""), "customer_name"),
                Arguments.of("lone high surrogate", with("customer_name", "\"a\\ud800b\""), "customer_name"),
                Arguments.of("lone low surrogate", with("customer_name", "\"a\\udc00b\""), "customer_name"),
                Arguments.of("blank", with("customer_name", "\"  \""), "customer_name"),
                Arguments.of("null", with("customer_name", "null"), "customer_name"),
                Arguments.of("number for a string", with("customer_name", "5"), "customer_name"),
                Arguments.of("boolean for a string", with("customer_name", "true"), "customer_name"),
                Arguments.of("object for a string", with("customer_name", "{}"), "customer_name"),
                Arguments.of("array for a string", with("customer_name", "[]"), "customer_name"),
                Arguments.of("too long", with("customer_name", "\"" + "x".repeat(101) + "\""), "customer_name"),
                Arguments.of("1e309", with("expected_total", "1e309"), "expected_total"),
                Arguments.of("1e999999999", with("expected_total", "1e999999999"), "expected_total"),
                Arguments.of("1e-999999999", with("expected_total", "1e-999999999"), "expected_total"),
                Arguments.of("string for money", with("expected_total", "\"10.50\""), "expected_total"),
                Arguments.of("part of a cent", with("expected_total", "10.505"), "expected_total"),
                Arguments.of("2^63", with("product_id", "9223372036854775808"), "product_id"),
                Arguments.of("1e309 for a whole number", with("product_id", "1e309"), "product_id"),
                Arguments.of("1.5 for a whole number", with("product_id", "1.5"), "product_id"),
                Arguments.of("null for a whole number", with("product_id", "null"), "product_id"),
                Arguments.of("string for a whole number", with("product_id", "\"1\""), "product_id"),
                Arguments.of("number for a boolean", with("is_gift", "1"), "is_gift"),
                Arguments.of("string for a boolean", with("is_gift", "\"true\""), "is_gift"),
                Arguments.of("2^31", with("quantity", "2147483648"), "order_lines[0].quantity"),
                Arguments.of("zero", with("quantity", "0"), "order_lines[0].quantity"),
                Arguments.of("negative", with("quantity", "-1"), "order_lines[0].quantity"),
                Arguments.of("unknown value", with("colour", "\"BLUE\""), "order_lines[0].colour"),
                Arguments.of("number for a value", with("colour", "0"), "order_lines[0].colour"),
                Arguments.of("empty string for a value", with("colour", "\"\""), "order_lines[0].colour"),
                Arguments.of("empty array", lines("[]"), "order_lines"),
                Arguments.of("null element", lines("[null]"), "order_lines[0]"),
                Arguments.of("object for an array", lines("{}"), "order_lines"),
                Arguments.of("string for an object", lines("[\"x\"]"), "order_lines[0]"),
                Arguments.of("empty string for an object", lines("[\"\"]"), "order_lines[0]"),
                Arguments.of("array for the body", "[]", "body"),
                Arguments.of("string for the body", "\"x\"", "body"),
                Arguments.of("null for the body", "null", "body"),
                Arguments.of("white space", "  \n ", "body"),
                Arguments.of("nothing", "", "body"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidFields")
    void a_value_that_does_not_fit_is_named(String what, String body, String field) {
        given().contentType("application/json")
                .body(body)
                .post("/api/v1/probe")
                .then()
                .statusCode(400)
                .contentType("application/json")
                .header("X-Request-Id", notNullValue())
                .body("success", equalTo(false))
                .body("error.code", equalTo("VALIDATION_ERROR"))
                .body("error.details.fields.field", hasItem(field))
                .body(not(containsString("emporium")))
                .body(not(containsString("java.")));
    }

    static Stream<Arguments> noJson() {
        return Stream.of(
                Arguments.of("cut off", bytes(GOOD.substring(0, 40))),
                Arguments.of("cut off in a number", bytes("{\"product_id\":1")),
                Arguments.of("text", bytes("hello")),
                Arguments.of("two values", bytes(GOOD + GOOD)),
                Arguments.of("trailing brace", bytes(GOOD + "}")),
                Arguments.of("duplicate key", bytes(GOOD.replaceFirst("\\{", "{\"product_id\":2,"))),
                Arguments.of("duplicate unknown key", bytes(GOOD.replaceFirst("\\{", "{\"x\":2,\"x\":3,"))),
                Arguments.of("deep arrays", bytes("{\"x\":" + "[".repeat(100_000))),
                Arguments.of(
                        "deep objects in an unknown field",
                        bytes(with("is_gift", "false,\"x\":" + "{\"a\":".repeat(60) + "1" + "}".repeat(60)))),
                Arguments.of("long number", bytes(with("expected_total", "1".repeat(10_000)))),
                Arguments.of("long name", bytes(GOOD.replaceFirst("\\{", "{\"" + "n".repeat(60_000) + "\":1,"))),
                Arguments.of("NaN", bytes(with("expected_total", "NaN"))),
                Arguments.of("comment", bytes("/* */" + GOOD)),
                Arguments.of("raw NUL in a string", bytes(GOOD.replace("Ada", "A\0a"))),
                Arguments.of("NULs in front", bytes("\0\0\0" + GOOD)),
                Arguments.of("invalid UTF-8", invalidUtf8(0xC3, 0x28)),
                Arguments.of("a surrogate in UTF-8", invalidUtf8(0xED, 0xA0, 0x80)),
                Arguments.of("half a character", invalidUtf8(0xE2, 0x82)));
    }

    private static byte[] bytes(String body) {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] invalidUtf8(int... raw) {
        byte[] body = bytes(GOOD.replace("Ada", "A".repeat(raw.length)));
        int at = GOOD.indexOf("Ada");
        for (int i = 0; i < raw.length; i++) {
            body[at + i] = (byte) raw[i];
        }
        return body;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noJson")
    void what_is_no_json_is_malformed(String what, byte[] body) {
        given().contentType("application/json")
                .body(body)
                .post("/api/v1/probe")
                .then()
                .statusCode(400)
                .contentType("application/json")
                .body("error.code", equalTo("MALFORMED_REQUEST"))
                .body("error.details", instanceOf(Map.class))
                .body(not(containsString("jackson")))
                .body(not(containsString("line")));
    }

    @Test
    void a_nul_in_disguise_is_refused_as_a_nul() {
        // Jackson reads the overlong form of NUL, so the constraint must see what it became.
        given().contentType("application/json")
                .body(invalidUtf8(0xC0, 0x80))
                .post("/api/v1/probe")
                .then()
                .statusCode(400)
                .body("error.details.fields.field", hasItem("customer_name"));
    }

    @Test
    void a_good_body_passes() {
        given().contentType("application/json")
                .body(GOOD)
                .post("/api/v1/probe")
                .then()
                .statusCode(200)
                .body("data.customer_name", equalTo("Ada"));
    }
}
