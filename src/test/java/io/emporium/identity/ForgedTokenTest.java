package io.emporium.identity;

import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static io.emporium.identity.Customers.with;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
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
            signature.setPayload(payload.toJson());
            header.forEach(signature::setHeader);
            signature.setAlgorithmHeaderValue(algorithm);
            signature.setKey(signedWith);
            return signature.getCompactSerialization();
        }
    }

    private static void refused(String token) {
        with(token).get("/api/v1/users/me").then().statusCode(401).body("error.code", equalTo("INVALID_TOKEN"));
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
        Map<String, String> tokens = new LinkedHashMap<>();
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
