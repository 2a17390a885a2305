package io.emporium.identity;

import static io.emporium.identity.Customers.PASSWORD;
import static io.emporium.identity.Customers.nobody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.emporium.LocalServerSwitch;
import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An account that fails too often is softly locked (contract.md "Limits"). */
@QuarkusTest
@TestProfile(LoginLimitTest.Limited.class)
class LoginLimitTest {
    /** Only the failures are few: all sign-ins of a test come from one address, within a minute. */
    public static class Limited implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "emporium.web.limits.enabled", "true",
                    "emporium.web.limits.user.requests", "100000",
                    "emporium.web.limits.anonymous.requests", "100000",
                    "emporium.web.limits.login-account.requests", "100000",
                    "emporium.web.limits.login-address.requests", "100000",
                    // On a busy machine Redis is late now and then; counting here meanwhile would begin anew.
                    "emporium.web.limits.redis-timeout", "20s");
        }
    }

    private static Response login(String email, String password) {
        return nobody().body(Map.of("email", email, "password", password)).post("/api/v1/auth/login");
    }

    private static void failTenTimes(String email) {
        for (int i = 0; i < 10; i++) {
            login(i % 2 == 0 ? email : email.toUpperCase(Locale.ROOT), "Another-Pass-99")
                    .then()
                    .statusCode(401)
                    .body("error.code", equalTo("INVALID_CREDENTIALS"));
        }
    }

    @Test
    void ten_failures_lock_an_account_and_no_other() {
        String ann = Customers.newEmail();
        String bob = Customers.newEmail();
        Customers.register(ann);
        Customers.register(bob);
        failTenTimes(ann);
        login(ann, PASSWORD)
                .then()
                .statusCode(429)
                .header("Retry-After", matchesPattern("\\d+"))
                .body("error.code", equalTo("RATE_LIMITED"));
        Customers.signIn(bob, PASSWORD);
    }

    @Test
    void an_account_that_is_not_there_is_locked_alike() {
        String unknown = Customers.newEmail();
        failTenTimes(unknown);
        login(unknown, PASSWORD).then().statusCode(429).body("error.code", equalTo("RATE_LIMITED"));
    }

    @Test
    void a_success_forgets_the_failures() {
        String ann = Customers.newEmail();
        Customers.register(ann);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 9; i++) {
                login(ann, "Another-Pass-99").then().statusCode(401);
            }
            Customers.signIn(ann, PASSWORD);
        }
    }

    @Test
    void what_came_to_no_end_is_no_failure() throws Exception {
        String ann = Customers.newEmail();
        Customers.register(ann);
        Customer signedIn = Customers.signIn(ann, PASSWORD);
        var postgres = new LocalServerSwitch("postgres");
        postgres.stop();
        try {
            // Who it is cannot be told, which is not the customer's fault.
            signedIn.asks()
                    .get("/api/v1/users/me")
                    .then()
                    .statusCode(503)
                    .body("error.code", equalTo("SERVICE_UNAVAILABLE"));
            for (int round = 0; round < 2; round++) {
                assertThat(AtOnce.times(9, i -> login(ann, PASSWORD).statusCode()))
                        .containsOnly(503);
            }
        } finally {
            postgres.start();
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> login(ann, PASSWORD).then().statusCode(200));
    }

    @Test
    void a_letter_that_only_looks_like_another_is_another() {
        String ivy = "ivy-" + Customers.newEmail();
        Customers.register(ivy);
        // To citext it is the same address, to the counters it would be another.
        login("\u0130" + ivy.substring(1), PASSWORD)
                .then()
                .statusCode(401)
                .body("error.code", equalTo("INVALID_CREDENTIALS"));
        Customers.signIn(ivy, PASSWORD);
    }

    @Test
    void guesses_at_one_moment_are_all_counted() throws Exception {
        String ann = Customers.newEmail();
        Customers.register(ann);
        List<Integer> statuses =
                AtOnce.times(24, i -> login(ann, "Another-Pass-99").statusCode());
        assertThat(statuses.stream().filter(status -> status == 429)).hasSize(14);
    }
}
