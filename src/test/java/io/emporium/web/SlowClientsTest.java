package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Shopper;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
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
                    "quarkus.http.limits.max-connections", Integer.toString(MOST),
                    "emporium.web.body-within", "3s",
                    "emporium.web.large-body-within", "7s");
        }
    }

    private static final int MOST = 60;

    /** Whoever is not hung up on by then is not at all. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

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
        assertThat(heldFor(post("/api/v1/probe", "Content-Length: 100000"), " "))
                .isLessThan(PATIENCE);
    }

    @Test
    void one_in_chunks_too() throws Exception {
        assertThat(heldFor(post("/api/v1/probe", "Transfer-Encoding: chunked"), "1\r\n \r\n"))
                .isLessThan(PATIENCE);
    }

    @Test
    void who_was_told_no_already_holds_no_connection_with_what_they_still_send() throws Exception {
        // Nobody orders: 401, and no byte of the order is read.
        assertThat(heldFor(post("/api/v1/orders", "Content-Length: 100000"), " "))
                .isLessThan(PATIENCE);
        assertThat(heldFor(post("/api/v1/orders", "Transfer-Encoding: chunked"), "1\r\n \r\n"))
                .isLessThan(PATIENCE);
    }

    @Test
    void a_body_that_is_announced_and_never_sent_is_not_waited_for() throws IOException {
        try (Socket silent = open()) {
            silent.getOutputStream().write(post("/api/v1/probe", "Content-Length: 100"));
            Instant begun = Instant.now();
            silent.getInputStream().readAllBytes();
            // Before the silence as such is too long.
            assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void what_may_be_long_has_its_own_time() throws Exception {
        String token = Shopper.admin().token;
        byte[] head = post(
                "/api/v1/products/import",
                "Transfer-Encoding: chunked\r\nAuthorization: Bearer " + token,
                "application/x-ndjson");
        assertThat(heldFor(head, "1\r\n \r\n")).isBetween(Duration.ofSeconds(7), PATIENCE);
    }

    @Test
    void who_has_sent_all_of_it_is_not_hung_up_on() throws Exception {
        try (Socket quick = open()) {
            // One that is read, and one that is not.
            for (String path : List.of("/api/v1/probe/raw", "/api/v1/orders", "/api/v1/nowhere")) {
                quick.getOutputStream().write(post(path, "Content-Length: 2"));
                quick.getOutputStream().write(ascii("{}"));
                assertThat(answer(quick)).startsWith("HTTP/1.1 ");
                Thread.sleep(4_000);
            }
        }
    }

    @Test
    void more_connections_than_one_process_holds_are_hung_up_on_and_the_silent_make_room() throws Exception {
        List<Socket> crowd = new ArrayList<>();
        try (Socket first = open()) {
            assertThat(answer(first, "/api/v1/probe/1")).startsWith("HTTP/1.1 200");
            for (int i = 0; i < MOST + 20; i++) {
                crowd.add(open());
            }
            // Long before the silent ones are.
            List<Socket> tooMany = crowd.subList(MOST, crowd.size());
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> isAnyHungUpOn(tooMany));
            // Who is in is served, however many want to.
            assertThat(answer(first, "/api/v1/probe/1")).startsWith("HTTP/1.1 200");
            Awaitility.await()
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .atMost(PATIENCE)
                    .untilAsserted(() -> {
                        try (Socket next = open()) {
                            assertThat(answer(next, "/api/v1/probe/1")).startsWith("HTTP/1.1 200");
                        }
                    });
        } finally {
            for (Socket one : crowd) {
                one.close();
            }
        }
    }

    private static boolean isAnyHungUpOn(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            if (isHungUpOn(socket)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHungUpOn(Socket socket) throws IOException {
        socket.setSoTimeout(50);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException held) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static String answer(Socket socket, String path) throws IOException {
        socket.getOutputStream().write(ascii("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"));
        return answer(socket);
    }

    /** How long somebody may send one piece of a body after the other, two a second. */
    private Duration heldFor(byte[] head, String piece) throws Exception {
        Instant begun = Instant.now();
        try (Socket slow = open()) {
            OutputStream out = slow.getOutputStream();
            out.write(head);
            while (Duration.between(begun, Instant.now()).compareTo(PATIENCE) < 0) {
                out.write(ascii(piece));
                out.flush();
                Thread.sleep(500);
            }
        } catch (SocketException hungUp) {
            return Duration.between(begun, Instant.now());
        }
        return PATIENCE;
    }

    private static String answer(Socket socket) throws IOException {
        byte[] some = new byte[8_192];
        int read = socket.getInputStream().read(some);
        return new String(some, 0, Math.max(0, read), StandardCharsets.US_ASCII);
    }

    private static byte[] post(String path, String headers) {
        return post(path, headers, "application/json");
    }

    private static byte[] post(String path, String headers, String type) {
        return ascii("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type + "\r\n" + headers + "\r\n\r\n");
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
