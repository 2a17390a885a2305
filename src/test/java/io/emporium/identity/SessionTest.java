package io.emporium.identity;

import static io.emporium.identity.Customers.PASSWORD;
import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static io.emporium.identity.Customers.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.matchesPattern;

import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Signing in, staying in, going out (low-level-design 4.1.2, 5.1; promise 12). */
@QuarkusTest
class SessionTest {
    @Inject
    Rows rows;

    @Inject
    DataSource connections;

    private static Response login(String email, String password) {
        return nobody().body(Map.of("email", email, "password", password)).post("/api/v1/auth/login");
    }

    private static Response refresh(String refreshToken) {
        return nobody().body(Map.of("refresh_token", refreshToken)).post("/api/v1/auth/refresh");
    }

    private static void isLive(String token) {
        with(token).get("/api/v1/users/me").then().statusCode(200);
    }

    private static void isRefused(String token) {
        with(token).get("/api/v1/users/me").then().statusCode(401).body("error.code", equalTo("INVALID_TOKEN"));
    }

    @Test
    void an_account_whose_stored_password_is_none_is_signed_in_to_by_nobody() {
        String email = Customers.newEmail();
        long userId = Customers.register(email);
        // As a shop that was moved here may have left them: unreadable, of another scheme, of a cost that there is not.
        for (String hash : List.of(
                "x",
                "",
                "$1$salt$0123456789012345678901",
                "$2a$99$apX.XqRgPpBs6loKTgoYSu1jZlhWUQoqbccZkE0m7EwLboeJEWBa.")) {
            rows.update("UPDATE users SET password_hash = ? WHERE user_id = ?", hash, userId);
            login(email, PASSWORD).then().statusCode(401).body("error.code", equalTo("INVALID_CREDENTIALS"));
        }
    }

    @Test
    void the_designs_example_is_answered_as_written() {
        String email = Customers.newEmail();
        Customers.register(email);
        login(email, PASSWORD)
                .then()
                .statusCode(200)
                .header("Cache-Control", equalTo("no-store"))
                .body("success", equalTo(true))
                .body("message", equalTo("Login successful"))
                .body("data.token", matchesPattern("[\\w-]+\\.[\\w-]+\\.[\\w-]+"))
                .body("data.refresh_token", matchesPattern("[\\w-]{43}"))
                .body("data.expires_in", equalTo(900))
                .body("data.user", hasKey("user_id"))
                .body("data.user.email", equalTo(email))
                .body("data.user.first_name", equalTo("Ann"))
                .body("data.user.last_name", equalTo("Lee"))
                .body("data.user.role", equalTo("customer"))
                .body("data.user.size()", equalTo(5));
        login(email.toUpperCase(java.util.Locale.ROOT), PASSWORD).then().statusCode(200);
    }

    @Test
    void unknown_account_wrong_password_and_inactive_account_get_one_answer() {
        Customer ann = aCustomer();
        Customer gone = aCustomer();
        rows.update("UPDATE users SET is_active = false WHERE user_id = ?", gone.userId());
        String wrong = login(ann.email(), "Another-Pass-99")
                .then()
                .statusCode(401)
                .extract()
                .asString();
        String unknown = login(Customers.newEmail(), PASSWORD)
                .then()
                .statusCode(401)
                .extract()
                .asString();
        String inactive =
                login(gone.email(), PASSWORD).then().statusCode(401).extract().asString();
        assertThat(JsonPath.from(wrong).getString("error.code")).isEqualTo("INVALID_CREDENTIALS");
        assertThat(unknown).isEqualTo(wrong);
        assertThat(inactive).isEqualTo(wrong);
    }

