package io.emporium.identity;

import io.quarkus.logging.Log;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.jwt.util.KeyUtils;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The RSA key that signs access tokens. Production is given one, since each replica must have the same and a restart must
 * not sign everybody out; a test or dev run without one makes its own.
 */
@Singleton
class SigningKey {
    // Before anything is written: a start that is refused leaves no trace.
    private static final int SECRETS_FIRST = 100;
    private static final int SHORTEST_BITS = 2048;

    private final PrivateKey privateKey;
    private final RSAPublicKey publicKey;
    private final String id;

    @Inject
    SigningKey(TokenSettings settings, @ConfigProperty(name = "EMPORIUM_LOCAL", defaultValue = "false") boolean local) {
        this(settings.privateKeyFile(), settings.privateKey(), LaunchMode.current() == LaunchMode.NORMAL && !local);
    }

    /** @throws ConfigurationException in production without a usable key: its message is the one line to print */
    SigningKey(Optional<String> file, Optional<String> inline, boolean production) {
        try {
            Optional<String> pem = file.isPresent() ? Optional.of(contents(file.get())) : inline;
            RSAPrivateCrtKey key;
            if (pem.isPresent()) {
                key = read(pem.get());
            } else if (production) {
                throw refused(
                        "JWT_PRIVATE_KEY_FILE (or JWT_PRIVATE_KEY) must be set: the RSA key, PKCS#8 in PEM, that signs"
                                + " access tokens");
            } else {
                Log.info("No JWT_PRIVATE_KEY_FILE: access tokens are signed with a key made for this run");
                key = made();
            }
            this.privateKey = key;
            this.publicKey = (RSAPublicKey) KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
            this.id = thumbprint(publicKey);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Makes the key be read at the start, not at the first sign-in. */
    void read(@Observes @Priority(SECRETS_FIRST) StartupEvent start) {
        Log.debugf("Access tokens are signed with key %s", id);
    }

    PrivateKey privateKey() {
        return privateKey;
    }

    RSAPublicKey publicKey() {
        return publicKey;
    }

    /** The key's {@code kid}: its RFC 7638 thumbprint, the same on every replica. */
    String id() {
        return id;
    }

    /** The public half as RFC 7517 has it. */
    Map<String, String> jwk() {
        return Map.of(
                "kty",
                "RSA",
                "use",
                "sig",
                "alg",
                "RS256",
                "kid",
                id,
                "n",
                base64(publicKey.getModulus()),
                "e",
                base64(publicKey.getPublicExponent()));
    }

    private static String contents(String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.US_ASCII);
        } catch (IOException unreadable) {
            throw refused("JWT_PRIVATE_KEY_FILE cannot be read: " + file);
        }
    }

    private static RSAPrivateCrtKey read(String pem) {
        PrivateKey key;
        try {
            key = KeyUtils.decodePrivateKey(pem.replace("\\n", "\n").strip());
        } catch (GeneralSecurityException | IllegalArgumentException notAKey) {
            throw refused("The key in JWT_PRIVATE_KEY_FILE or JWT_PRIVATE_KEY is not an RSA key, PKCS#8 in PEM");
        }
        if (!(key instanceof RSAPrivateCrtKey rsa) || rsa.getModulus().bitLength() < SHORTEST_BITS) {
            throw refused("The key in JWT_PRIVATE_KEY_FILE or JWT_PRIVATE_KEY must be RSA, 2048 bits or more");
        }
        return rsa;
    }

    private static RSAPrivateCrtKey made() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(SHORTEST_BITS);
        return (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
    }

    private static ConfigurationException refused(String line) {
        return new ConfigurationException("Emporium does not start: " + line);
    }

    private static String thumbprint(RSAPublicKey key) throws GeneralSecurityException {
        String canonical = "{\"e\":\"" + base64(key.getPublicExponent()) + "\",\"kty\":\"RSA\",\"n\":\""
                + base64(key.getModulus()) + "\"}";
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.US_ASCII));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private static String base64(BigInteger number) {
        byte[] bytes = number.toByteArray();
        // Java puts a zero in front where the first bit is set; RFC 7518 does not.
        int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
    }
}
