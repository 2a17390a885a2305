package io.emporium.identity;

import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static io.emporium.identity.Customers.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.Canary;
import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tokens that are not ours, not for us, not now, or not what they say: each is refused with INVALID_TOKEN. */
@QuarkusTest
class ForgedTokenTest {
    @Inject
    SigningKey key;

    @Inject
    TokenSettings settings;

    /** A token that would hold, were it not for one change. */
    private final class Forgery {
        final Map<String, Object> claims = new LinkedHashMap<>();
        final Map<String, Object> header = new HashMap<>();
        Key signedWith = key.privateKey();
        String algorithm = "RS256";
        /** Takes the claims' place. */
        UnaryOperator<String> written = json -> json;

        Forgery(Customer of) throws Exception {
            var genuine = Base64.getUrlDecoder().decode(of.token().split("\\.")[1]);
            claims.putAll(
                    JwtClaims.parse(new String(genuine, StandardCharsets.UTF_8)).getClaimsMap());
            header.put("typ", "at+jwt");
            header.put("kid", key.id());
        }

        String token() throws Exception {
            var signature = new JsonWebSignature();
            signature.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
            signature.setDoKeyValidation(false);
            var payload = new JwtClaims();
            claims.forEach(payload::setClaim);
            signature.setPayload(written.apply(payload.toJson()));
            header.forEach(signature::setHeader);
            signature.setAlgorithmHeaderValue(algorithm);
            signature.setKey(signedWith);
            return signature.getCompactSerialization();
        }
    }

    private static void refused(String token) {
        with(token)
                .get("/api/v1/users/me")
                .then()
                .statusCode(401)
                .body("success", equalTo(false))
                .body("error.code", equalTo("INVALID_TOKEN"))
                .body("data", nullValue());
    }

    @Test
    void the_pattern_of_the_forgeries_is_accepted_unchanged() throws Exception {
        // Otherwise every refusal below might be for another reason than the one it names.
        with(new Forgery(aCustomer()).token()).get("/api/v1/users/me").then().statusCode(200);
    }

