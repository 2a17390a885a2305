package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.TransactionalException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer has the envelope, a request id and its headers, whoever gives it. */
@QuarkusTest
class FrontDoorTest {
    @TestHTTPResource
    URI door;

    @Inject
    EntityManager database;

    @Inject
    AuditLog audit;

    private static ValidatableResponse isFailure(ValidatableResponse answer, int status, String code) {
        return answer.statusCode(status)
                .contentType("application/json")
                .header("X-Request-Id", matchesPattern("[A-Za-z0-9._-]{1,100}"))
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", containsString("frame-ancestors 'none'"))
                .body("success", equalTo(false))
                .body("error.code", equalTo(code))
                .body("error.message", notNullValue())
                .body("error.details", notNullValue())
                .body(not(containsString("secret")))
                .body(not(containsString("Exception")))
                .body(not(containsString("io.")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/nothing",
                "/api/v1/probe/x/y/z",
                "/nothing",
                "/api",
                "/q/nothing",
                "/api/v1/probe/abc",
                "/api/v1/probe/0",
                "/api/v1/probe/-1",
                "/api/v1/probe/1.5",
                "/api/v1/probe/9223372036854775808",
                "/api/v1/probe/%00",
                "/%2e%2e/%2e%2e/etc/passwd"
            })
    void what_is_not_there_is_404(String path) {
        isFailure(given().urlEncodingEnabled(false).get(path).then(), 404, "RESOURCE_NOT_FOUND");
    }

    @ParameterizedTest
    @CsvSource({
        "page=abc,page",
        "page=0,page",
        "page=101,page",
        "page=2147483648,page",
        "page=1.5,page",
        "page=%00,page",
        "min_price=x,min_price"
    })
    void a_bad_query_parameter_is_400_and_named(String query, String field) {
        isFailure(
                        given().urlEncodingEnabled(false)
                                .get("/api/v1/probe/1?" + query)
                                .then(),
                        400,
                        "VALIDATION_ERROR")
                .body("error.details.fields.field", hasItem(field));
    }

    @Test
    void a_bad_header_is_400_and_named() {
        isFailure(
                        given().contentType("application/json")
                                .header("X-Colour", "much too long")
                                .body(
                                        "{\"customer_name\":\"A\",\"expected_total\":1,\"product_id\":1,\"is_gift\":false,\"order_lines\":[{\"quantity\":1,\"colour\":\"RED\"}]}")
                                .post("/api/v1/probe")
                                .then(),
                        400,
                        "VALIDATION_ERROR")
                .body("error.details.fields.field", hasItem("X-Colour"));
    }

    @Test
    void a_wrong_method_is_405_and_says_which_are_right() {
        isFailure(given().delete("/api/v1/probe").then(), 405, "METHOD_NOT_ALLOWED")
                .header("Allow", containsString("POST"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml", "nonsense", "a/b/c", ";"})
    void what_we_cannot_write_is_406(String accept) {
        isFailure(given().header("Accept", accept).get("/api/v1/probe/1").then(), 406, "NOT_ACCEPTABLE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded"})
    void what_we_cannot_read_is_415(String type) {
        isFailure(
                given().contentType(type + "; charset=UTF-8")
                        .body("x")
                        .post("/api/v1/probe")
                        .then(),
                415,
                "UNSUPPORTED_MEDIA_TYPE");
    }

    /** A record of one text could be made of a text. */
    @Test
    void what_is_said_in_fields_is_said_in_json() {
        for (String path :
                List.of("/api/v1/auth/refresh", "/api/v1/auth/email/verify", "/api/v1/auth/password/forgot")) {
            isFailure(given().contentType("text/plain").body("{}").post(path).then(), 415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }

    @Test
    void who_asks_for_another_protocol_is_answered_in_this_one() throws Exception {
        assertThat(raw("GET /api/v1/probe/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUpgrade: h2c\r\n\r\n"))
                .contains("HTTP/1.1 200")
                .containsIgnoringCase("X-Request-Id");
    }

    @Test
    void nonsense_for_a_content_type_is_no_fault_of_ours() throws Exception {
        String answer = raw(
                "POST /api/v1/probe HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ;;\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(answer).containsPattern("HTTP/1.1 4(00|15)").contains("\"success\":false");
    }

    @Test
    void nobody_is_let_in_without_a_token_or_with_a_bad_one() {
        isFailure(given().get("/api/v1/probe/private").then(), 401, "AUTHENTICATION_REQUIRED")
                .header("WWW-Authenticate", "Bearer");
        isFailure(given().get("/api/v1/probe/admin").then(), 401, "AUTHENTICATION_REQUIRED");
        isFailure(
                        given().header("Authorization", "Bearer x.y.z")
                                .get("/api/v1/probe/private")
                                .then(),
                        401,
                        "INVALID_TOKEN")
                .header("WWW-Authenticate", containsString("invalid_token"))
                .header("Cache-Control", "no-store");
    }

    @ParameterizedTest
    @CsvSource({
        "no-database,503,SERVICE_UNAVAILABLE",
        "pool,503,SERVICE_UNAVAILABLE",
        "deadlock,503,SERVICE_UNAVAILABLE",
        "lock,503,SERVICE_UNAVAILABLE",
        "optimistic,409,REQUEST_IN_PROGRESS",
        "refusal,409,REQUEST_IN_PROGRESS"
    })
    void what_may_succeed_later_says_when(String how, int status, String code) {
        isFailure(given().get("/api/v1/probe/fails/" + how).then(), status, code)
                .header("Retry-After", matchesPattern("[1-5]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bug", "constraint"})
    void a_fault_of_ours_tells_nothing(String how) {
        isFailure(given().get("/api/v1/probe/fails/" + how).then(), 500, "INTERNAL_SERVER_ERROR");
    }

    @Test
    void a_lost_update_with_if_match_is_a_version_conflict() {
        isFailure(
                given().header("If-Match", "\"1\"")
                        .get("/api/v1/probe/fails/optimistic")
                        .then(),
                412,
                "VERSION_CONFLICT");
    }

    @Test
    void a_value_that_only_sql_refused_is_400() {
        given().get("/api/v1/probe/sql/5").then().statusCode(200);
        isFailure(given().get("/api/v1/probe/sql/99999999999").then(), 400, "VALIDATION_ERROR");
    }

    @Test
    void a_replay_is_the_first_answer_to_the_letter() {
        String body = given().get("/api/v1/probe/fails/replay")
                .then()
                .statusCode(201)
                .contentType("application/json")
                .header("Idempotency-Replayed", "true")
                .extract()
                .asString();
        assertThat(body).isEqualTo("{\"success\":true,\"data\":{\"n\":1.50}}");
    }

    @Test
    void a_request_id_is_taken_over_or_made() {
        given().header("X-Request-Id", "abc-1.2_3")
                .get("/api/v1/probe/request-id")
                .then()
                .header("X-Request-Id", "abc-1.2_3")
                .body("data.current", equalTo("abc-1.2_3"))
                .body("data.log", equalTo("abc-1.2_3"))
                .body("data.virtual", equalTo("true"));
        for (String bad : new String[] {"a b", "<x>", "x".repeat(101), ""}) {
            given().header("X-Request-Id", bad)
                    .get("/api/v1/probe/request-id")
                    .then()
                    .header("X-Request-Id", not(equalTo(bad)))
                    .header("X-Request-Id", matchesPattern("[0-9a-f-]{36}"));
        }
    }

    @Test
    void head_and_options_behave() {
        given().head("/api/v1/probe/1").then().statusCode(200);
        given().head("/api/v1/nothing").then().statusCode(404).header("X-Request-Id", notNullValue());
        given().head("/nothing").then().statusCode(404);
        given().options("/api/v1/probe").then().statusCode(200).header("Allow", containsString("POST"));
    }

    @Test
    void pages_of_others_are_not_let_in() {
        given().header("Origin", "https://evil.example")
                .get("/api/v1/probe/1")
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Origin", nullValue());
    }

    @Test
    void a_body_is_at_most_256_kb_long() {
        byte[] most = new byte[BodyLimit.BYTES];
        given().contentType("application/octet-stream")
                .body(most)
                .post("/api/v1/probe/raw")
                .then()
                .statusCode(200);
        isFailure(
                given().contentType("application/octet-stream")
                        .body(new byte[BodyLimit.BYTES + 1])
                        .post("/api/v1/probe/raw")
                        .then(),
                413,
                "PAYLOAD_TOO_LARGE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/probe/raw", "/api/v1/probe"})
    void a_chunked_body_is_cut_at_256_kb(String path) throws Exception {
        long taken = 0;
        try (Socket client = new Socket("127.0.0.1", door.getPort())) {
            client.setSoTimeout(10_000);
            OutputStream out = client.getOutputStream();
            out.write(ascii("POST " + path
                    + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
            byte[] chunk = ascii("10000\r\n" + " ".repeat(0x10000) + "\r\n");
            try {
                // 256 MB, if nobody stops us.
                for (int i = 0; i < 4096 && client.getInputStream().available() == 0; i++) {
                    out.write(chunk);
                    taken += 0x10000;
                }
            } catch (SocketException cut) {
                // It hung up on us, as it said.
            }
            String answer = read(client);
            assertThat(answer)
                    .startsWith("HTTP/1.1 413")
                    .contains("PAYLOAD_TOO_LARGE")
                    .contains("\"success\":false");
        }
        // What lies in the sockets' and Netty's buffers was sent too.
        assertThat(taken).isLessThan(16 * 1024 * 1024);
    }

    @Test
    void an_address_that_is_too_long_and_headers_that_are_too_long_have_the_envelope() throws Exception {
        assertThat(raw("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 414")
                .contains("MALFORMED_REQUEST");
        assertThat(raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: " + "a".repeat(17_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431")
                .contains("MALFORMED_REQUEST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%",
                "/api/v1/%zz",
                "/api/v1/probe/%",
                "/api/v1/probe/1?page=%",
                "/api/v1/probe/1?%zz=1",
                "/a|b",
                "/api;/v1/addresses",
                "/api/v1/probe/1;x=1",
                "/api/v1;x/orders?q=1",
                "/api/v1/probe/1?q=<a>"
            })
    void an_address_that_is_no_uri_is_400_in_the_envelope(String uri) throws Exception {
        assertThat(raw("GET " + uri + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .containsIgnoringCase("\r\nX-Request-Id: ")
                .contains("\"code\":\"MALFORMED_REQUEST\"");
    }

    @Test
    void an_admins_change_is_on_record_with_its_request() {
        String id = UUID.randomUUID().toString();
        given().header("X-Request-Id", id).post("/api/v1/probe/audit").then().statusCode(200);
        Object[] row = QuarkusTransaction.requiringNew().call(() -> (Object[]) database.createNativeQuery(
                        "SELECT action, entity_id, before IS NULL, CAST(after AS text) FROM audit_log WHERE request_id = :id",
                        Object[].class)
                .setParameter("id", id)
                .getSingleResult());
        assertThat(row).containsExactly("probe.done", "7", true, "{\"a\": 1}");
    }

    @Test
    void a_record_of_nothing_is_refused() {
        Assertions.assertThatThrownBy(() -> audit.record("probe.done", "probe", 7, null, null))
                .isInstanceOf(TransactionalException.class);
    }

    private String raw(String request) throws IOException {
        try (Socket client = new Socket("127.0.0.1", door.getPort())) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(ascii(request));
            return read(client);
        }
    }

    private static String read(Socket client) throws IOException {
        var answer = new StringBuilder();
        byte[] some = new byte[8192];
        try {
            for (int n; (n = client.getInputStream().read(some)) > 0; ) {
                answer.append(new String(some, 0, n, StandardCharsets.UTF_8));
            }
        } catch (SocketException hungUp) {
            // What came before counts.
        }
        return answer.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