    @Test
    void an_unknown_account_takes_as_long_as_a_wrong_password() {
        Customer ann = aCustomer();
        List<Long> wrong = new ArrayList<>();
        List<Long> unknown = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            wrong.add(millis(() -> login(ann.email(), "Another-Pass-99")));
            unknown.add(millis(() -> login(Customers.newEmail(), "Another-Pass-99")));
        }
        // Without the hashing it would be a tenth.
        assertThat((double) median(unknown)).isGreaterThan(median(wrong) * 0.5);
    }

    private static long millis(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    @Test
    void a_refresh_gives_a_new_pair_and_the_old_access_token_stays_good() {
        Customer ann = aCustomer();
        JsonPath next = refresh(ann.refreshToken())
                .then()
                .statusCode(200)
                .body("data.expires_in", greaterThan(0))
                .extract()
                .jsonPath();
        assertThat(next.getString("data.refresh_token")).isNotEqualTo(ann.refreshToken());
        isLive(next.getString("data.token"));
        isLive(ann.token());
        refresh(next.getString("data.refresh_token")).then().statusCode(200);
    }

    @Test
    void reuse_of_a_spent_refresh_token_ends_the_session_and_all_that_came_of_it() {
        Customer ann = aCustomer();
        Customer elsewhere = Customers.signIn(ann.email(), PASSWORD);
        JsonPath next = refresh(ann.refreshToken()).jsonPath();
        refresh(ann.refreshToken()).then().statusCode(401).body("error.code", equalTo("INVALID_TOKEN"));
        isRefused(next.getString("data.token"));
        isRefused(ann.token());
        refresh(next.getString("data.refresh_token")).then().statusCode(401);
        // Her other sign-in is another family.
        isLive(elsewhere.token());
        assertThat(rows.count(
                        "SELECT count(*) FROM sessions WHERE user_id = ? AND end_reason = 'refresh_reuse'",
                        ann.userId()))
                .isEqualTo(1);
    }

    @Test
    void a_spent_token_that_ten_present_at_once_ends_the_session_and_no_other() throws Exception {
        Customer ann = aCustomer();
        Customer elsewhere = Customers.signIn(ann.email(), PASSWORD);
        JsonPath next = refresh(ann.refreshToken()).jsonPath();
        List<Response> answers = AtOnce.times(10, i -> refresh(ann.refreshToken()));
        assertThat(answers.stream().map(answer -> answer.jsonPath().getString("error.code")))
                .containsOnly("INVALID_TOKEN");
        isRefused(next.getString("data.token"));
        refresh(next.getString("data.refresh_token")).then().statusCode(401);
        isLive(elsewhere.token());
    }

    private static void commit(Connection connection) {
        try {
            connection.commit();
        } catch (SQLException fault) {
            throw new IllegalStateException(fault);
        }
    }

    @Test
    void of_ten_refreshes_that_overlap_one_wins_and_its_answer_stays_good() throws Exception {
        Customer ann = aCustomer();
        List<Response> answers;
        try (var connection = connections.getConnection()) {
            connection.setAutoCommit(false);
            // All ten have seen the token alive, and wait for its row.
            try (var hold = connection.prepareStatement(
                    "SELECT 1 FROM refresh_tokens t JOIN sessions s USING (session_id) WHERE user_id = ? FOR UPDATE OF t")) {
                hold.setLong(1, ann.userId());
                hold.executeQuery();
            }
            var release = Thread.ofPlatform().start(() -> {
                try {
                    // Less than the ten wait for a row.
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(15))
                            .until(() -> rows.count(
                                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                                    + " AND query LIKE '%refresh_tokens%' AND datname = current_database()")
                                    == 10);
                } finally {
                    commit(connection);
                }
            });
            answers = AtOnce.times(10, i -> refresh(ann.refreshToken()));
            release.join();
        }
        assertThat(answers.stream().map(Response::statusCode))
                .containsOnly(200, 401)
                .containsOnlyOnce(200);
        Response won =
                answers.stream().filter(a -> a.statusCode() == 200).findFirst().orElseThrow();
        isLive(won.jsonPath().getString("data.token"));
        refresh(won.jsonPath().getString("data.refresh_token")).then().statusCode(200);
    }

    @Test
    void of_ten_refreshes_at_once_never_more_than_one_wins() throws Exception {
        for (int round = 0; round < 5; round++) {
            Customer ann = aCustomer();
            List<Integer> statuses =
                    AtOnce.times(10, i -> refresh(ann.refreshToken()).statusCode());
            assertThat(statuses).containsOnly(200, 401).containsOnlyOnce(200);
        }
    }

    @Test
    void a_refresh_token_that_expired_or_never_was_is_refused() {
        Customer ann = aCustomer();
        refresh("A".repeat(43)).then().statusCode(401).body("error.code", equalTo("INVALID_TOKEN"));
        rows.update(
                "UPDATE refresh_tokens SET expires_at = now() - interval '1 second' WHERE session_id IN"
                        + " (SELECT session_id FROM sessions WHERE user_id = ?)",
                ann.userId());
        refresh(ann.refreshToken()).then().statusCode(401).body("error.code", equalTo("INVALID_TOKEN"));
        nobody().body("{}").post("/api/v1/auth/refresh").then().statusCode(400);
    }

    @Test
    void logout_refuses_both_tokens_at_once() {
        Customer ann = aCustomer();
        Customer elsewhere = Customers.signIn(ann.email(), PASSWORD);
        // Without a body, as a browser's beacon does it.
        with(ann.token()).post("/api/v1/auth/logout").then().statusCode(200).body("success", equalTo(true));
        isRefused(ann.token());
        refresh(ann.refreshToken()).then().statusCode(401);
        isLive(elsewhere.token());
    }

    @Test
    void logout_needs_neither_body_nor_content_type() {
        Customer ann = aCustomer();
        io.restassured.RestAssured.given()
                .auth()
                .oauth2(ann.token())
                .noContentType()
                .post("/api/v1/auth/logout")
                .then()
                .statusCode(200);
        isRefused(ann.token());
    }

    @Test
    void logout_ends_the_session_of_the_refresh_token_too_unless_it_is_somebody_elses() {
        Customer ann = aCustomer();
        Customer phone = Customers.signIn(ann.email(), PASSWORD);
        Customer bob = aCustomer();
        ann.asks()
                .body(Map.of("refresh_token", bob.refreshToken()))
                .post("/api/v1/auth/logout")
                .then()
                .statusCode(200);
        isLive(bob.token());
        Customer again = Customers.signIn(ann.email(), PASSWORD);
        again.asks()
                .body(Map.of("refresh_token", phone.refreshToken()))
                .post("/api/v1/auth/logout")
                .then()
                .statusCode(200);
        isRefused(phone.token());
    }

    @Test
    void a_deactivated_user_is_refused_on_the_next_call() {
        Customer ann = aCustomer();
        isLive(ann.token());
        rows.update("UPDATE users SET is_active = false WHERE user_id = ?", ann.userId());
        isRefused(ann.token());
        refresh(ann.refreshToken()).then().statusCode(401).body("error.code", equalTo("INVALID_TOKEN"));
    }

    @Test
    void a_role_given_or_taken_acts_on_the_next_call() {
        Customer ann = aCustomer();
        ann.asks().get("/api/v1/admin/outbox").then().statusCode(403).body("error.code", equalTo("FORBIDDEN"));
        rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", ann.userId());
        ann.asks().get("/api/v1/admin/outbox").then().statusCode(200);
        rows.update("UPDATE users SET role = 'customer' WHERE user_id = ?", ann.userId());
        ann.asks().get("/api/v1/admin/outbox").then().statusCode(403);
    }

    @Test
    void a_session_that_nobody_refreshed_for_30_days_is_over() {
        Customer ann = aCustomer();
        rows.update("UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = ?", ann.userId());
        isRefused(ann.token());
        refresh(ann.refreshToken()).then().statusCode(401);
    }

    @Test
    void without_a_token_one_is_asked_for_it() {
        nobody().get("/api/v1/users/me")
                .then()
                .statusCode(401)
                .body("success", equalTo(false))
                .body("error.code", equalTo("AUTHENTICATION_REQUIRED"));
        nobody().header("Authorization", "Basic YTpi")
                .get("/api/v1/users/me")
                .then()
                .statusCode(401)
                .body("error.code", equalTo("AUTHENTICATION_REQUIRED"));
    }
}