    @TestFactory
    Stream<DynamicTest> one_change_and_it_is_refused() throws Exception {
        Customer ann = aCustomer();
        Customer bob = aCustomer();
        KeyPair stranger = keyPair();
        long now = Instant.now().getEpochSecond();
        Map<String, Consumer<Forgery>> changes = new LinkedHashMap<>();
        changes.put("alg none", f -> {
            f.algorithm = "none";
            f.signedWith = null;
        });
        changes.put("HS256 with the public key's bytes", f -> {
            f.algorithm = "HS256";
            f.signedWith = new SecretKeySpec(key.publicKey().getEncoded(), "HmacSHA256");
        });
        changes.put("HS256 with the public key's PEM", f -> {
            f.algorithm = "HS256";
            String pem = "-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(key.publicKey().getEncoded())
                    + "\n-----END PUBLIC KEY-----\n";
            f.signedWith = new SecretKeySpec(pem.getBytes(StandardCharsets.US_ASCII), "HmacSHA256");
        });
        changes.put("RS512 with our key", f -> f.algorithm = "RS512");
        changes.put("PS256 with our key", f -> f.algorithm = "PS256");
        changes.put("another key under our kid", f -> f.signedWith = stranger.getPrivate());
        changes.put("another key under its own kid", f -> {
            f.signedWith = stranger.getPrivate();
            f.header.put("kid", "stranger");
        });
        changes.put("no kid", f -> f.header.remove("kid"));
        changes.put("another kid", f -> f.header.put("kid", "2020-01"));
        changes.put("kid as a path", f -> f.header.put("kid", "../../dev/null"));
        changes.put("kid as SQL", f -> f.header.put("kid", "x' UNION SELECT '1' --"));
        changes.put("kid is no text", f -> f.header.put("kid", List.of(key.id())));
        changes.put("kid is empty", f -> f.header.put("kid", ""));
        changes.put("kid in other letters", f -> f.header.put("kid", swapped(key.id())));
        changes.put("no typ", f -> f.header.remove("typ"));
        changes.put("typ JWT", f -> f.header.put("typ", "JWT"));
        changes.put("typ of a logout token", f -> f.header.put("typ", "logout+jwt"));
        changes.put("a crit header nobody knows", f -> f.header.put("crit", List.of("https://example.com/unknown")));
        changes.put("no iss", f -> f.claims.remove("iss"));
        changes.put("another iss", f -> f.claims.put("iss", "https://evil.example"));
        changes.put("no aud", f -> f.claims.remove("aud"));
        changes.put("another aud", f -> f.claims.put("aud", "another-shop"));
        changes.put("no exp", f -> f.claims.remove("exp"));
        changes.put("expired a second ago", f -> {
            f.claims.put("iat", now - 60);
            f.claims.put("exp", now - 1);
        });
        changes.put("exp before iat", f -> f.claims.put("exp", ((Number) f.claims.get("iat")).longValue() - 5));
        changes.put("holds for a year", f -> f.claims.put("exp", now + 365L * 24 * 3600));
        changes.put("exp is text", f -> f.claims.put("exp", "tomorrow"));
        changes.put("no iat", f -> f.claims.remove("iat"));
        changes.put("no jti", f -> f.claims.remove("jti"));
        changes.put("no sub", f -> f.claims.remove("sub"));
        changes.put("sub is no number", f -> f.claims.put("sub", "root"));
        changes.put("sub of somebody else", f -> f.claims.put("sub", Long.toString(bob.userId())));
        changes.put("no user_id", f -> f.claims.remove("user_id"));
        changes.put("user_id of somebody else", f -> f.claims.put("user_id", bob.userId()));
        changes.put("no role", f -> f.claims.remove("role"));
        changes.put("no sid", f -> f.claims.remove("sid"));
        changes.put("sid is no id", f -> f.claims.put("sid", "1 OR 1=1"));
        changes.put(
                "sid of no session", f -> f.claims.put("sid", UUID.randomUUID().toString()));
        changes.put("nbf tomorrow", f -> f.claims.put("nbf", now + 86_400));
        changes.put("iat in an hour", f -> {
            f.claims.put("iat", now + 3600);
            f.claims.put("exp", now + 4000);
        });
        changes.put("iss in a list", f -> f.claims.put("iss", List.of(settings.issuer())));
        changes.put("iss in other letters", f -> f.claims.put("iss", swapped(settings.issuer())));
        changes.put("sub is a list", f -> f.claims.put("sub", List.of(Long.toString(ann.userId()))));
        changes.put("sub is an object", f -> f.claims.put("sub", Map.of("id", ann.userId())));
        changes.put("user_id is a list", f -> f.claims.put("user_id", List.of(ann.userId())));
        changes.put("user_id above 2^63", f -> {
            f.claims.put("user_id", new BigInteger("9223372036854775808"));
            f.claims.put("sub", "9223372036854775808");
        });
        changes.put("user_id below zero", f -> {
            f.claims.put("user_id", -1);
            f.claims.put("sub", "-1");
        });
        changes.put("exp above 2^63", f -> f.claims.put("exp", new BigInteger("9223372036854775808")));
        changes.put(
                "exp out of all bounds", f -> f.written = json -> json.replaceFirst("\"exp\":\\d+", "\"exp\":1e400"));
        changes.put("sid in a list", f -> f.claims.put("sid", List.of(f.claims.get("sid"))));
        changes.put("sid of somebody else", f -> f.claims.put("sid", sessionOf(bob)));
        changes.put(
                "two subjects",
                f -> f.written = json -> json.replaceFirst("\\{", "{\"sub\":\"" + bob.userId() + "\","));
        changes.put(
                "two expiries", f -> f.written = json -> json.replaceFirst("\\}$", ",\"exp\":" + (now + 600) + "}"));
        changes.put("claims that are no object", f -> f.written = json -> "[" + json + "]");
        changes.put("claims that are no JSON", f -> f.written = json -> json.substring(1));
        changes.put("a signed token in a signed token", f -> {
            f.header.put("cty", "JWT");
            f.written = json -> ann.token();
        });
        changes.put("an ID token", f -> {
            f.header.put("typ", "JWT");
            f.claims.put("nonce", "n");
        });
        return changes.entrySet().stream()
                .map(change -> DynamicTest.dynamicTest(change.getKey(), () -> {
                    var forgery = new Forgery(ann);
                    change.getValue().accept(forgery);
                    refused(forgery.token());
                }));
    }

