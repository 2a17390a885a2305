package io.emporium.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.config.HttpClientConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A search node that takes every connection and says nothing to anybody, as one that was stopped does: PostgreSQL finds. */
@QuarkusTest
@TestProfile(HangingNodeTest.Hanging.class)
class HangingNodeTest {
    /** Where nobody ever accepts: the system makes the connection all the same. */
    private static final ServerSocket NODE = listening();

    private static final int LONGEST = (int) Duration.ofSeconds(10).toMillis();

    /** A shop with such a node; and without a worker, which would wait for it much longer. */
    public static class Hanging implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.elasticsearch.hosts",
                    NODE.getInetAddress().getHostAddress() + ":" + NODE.getLocalPort(),
                    "emporium.worker",
                    "false");
        }
    }

    @Inject
    Shelves shelves;

    @Test
    void nobody_waits_for_a_node_that_hangs() {
        long kettle = shelves.put("Hangwick Kettle", "49.00", "hangware", "Hangwickers", "");
        // More often than the breaker lets it be asked.
        for (int i = 0; i < 6; i++) {
            Response found = ask("search", "hangwick");
            assertThat(found.header("X-Search-Backend")).isEqualTo("postgresql");
            assertThat(found.jsonPath().getList("data.products.product_id", Long.class))
                    .containsExactly(kettle);
            Response suggested = ask("suggest", "hangw");
            assertThat(suggested.header("X-Search-Backend")).isEqualTo("postgresql");
            assertThat(suggested.jsonPath().getList("data.suggestions", String.class))
                    .containsExactly("hangware", "Hangwickers", "Hangwick Kettle");
        }
    }

    /** PostgreSQL may be late on a busy machine (503); but nobody is kept waiting until the client loses patience. */
    private static Response ask(String path, String q) {
        RestAssuredConfig impatient = RestAssured.config()
                .httpClient(HttpClientConfig.httpClientConfig().setParam("http.socket.timeout", LONGEST));
        return await().atMost(Duration.ofMinutes(2))
                .pollDelay(Duration.ZERO)
                .until(
                        () -> RestAssured.given()
                                .config(impatient)
                                .queryParam("q", q)
                                .get("/api/v1/products/" + path),
                        answer -> answer.statusCode() == 200);
    }

    private static ServerSocket listening() {
        try {
            return new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
