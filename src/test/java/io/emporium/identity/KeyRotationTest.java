package io.emporium.identity;

import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static io.emporium.identity.Customers.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.identity.Customers.Customer;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One signing key is changed for another, and nobody is signed out (docs/accounts.md). */
@QuarkusTest
@TestProfile(KeyRotationTest.Changing.class)
class KeyRotationTest {
    /** In the middle of it: one key has signed before, one is to sign next, and one was taken out. */
    public static class Changing implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                Path folder = Files.createTempDirectory("keys");
                Path earlier = written(folder, "jwt-1", keyPair("RSA", 2048));
                Path next = written(folder, "jwt-3", keyPair("RSA", 3072)).resolveSibling("jwt-3.pub.pem");
                written(folder, "jwt-0", keyPair("RSA", 2048));
                return Map.of("JWT_ACCEPTED_KEY_FILES", earlier + "," + next);
            } catch (IOException full) {
                throw new UncheckedIOException(full);
            }
        }

        private static Path written(Path folder, String name, KeyPair pair) throws IOException {
            Files.writeString(folder.resolve(name + ".pub.pem"), pem("PUBLIC KEY", pair.getPublic()));
            return Files.writeString(folder.resolve(name + ".pem"), pem("PRIVATE KEY", pair.getPrivate()));
        }
    }

    private RSAPrivateCrtKey earlier;
    private RSAPrivateCrtKey next;
    private RSAPrivateCrtKey removed;

    @BeforeEach
    void read() {
        Path folder =
                Path.of(settings.acceptedKeyFiles().orElseThrow().getFirst()).getParent();
        earlier = read(folder, "jwt-1");
        next = read(folder, "jwt-3");
        removed = read(folder, "jwt-0");
    }

    private static RSAPrivateCrtKey read(Path folder, String name) {
        return SigningKey.read(
                name, SigningKey.contents(name, folder.resolve(name + ".pem").toString()));
    }

    @Inject
    TokenSettings settings;

    @Inject
    SigningKey current;

    private static KeyPair keyPair(String algorithm, int bits) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String pem(String what, Key key) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END " + what + "-----\n";
    }

    private static String id(RSAPrivateCrtKey key) {
        return VerificationKey.of(key).id();
    }

    /** As the process would have signed it that had this key: for a session that lives. */
    private static String token(Customer of, String kid, String algorithm, Key key, long age) throws Exception {
        var claims = JwtClaims.parse(
                new String(Base64.getUrlDecoder().decode(of.token().split("\\.")[1]), StandardCharsets.UTF_8));
        long now = Instant.now().getEpochSecond();
        claims.setClaim("iat", now - age);
        claims.setClaim("exp", now - age + 900);
        var signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        signature.setDoKeyValidation(false);
        signature.setPayload(claims.toJson());
        signature.setHeader("typ", "at+jwt");
        signature.setHeader("kid", kid);
        signature.setAlgorithmHeaderValue(algorithm);
        signature.setKey(key);
        return signature.getCompactSerialization();
    }

    private static String token(Customer of, RSAPrivateCrtKey key, long age) throws Exception {
        return token(of, id(key), "RS256", key, age);
    }

    private static void holds(String token) {
        with(token).get("/api/v1/users/me").then().statusCode(200);
    }

    private static void isRefused(String token) {
        with(token).get("/api/v1/users/me").then().statusCode(401).body("error.code", equalTo("INVALID_TOKEN"));
    }

    @Test
    void tokens_of_the_key_before_and_of_the_next_hold_until_they_expire() throws Exception {
        Customer ann = aCustomer();
        holds(ann.token());
        holds(token(ann, earlier, 0));
        holds(token(ann, earlier, 890));
        isRefused(token(ann, earlier, 901));
        holds(token(ann, next, 0));
        // They are no other tokens: the session that ends takes them with it.
        String before = token(ann, earlier, 0);
        with(before).post("/api/v1/auth/logout").then().statusCode(200);
        isRefused(before);
        isRefused(ann.token());
    }

    @Test
    void a_key_that_was_taken_out_and_one_under_anothers_name_sign_nothing() throws Exception {
        Customer ann = aCustomer();
        isRefused(token(ann, removed, 0));
        isRefused(token(ann, id(earlier), "RS256", removed, 0));
        isRefused(token(ann, id(earlier), "RS256", next, 0));
        isRefused(token(ann, current.id(), "RS256", earlier, 0));
        isRefused(token(ann, "no-such-key", "RS256", earlier, 0));
        isRefused(token(ann, id(earlier), "PS256", earlier, 0));
        isRefused(token(ann, id(earlier), "RS512", earlier, 0));
        for (byte[] known : List.of(
                VerificationKey.of(earlier).key().getEncoded(),
                pem("PUBLIC KEY", VerificationKey.of(earlier).key()).getBytes(StandardCharsets.US_ASCII))) {
            isRefused(token(ann, id(earlier), "HS256", new SecretKeySpec(known, "HmacSHA256"), 0));
        }
        var without = token(ann, earlier, 0).split("\\.");
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}").getBytes(StandardCharsets.US_ASCII));
        isRefused(none + "." + without[1] + "." + without[2]);
    }

    @Test
    void new_tokens_are_signed_with_the_key_of_now_and_gateways_are_told_all() throws Exception {
        Customer ann = aCustomer();
        var signature = new JsonWebSignature();
        signature.setCompactSerialization(ann.token());
        assertThat(signature.getKeyIdHeaderValue()).isEqualTo(current.id());
        String published = nobody().get("/.well-known/jwks.json").asString();
        var keys = new JsonWebKeySet(published).getJsonWebKeys();
        assertThat(keys).extracting(key -> key.getKeyId()).containsExactly(current.id(), id(earlier), id(next));
        assertThat(keys.get(1).getKey()).isEqualTo(VerificationKey.of(earlier).key());
        assertThat(published).doesNotContain("\"d\"", "\"p\"", "\"q\"");
    }

    @Test
    void a_file_that_is_no_key_to_trust_stops_the_start(@TempDir Path folder) throws Exception {
        var signing = new SigningKey(Optional.empty(), Optional.empty(), false);
        PrivateKey elliptic = keyPair("EC", 256).getPrivate();
        Map<String, String> bad = Map.of(
                "short.pem", pem("PUBLIC KEY", keyPair("RSA", 1024).getPublic()),
                "short-private.pem", pem("PRIVATE KEY", keyPair("RSA", 1024).getPrivate()),
                "elliptic.pem", pem("PRIVATE KEY", elliptic),
                "elliptic-public.pem", pem("PUBLIC KEY", keyPair("EC", 256).getPublic()),
                "text.pem", "secret");
        for (var file : bad.entrySet()) {
            Path written = Files.writeString(folder.resolve(file.getKey()), file.getValue());
            assertThatThrownBy(() -> new TokenKeys(signing, List.of(written.toString())))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("JWT_ACCEPTED_KEY_FILES")
                    .hasMessageNotContaining("\n");
        }
        assertThatThrownBy(() -> new TokenKeys(signing, List.of("/nowhere/key.pem")))
                .hasMessageContaining("cannot be read: /nowhere/key.pem");
        assertThat(new TokenKeys(signing, List.of()).jwks()).hasSize(1);
    }
}