    @TestFactory
    Stream<DynamicTest> what_was_cut_or_glued_is_refused() throws Exception {
        Customer ann = aCustomer();
        String[] parts = ann.token().split("\\.");
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String promoted = encode(payload.replace("\"customer\"", "\"admin\""));
        String none = encode("{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"" + key.id() + "\"}");
        KeyPair stranger = keyPair();
        var own = new Forgery(ann);
        own.signedWith = stranger.getPrivate();
        own.header.put(
                "jwk",
                PublicJsonWebKey.Factory.newPublicJwk(stranger.getPublic())
                        .toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        String genuine = ann.token();
        String canonical = parts[2];
        App app = App.on(aCustomer());
        Map<String, String> tokens = new LinkedHashMap<>();
        // What is decoded alike is not the same: nobody counts on one token having many spellings.
        tokens.put("signature padded", genuine + "==");
        tokens.put(
                "signature in another spelling", genuine.substring(0, genuine.length() - 1) + spelledElse(canonical));
        tokens.put("characters behind it", genuine + "!");
        tokens.put("a percent sign behind it", genuine + "%00");
        tokens.put(
                "characters in it",
                parts[0] + "." + parts[1] + "." + canonical.substring(0, 9) + "*" + canonical.substring(9));
        tokens.put("not base64", parts[0] + ".{}." + canonical);
        tokens.put("dots behind it", genuine + "..");
        tokens.put("dots before it", ".." + genuine);
        tokens.put(
                "alg None",
                encode("{\"alg\":\"None\",\"typ\":\"at+jwt\",\"kid\":\"" + key.id() + "\"}") + "." + promoted + ".");
        tokens.put(
                "no alg",
                encode("{\"typ\":\"at+jwt\",\"kid\":\"" + key.id() + "\"}") + "." + parts[1] + "." + canonical);
        tokens.put(
                "alg twice",
                encode("{\"alg\":\"RS256\",\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"" + key.id() + "\"}") + "."
                        + parts[1] + "." + canonical);
        tokens.put(
                "a header of many levels",
                encode("[".repeat(900) + "]".repeat(900)) + "." + parts[1] + "." + canonical);
        tokens.put("as long as a header may be", genuine + "A".repeat(6_500));
        tokens.put("encrypted to nobody", encode("{\"alg\":\"dir\",\"enc\":\"A128GCM\"}") + "..AAAA.AAAA.AAAA");
        tokens.put("the challenge of a sign-in", app.challenge());
        tokens.put("a recovery code", app.recoveryCodes().getFirst());
        tokens.put("payload changed", parts[0] + "." + promoted + "." + parts[2]);
        tokens.put("signature cut off", parts[0] + "." + parts[1] + ".");
        tokens.put("signature shortened", parts[0] + "." + parts[1] + "." + parts[2].substring(4));
        tokens.put("unsigned by its header", none + "." + promoted + ".");
        tokens.put("unsigned by its header, signature kept", none + "." + parts[1] + "." + parts[2]);
        tokens.put("brings its own key", own.token());
        tokens.put("two parts", parts[0] + "." + parts[1]);
        tokens.put("four parts", ann.token() + ".x");
        tokens.put("five parts", ann.token() + ".x.y");
        tokens.put("no token at all", "garbage");
        tokens.put("dots", "..");
        tokens.put("the refresh token", ann.refreshToken());
        return tokens.entrySet().stream()
                .map(token -> DynamicTest.dynamicTest(token.getKey(), () -> refused(token.getValue())));
    }

    @Test
    void a_key_that_a_token_brings_or_points_to_is_neither_taken_nor_fetched() throws Exception {
        Customer ann = aCustomer();
        KeyPair stranger = keyPair();
        var jwk = PublicJsonWebKey.Factory.newPublicJwk(stranger.getPublic());
        jwk.setKeyId("stranger");
        try (var canary = new Canary()) {
            String url = "http://127.0.0.1:" + canary.port() + "/jwks.json";
            Map<String, Object> headers = Map.of(
                    "jku", url,
                    "x5u", url,
                    "kid", url,
                    "jwk", jwk.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY),
                    "x5c",
                            List.of(Base64.getEncoder()
                                    .encodeToString(stranger.getPublic().getEncoded())));
            for (var header : headers.entrySet()) {
                for (String kid : List.of(key.id(), "stranger")) {
                    var forgery = new Forgery(ann);
                    forgery.signedWith = stranger.getPrivate();
                    forgery.header.put("kid", kid);
                    forgery.header.put(header.getKey(), header.getValue());
                    refused(forgery.token());
                }
            }
            canary.hasHeardNobody();
        }
    }

