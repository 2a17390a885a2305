package io.emporium.identity;

import static io.emporium.identity.Customers.nobody;
import static io.emporium.identity.Customers.with;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.FreePort;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Signing in at an OpenID server that others wrote (no.nav.security:mock-oauth2-server), which signs with ES256 where ours does with
 * RS256. Only by name, as {@code .ci/run} does: {@code EMPORIUM_OIDC_SERVER} is its class path.
 */
@QuarkusTest
@TestProfile(OidcElsewhere.There.class)
class OidcElsewhere {
    private static final int PORT = port();
    private static final String ISSUER = "http://127.0.0.1:" + PORT + "/shop";
    private static final String BACK = "http://127.0.0.1/back";
    private static final String EMAIL = "ada-elsewhere@example.com";

    private static Process server;

    public static class There implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "emporium.oidc.issuer",
                    ISSUER,
                    "emporium.oidc.client-id",
                    "a shop: 100%",
                    "emporium.oidc.client-secret",
                    "a+b/c=d&e%f",
                    "emporium.oidc.redirect-uris",
                    BACK);
        }
    }

    /** This class is loaded twice, and the shop must know the port of the one that starts the server. */
    private static int port() {
        String name = "emporium.oidc-server-port";
        int port = Integer.getInteger(name, 0);
        if (port == 0) {
            port = FreePort.next();
            System.setProperty(name, Integer.toString(port));
        }
        return port;
    }

    @BeforeAll
    static void start() {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx200m",
                "-cp",
                Objects.requireNonNull(System.getenv("EMPORIUM_OIDC_SERVER"), "EMPORIUM_OIDC_SERVER is its class path"),
                "no.nav.security.mock.oauth2.StandaloneMockOAuth2ServerKt");
        java.environment().put("SERVER_HOSTNAME", "127.0.0.1");
        java.environment().put("SERVER_PORT", String.valueOf(PORT));
        java.environment().put("JSON_CONFIG", """
                {"interactiveLogin": false, "tokenProvider": {"keyProvider": {"algorithm": "ES256"}},
                 "tokenCallbacks": [{"issuerId": "shop", "tokenExpiry": 120, "requestMappings": [
                    {"requestParam": "grant_type", "match": "authorization_code",
                     "claims": {"sub": "ada-1", "email": "%s", "email_verified": true, "given_name": "Ada"}}]}]}
                """.formatted(EMAIL));
        try {
            server = java.redirectErrorStream(true)
                    .redirectOutput(new File("target/oidc-server.log"))
                    .start();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
        await().atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() ->
                        given().get("http://127.0.0.1:" + PORT + "/isalive").statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        server.destroy();
    }

    private static Response signIn() {
        JsonPath begun = nobody().body(Map.of("redirect_uri", BACK))
                .post(OpenId.START)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        String back = given().urlEncodingEnabled(false)
                .redirects()
                .follow(false)
                .get(begun.getString("data.authorization_url"))
                .then()
                .statusCode(302)
                .extract()
                .header("Location");
        assertThat(back).startsWith(BACK + "?");
        Map<String, String> came = OpenId.fields(back.substring(back.indexOf('?') + 1));
        return new OpenId.Back(begun.getString("data.flow"), came.get("state"), came.get("code")).finish();
    }

    @Test
    void its_people_sign_in() {
        Response first = signIn();
        first.then()
                .statusCode(200)
                .body("data.user.email", equalTo(EMAIL))
                .body("data.user.first_name", equalTo("Ada"));
        Response again = signIn();
        again.then().statusCode(200).body("data.user.user_id", equalTo(first.path("data.user.user_id")));
        with(again.path("data.token"))
                .get(OpenId.IDENTITIES)
                .then()
                .statusCode(200)
                .body("data.identities[0].issuer", equalTo(ISSUER));
    }
}
