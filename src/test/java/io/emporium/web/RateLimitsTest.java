package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.Management;
import io.emporium.Shopper;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.builder.RequestSpecBuilder;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Who asks too often is told so, and when to come back. Run again without Redis by {@link RateLimitsWithoutRedisTest}. */
@QuarkusTest
@TestProfile(RateLimitsTest.Limited.class)
class RateLimitsTest {
    /** Limits on, and a proxy on this machine believed, so that a test can come from any address. */
    public static class Limited implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "emporium.web.limits.enabled", "true",
                    // A slow machine is not a Redis that is away.
                    "emporium.web.limits.redis-timeout", "5s",
                    "emporium.web.trusted-proxies", "127.0.0.0/8,10.0.0.0/8",
                    "emporium.web.cors-origins", "https://shop.example,https://www.shop.example");
        }
    }

    // Redis keeps counting between runs: each test comes from an address of its own.
    private static String address() {
        var random = ThreadLocalRandom.current();
        return "203." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256);
    }

    /** A new customer, whose registration and sign-in are counted for no address that another test asks from. */
    static Shopper registeredElsewhere() {
        RestAssured.requestSpecification =
                new RequestSpecBuilder().addHeader("X-Forwarded-For", address()).build();
        try {
            return Shopper.registered();
        } finally {
            RestAssured.requestSpecification = null;
        }
    }

    private static void isLimited(ValidatableResponse answer, String limit) {
        answer.statusCode(429)
                .contentType("application/json")
                .header("Retry-After", matchesPattern("[1-5]?[0-9]|60"))
                .header("RateLimit-Limit", limit)
                .header("RateLimit-Remaining", "0")
                .header("RateLimit-Reset", matchesPattern("[1-5]?[0-9]|60"))
                .body("success", equalTo(false))
                .body("error.code", equalTo("RATE_LIMITED"));
    }

    @Test
    void an_address_has_120_requests_a_minute() {
        String address = address();
        for (int i = 1; i <= 120; i++) {
            given().header("X-Forwarded-For", address)
                    .get("/api/v1/probe/1")
                    .then()
                    .statusCode(200)
                    .header("RateLimit-Limit", "120")
                    .header("RateLimit-Remaining", String.valueOf(120 - i));
        }
        isLimited(
                given().header("X-Forwarded-For", address)
                        .get("/api/v1/probe/1")
                        .then(),
                "120");
        isLimited(
                given().header("X-Forwarded-For", address)
                        .get("/api/v1/nothing")
                        .then(),
                "120");
        // Another address, and a liar whose first address is not the one the proxy saw.
        given().header("X-Forwarded-For", address())
                .get("/api/v1/probe/1")
                .then()
                .statusCode(200);
        isLimited(
                given().header("X-Forwarded-For", "1.2.3.4, " + address + ", 10.1.1.1")
                        .get("/api/v1/probe/1")
                        .then(),
                "120");
        // Probes are not the API.
        Management.asked()
                .header("X-Forwarded-For", address)
                .get("/q/health/live")
                .then()
                .statusCode(200);
    }

    @Test
    void who_brings_news_of_messages_is_not_limited_and_who_follows_links_hardly() {
        String address = address();
        for (int i = 1; i <= 130; i++) {
            given().header("X-Forwarded-For", address)
                    .post("/api/v1/notifications/webhooks/mail")
                    .then()
                    .statusCode(403);
            given().header("X-Forwarded-For", address)
                    .get("/api/v1/c/nothing")
                    .then()
                    .statusCode(404)
                    .header("RateLimit-Limit", "1200")
                    .header("RateLimit-Remaining", String.valueOf(1200 - i));
        }
        // Neither takes anything from what the address may ask for otherwise.
        given().header("X-Forwarded-For", address).get("/api/v1/probe/1").then().header("RateLimit-Remaining", "119");
    }

    @Test
    void a_signed_in_user_has_300_requests_a_minute_from_wherever() {
        String address = address();
        String token = registeredElsewhere().token;
        // One was for the address that every shopper gets.
        for (int i = 1; i < 300; i++) {
            given().header("X-Forwarded-For", i % 2 == 0 ? address : address())
                    .auth()
                    .oauth2(token)
                    .get("/api/v1/users/me")
                    .then()
                    .statusCode(200)
                    .header("RateLimit-Limit", "300");
        }
        isLimited(
                given().header("X-Forwarded-For", address())
                        .auth()
                        .oauth2(token)
                        .get("/api/v1/users/me")
                        .then(),
                "300");
    }

    @Test
    void an_api_key_has_a_rate_of_its_own_from_wherever() {
        RestAssured.requestSpecification =
                new RequestSpecBuilder().addHeader("X-Forwarded-For", address()).build();
        Shopper admin;
        String key;
        try {
            admin = Shopper.admin();
            key = admin.json()
                    .body(Map.of(
                            "name",
                            "rate",
                            "scopes",
                            List.of("inventory:read"),
                            "rate",
                            3,
                            "password",
                            Shopper.adminPassword()))
                    .post("/api/v1/api-keys")
                    .then()
                    .statusCode(201)
                    .extract()
                    .path("data.key");
        } finally {
            RestAssured.requestSpecification = null;
        }
        for (int i = 1; i <= 3; i++) {
            given().header("X-Forwarded-For", address())
                    .header("X-API-Key", key)
                    .get("/api/v1/inventory/low-stock")
                    .then()
                    .statusCode(200)
                    .header("RateLimit-Limit", "3")
                    .header("RateLimit-Remaining", String.valueOf(3 - i));
        }
        isLimited(
                given().header("X-Forwarded-For", address())
                        .header("X-API-Key", key)
                        .get("/api/v1/inventory/low-stock")
                        .then(),
                "3");
        // Its owner's are counted apart.
        admin.request().get("/api/v1/users/me").then().statusCode(200).header("RateLimit-Limit", "300");
    }

    @Test
    void an_address_may_send_120_bad_tokens_a_minute() {
        String address = address();
        for (int i = 0; i < 120; i++) {
            // Where nobody needs a token too.
            String path = i % 2 == 0 ? "/api/v1/users/me" : "/api/v1/categories";
            given().header("X-Forwarded-For", address)
                    .auth()
                    .oauth2("x.y." + i)
                    .get(path)
                    .then()
                    .statusCode(401)
                    .body("error.code", equalTo("INVALID_TOKEN"));
        }
        isLimited(
                given().header("X-Forwarded-For", address)
                        .auth()
                        .oauth2("x.y.z")
                        .get("/api/v1/users/me")
                        .then(),
                "120");
        given().header("X-Forwarded-For", address)
                .get("/api/v1/categories")
                .then()
                .statusCode(200);
    }

    @Test
    void another_spelling_of_a_path_is_counted_too() throws Exception {
        String address = address();
        List<String> spellings = List.of(
                "/api/v1/probe/1", "/./api/v1/probe/1", "/%61pi/v1/probe/1", "/api/v1/payments/webhooks/../../probe/1");
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; i < spellings.size(); i++) {
                // As it stands: other clients tidy a path up before they send it.
                var answer = client.send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + spellings.get(i)))
                                .header("X-Forwarded-For", address)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(spellings.get(i)).isEqualTo(200);
                assertThat(answer.headers().firstValue("RateLimit-Remaining"))
                        .as(spellings.get(i))
                        .contains(String.valueOf(119 - i));
            }
        }
    }

    @Test
    void mail_providers_unsubscribe_as_many_as_they_have() {
        String address = address();
        for (int i = 0; i < 125; i++) {
            given().header("X-Forwarded-For", address)
                    .post("/api/v1/unsubscribe/none")
                    .then()
                    .statusCode(404);
        }
    }

    @Test
    void a_user_orders_10_times_a_minute() {
        long user = ThreadLocalRandom.current().nextLong(1L << 40);
        String address = address();
        for (int i = 0; i < 10; i++) {
            given().header("X-Forwarded-For", address)
                    .post("/api/v1/probe/orders/" + user)
                    .then()
                    .statusCode(200);
        }
        isLimited(
                given().header("X-Forwarded-For", address)
                        .post("/api/v1/probe/orders/" + user)
                        .then(),
                "10");
        given().header("X-Forwarded-For", address)
                .post("/api/v1/probe/orders/" + (user + 1))
                .then()
                .statusCode(200);
    }

    @Test
    void a_login_is_tried_5_times_an_account_and_20_times_an_address() {
        String address = address();
        for (int i = 0; i < 5; i++) {
            given().header("X-Forwarded-For", address)
                    .post("/api/v1/probe/login/ada@x.example")
                    .then()
                    .statusCode(200);
        }
        isLimited(
                given().header("X-Forwarded-For", address)
                        .post("/api/v1/probe/login/ADA@x.example")
                        .then(),
                "5");
        given().header("X-Forwarded-For", address())
                .post("/api/v1/probe/login/ada@x.example")
                .then()
                .statusCode(200);
        for (int i = 0; i < 14; i++) {
            given().header("X-Forwarded-For", address)
                    .post("/api/v1/probe/login/b" + i)
                    .then()
                    .statusCode(200);
        }
        isLimited(
                given().header("X-Forwarded-For", address)
                        .post("/api/v1/probe/login/c")
                        .then(),
                "20");
    }

    @Test
    void a_sign_in_elsewhere_is_begun_20_times_an_address() {
        String address = address();
        for (int i = 1; i <= 20; i++) {
            from(address)
                    .body(Map.of("redirect_uri", "emporium://signed-in"))
                    .post("/api/v1/auth/oidc/start")
                    .then()
                    .statusCode(200);
        }
        isLimited(
                from(address)
                        .body(Map.of("redirect_uri", "emporium://signed-in"))
                        .post("/api/v1/auth/oidc/start")
                        .then(),
                "20");
    }

    @Test
    void one_account_is_guessed_at_10_times_however_many_addresses_guess() {
        String known = "ann-" + UUID.randomUUID() + "@example.com";
        from(address())
                .body(Map.of("email", known, "password", Shopper.PASSWORD, "first_name", "Ann", "last_name", "Lee"))
                .post("/api/v1/auth/register")
                .then()
                .statusCode(201);
        // One that is not there is answered alike.
        for (String account : List.of(known, "ann-" + UUID.randomUUID() + "@example.com")) {
            for (int guess = 1; guess <= 25; guess++) {
                guess(account, "Guess-Number-" + guess)
                        .statusCode(guess <= 10 ? 401 : 429)
                        .body("error.code", equalTo(guess <= 10 ? "INVALID_CREDENTIALS" : "RATE_LIMITED"));
            }
            guess(account, Shopper.PASSWORD).statusCode(429);
        }
    }

    private static ValidatableResponse guess(String account, String password) {
        return from(address())
                .body(Map.of("email", account, "password", password))
                .post("/api/v1/auth/login")
                .then();
    }

    private static RequestSpecification from(String address) {
        return given().header("X-Forwarded-For", address).contentType("application/json");
    }

    @Test
    void hsts_is_told_behind_tls_only() {
        given().header("X-Forwarded-For", address())
                .header("X-Forwarded-Proto", "https")
                .get("/api/v1/probe/1")
                .then()
                .header("Strict-Transport-Security", matchesPattern("max-age=31536000.*"));
        given().header("X-Forwarded-For", address())
                .get("/api/v1/probe/1")
                .then()
                .header("Strict-Transport-Security", nullValue());
    }
}
