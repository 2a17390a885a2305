package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.Shopper;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of the origins that are listed may call the API; others get nothing, and no cookie is ever set that would do for them. */
@QuarkusTest
class CrossOriginTest {
    /** As the tests' configuration has it. */
    private static final String LISTED = "https://shop.example";

    @Test
    void a_listed_page_may_call_and_read() {
        given().header("Origin", LISTED)
                .header("Access-Control-Request-Method", "POST")
                .options("/api/v1/orders")
                .then()
                .statusCode(204)
                .header("Access-Control-Allow-Origin", equalTo(LISTED))
                .header("Access-Control-Allow-Credentials", nullValue());
        given().header("Origin", LISTED)
                .get("/api/v1/categories")
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Origin", equalTo(LISTED))
                .header("Vary", equalTo("Origin"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                "*",
                "http://shop.example",
                "https://shop.example.evil.example",
                "https://shop.example:8443",
                "https://evil.example/https://shop.example",
                "HTTPS://SHOP.EXAMPLE"
            })
    void any_other_gets_nothing(String origin) {
        Shopper shopper = Shopper.registered();
        for (Response answer : List.of(
                given().header("Origin", origin)
                        .header("Access-Control-Request-Method", "GET")
                        .options("/api/v1/orders"),
                given().header("Origin", origin).get("/api/v1/categories"),
                shopper.request().header("Origin", origin).get("/api/v1/users/me"))) {
            assertThat(answer.headers().asList())
                    .noneMatch(header ->
                            header.getName().toLowerCase(java.util.Locale.ROOT).startsWith("access-control"));
        }
    }

    /** No cookie signs anybody in, so no page of others can do something in their name. */
    @Test
    void no_cookie_is_set_and_none_is_read() {
        Shopper shopper = Shopper.registered();
        Response login = given().contentType("application/json")
                .body(Map.of("email", shopper.email, "password", Shopper.PASSWORD))
                .post("/api/v1/auth/login");
        assertThat(login.headers().hasHeaderWithName("Set-Cookie")).isFalse();
        for (String cookie :
                List.of("token", "access_token", "Authorization", "session", "q_session", "quarkus-credential")) {
            given().cookie(cookie, shopper.token).get("/api/v1/users/me").then().statusCode(401);
        }
        given().queryParam("access_token", shopper.token)
                .get("/api/v1/users/me")
                .then()
                .statusCode(401);
    }
}