    @Test
    void a_role_in_a_token_gives_none() throws Exception {
        var promoted = new Forgery(aCustomer());
        promoted.claims.put("role", "admin");
        promoted.claims.put("groups", List.of("admin"));
        with(promoted.token())
                .get("/api/v1/admin/outbox")
                .then()
                .statusCode(403)
                .body("error.code", equalTo("FORBIDDEN"));
    }

    @Test
    void letters_that_look_alike_are_others_and_what_is_too_long_is_no_fault_of_ours() throws Exception {
        String token = aCustomer().token();
        List<String> sent = List.of(
                "Bearer " + token.replace('.', '\uff0e'),
                "Bearer " + token.replace('e', '\u0435'),
                "Bearer \u200b" + token,
                "Bearer " + token + "\u0000",
                "B\u0435arer " + token,
                "Bearer " + token + ", Bearer " + token,
                "Bearer",
                "Bearer  ",
                "Basic " + token);
        for (String authorization : sent) {
            String answer = raw(authorization);
            assertThat(answer).as(authorization.substring(0, 6)).doesNotContain("\"data\"");
            if (authorization.endsWith("\u0000")) {
                // HTTP itself forbids it: refused before anybody looks at what it says.
                assertThat(answer).startsWith("HTTP/1.1 400 ");
            } else {
                assertThat(answer)
                        .as(authorization.substring(0, 6))
                        .startsWith("HTTP/1.1 401 ")
                        .contains("\"success\":false");
            }
        }
        assertThat(raw("Bearer " + token + "A".repeat(100_000))).containsPattern("^HTTP/1.1 4");
        assertThat(raw("Bearer " + token)).startsWith("HTTP/1.1 200");
    }

    /** With bytes that no client library would send. */
    private static String raw(String authorization) throws IOException {
        try (var socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /api/v1/users/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: "
                                    + authorization + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String swapped(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        return upper.equals(text) ? text.toLowerCase(Locale.ROOT) : upper;
    }

    /** Its last character, with the bits that decode to nothing turned round. */
    private static String spelledElse(String signature) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return "" + alphabet.charAt(alphabet.indexOf(signature.charAt(signature.length() - 1)) ^ 1);
    }

    private static Object sessionOf(Customer customer) {
        try {
            return JwtClaims.parse(new String(
                            Base64.getUrlDecoder().decode(customer.token().split("\\.")[1]), StandardCharsets.UTF_8))
                    .getClaimValue("sid");
        } catch (InvalidJwtException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void a_token_elsewhere_than_in_the_header_is_none() {
        Customer ann = aCustomer();
        nobody().cookie("Bearer", ann.token())
                .queryParam("access_token", ann.token())
                .get("/api/v1/users/me")
                .then()
                .statusCode(401)
                .body("error.code", equalTo("AUTHENTICATION_REQUIRED"));
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static KeyPair keyPair() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }
}
