package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Whoever only holds a connection, or sends what grows, is hung up on; others are served meanwhile. */
@QuarkusTest
@TestProfile(SlowClientsTest.Impatient.class)
class SlowClientsTest {
    /** The times of production, but shorter. */
    public static class Impatient implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.http.idle-timeout", "6s",
                    "emporium.web.body-within", "3s");
        }
    }

    @TestHTTPResource
    URI door;

    @Test
    void who_says_nothing_is_hung_up_on() throws IOException {
        try (Socket silent = open();
                Socket halfway = open()) {
            halfway.getOutputStream().write(ascii("GET /api/v1/probe/1 HTTP/1.1\r\nHost: x\r\nX-A: "));
            assertThat(silent.getInputStream().read()).isNegative();
            assertThat(halfway.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void a_body_that_never_ends_is_cut_though_something_comes_all_the_time() throws Exception {
        try (Socket slow = open()) {
            OutputStream out = slow.getOutputStream();
            out.write(
                    ascii(
                            "POST /api/v1/probe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"));
            boolean isCut = false;
            // Half a minute, where three seconds are given.
            for (int i = 0; i < 60 && !isCut; i++) {
                try {
                    out.write(' ');
                    out.flush();
                    Thread.sleep(500);
                } catch (SocketException hungUp) {
                    isCut = true;
                }
            }
            assertThat(isCut).isTrue();
        }
    }

    @Test
    void what_is_packed_is_not_unpacked() throws Exception {
        var bomb = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bomb)) {
            byte[] some = new byte[1024 * 1024];
            for (int i = 0; i < 100; i++) {
                gzip.write(some);
            }
        }
        assertThat(bomb.size()).isLessThan(BodyLimit.BYTES);
        for (String encoding : List.of("gzip", "deflate", "br", "GZIP, gzip")) {
            given().contentType("application/json")
                    .header("Content-Encoding", encoding)
                    .body(bomb.toByteArray())
                    .post("/api/v1/probe/raw")
                    .then()
                    .statusCode(415);
        }
        given().contentType("application/octet-stream")
                .header("Content-Encoding", "identity")
                .body(new byte[10])
                .post("/api/v1/probe/raw")
                .then()
                .statusCode(200);
    }

    private Socket open() throws IOException {
        Socket socket = new Socket("127.0.0.1", door.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
