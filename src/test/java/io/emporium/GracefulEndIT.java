package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The packaged shop is told to end while somebody waits for an answer, on local mode's PostgreSQL and nothing else. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GracefulEndIT {
    private static final Path FOLDER = Path.of("target", "graceful-end").toAbsolutePath();
    private static final Duration DELAY = Duration.ofSeconds(5);
    /** What Java makes of SIGTERM. */
    private static final int ENDED = 143;

    private static final String ACCOUNT = """
            {"email":"%s","password":"Horse-Battery-Staple-9","first_name":"Ada","last_name":"Lovelace"}""";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private int port;
    private int management;
    private LocalStack servers;
    private Process shop;

    @BeforeAll
    void open() throws IOException, InterruptedException {
        EmptyFolder.make(FOLDER);
        servers = LocalStack.start(
                FOLDER,
                "http://127.0.0.1:9/api/v1/",
                "redis",
                "rabbitmq",
                "search",
                "smtp",
                "s3",
                "stripe",
                "paypal",
                "twilio",
                "fcm",
                "bank");
        Map<String, String> environment = new TreeMap<>(servers.environment());
        port = FreePort.next();
        management = FreePort.next();
        environment.put("PORT", Integer.toString(port));
        environment.put("MANAGEMENT_PORT", Integer.toString(management));
        environment.put("SHUTDOWN_DELAY", DELAY.toSeconds() + "s");
        environment.put("STRIPE_WEBHOOK_SECRET", "whsec_of_nobody");
        environment.put("RABBITMQ_PASSWORD", "of-nobody");
        environment.put("RABBITMQ_PORT", "1");
        environment.put("REDIS_PORT", "1");
        environment.put("ELASTICSEARCH_HOSTS", "127.0.0.1:1");
        ProcessBuilder builder = new ProcessBuilder(
                        Java.program(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        Path.of("target", "quarkus-app", "quarkus-run.jar")
                                .toAbsolutePath()
                                .toString())
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("shop.log").toFile());
        builder.environment().putAll(environment);
        shop = builder.start();
        await("a start, see target/graceful-end/shop.log")
                .atMost(Duration.ofSeconds(120))
                .until(() -> !shop.isAlive() || readiness() == 200);
        assertThat(shop.isAlive()).isTrue();
    }

    @AfterAll
    void close() throws IOException, InterruptedException {
        if (shop != null) {
            shop.destroyForcibly().waitFor();
        }
        if (servers != null) {
            servers.close();
        }
    }

    @Test
    void everything_is_answered_while_readiness_says_no_and_then_what_was_begun() throws Exception {
        long told;
        CompletableFuture<HttpResponse<String>> last;
        try (Connection database = servers.database().getConnection()) {
            database.setAutoCommit(false);
            CompletableFuture<HttpResponse<String>> first = registersInVain(database, "first@example.com");
            shop.destroy();
            told = System.nanoTime();
            await().atMost(DELAY).until(() -> readiness() == 503);
            database.rollback();
            isAnsweredWhole(first, "first@example.com");

            // Now nothing is in hand, and nobody has moved on yet.
            Thread.sleep(Duration.ofSeconds(3).minusNanos(System.nanoTime() - told));
            HttpResponse<String> late = ask(api("/products?limit=1"));
            assertThat(late.statusCode()).isEqualTo(200);
            assertThat(late.headers().firstValue("Connection")).hasValue("close");

            last = registersInVain(database, "last@example.com");
            Thread.sleep(DELAY.plusSeconds(1).minusNanos(System.nanoTime() - told));
            assertThat(last).isNotDone();
            assertThat(shop.isAlive()).as("it waits for what it has begun").isTrue();
            database.rollback();
        }
        isAnsweredWhole(last, "last@example.com");
        assertThat(shop.waitFor(30, TimeUnit.SECONDS))
                .as("an end, see target/graceful-end/shop.log")
                .isTrue();
        assertThat(shop.exitValue()).isEqualTo(ENDED);
        assertThat(readiness()).as("nobody listens any more").isZero();
    }

    /** As long as the transaction lasts. */
    private CompletableFuture<HttpResponse<String>> registersInVain(Connection transaction, String email)
            throws SQLException {
        try (var statement = transaction.createStatement()) {
            statement.execute("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE");
        }
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(
                HttpRequest.newBuilder(api("/auth/register"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(ACCOUNT.formatted(email)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        await().until(this::isWaiting);
        return answer;
    }

    private static void isAnsweredWhole(CompletableFuture<HttpResponse<String>> inHand, String email) throws Exception {
        HttpResponse<String> answer = inHand.get(10, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(answer.body()).contains("\"email\":\"" + email + "\"").endsWith("}");
    }

    private boolean isWaiting() throws SQLException {
        try (Connection database = servers.database().getConnection();
                var statement = database.createStatement();
                var rows = statement.executeQuery(
                        "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass")) {
            return rows.next();
        }
    }

    private URI api(String path) {
        return URI.create("http://127.0.0.1:" + port + "/api/v1" + path);
    }

    /** 0 while nobody listens. */
    private int readiness() throws InterruptedException {
        try {
            return ask(URI.create("http://127.0.0.1:" + management + "/q/health/ready"))
                    .statusCode();
        } catch (IOException nobody) {
            return 0;
        }
    }

    private HttpResponse<String> ask(URI uri) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
