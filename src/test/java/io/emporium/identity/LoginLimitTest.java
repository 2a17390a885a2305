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
    void wrong_current_passwords_count_like_failed_sign_ins() {
        Customer ann = Customers.aCustomer();
        for (int i = 0; i < 10; i++) {
            change(ann, "Another-Pass-99").then().statusCode(401).body("error.code", equalTo("INVALID_CREDENTIALS"));
        }
        change(ann, PASSWORD).then().statusCode(429);
        login(ann.email(), PASSWORD).then().statusCode(429).body("error.code", equalTo("RATE_LIMITED"));
    }

    private static Response change(Customer customer, String current) {
        return customer.asks()
                .body(Map.of("current_password", current, "new_password", "Quite-Another-Pass-7"))
                .put("/api/v1/auth/password");
    }

    @Test
    void nobodys_mailbox_is_filled_and_a_reset_opens_a_lock() {
        Customer ann = Customers.aCustomer();
        String unknown = Customers.newEmail();
        for (int i = 0; i < 5; i++) {
            forgot(i % 2 == 0 ? ann.email() : ann.email().toUpperCase(Locale.ROOT))
                    .then()
                    .statusCode(200);
            forgot(unknown).then().statusCode(200);
        }
        String told = forgot(ann.email())
                .then()
                .statusCode(429)
                .header("Retry-After", matchesPattern("\\d+"))
                .extract()
                .path("error.message");
        forgot(unknown).then().statusCode(429).body("error.message", equalTo(told));
        ann.asks().post("/api/v1/auth/email/resend").then().statusCode(429);

        failTenTimes(ann.email());
        login(ann.email(), PASSWORD).then().statusCode(429);
        // Of the five mails the last one's token is good; which of them have come yet cannot be said.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> new MailsTo(ann.email())
                        .tokens(MailsTo.RESET).stream()
                                .anyMatch(token -> reset(token).statusCode() == 200));
        Customers.signIn(ann.email(), "Quite-Another-Pass-7");
    }

    private static Response reset(String token) {
        return nobody().body(Map.of("token", token, "password", "Quite-Another-Pass-7"))
                .post("/api/v1/auth/password/reset");
    }

    private static Response forgot(String email) {
        return nobody().body(Map.of("email", email)).post("/api/v1/auth/password/forgot");
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
    void wrong_codes_count_like_wrong_passwords_and_the_password_alone_forgets_nothing() {
        App app = App.on(Customers.aCustomer());
        String ann = app.owner().email();
        for (int i = 0; i < 5; i++) {
            login(ann, "Another-Pass-99").then().statusCode(401);
        }
        for (int i = 0; i < 4; i++) {
            app.signIn(app.wrong()).then().statusCode(401).body("error.code", equalTo("INVALID_CREDENTIALS"));
        }
        String challenge = app.challenge();
        login(ann, "Another-Pass-99").then().statusCode(401);
        login(ann, PASSWORD).then().statusCode(429).body("error.code", equalTo("RATE_LIMITED"));
        App.secondStep(challenge, app.shown()).then().statusCode(429);
    }

    @Test
    void both_steps_of_a_sign_in_forget_the_failures() {
        App app = App.on(Customers.aCustomer());
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 9; i++) {
                login(app.owner().email(), "Another-Pass-99").then().statusCode(401);
            }
            app.signIn(app.recoveryCodes().get(round)).then().statusCode(200);
        }
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
