package io.emporium.identity;

import io.emporium.web.Production;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.jwt.util.KeyUtils;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;

/**
 * The RSA key that signs access tokens. Production is given one, since each replica must have the same and a restart must
 * not sign everybody out; a test or dev run without one makes its own.
 */
@Singleton
class SigningKey {
    static final int SHORTEST_BITS = 2048;

    private static final String GIVEN = "JWT_PRIVATE_KEY_FILE or JWT_PRIVATE_KEY";

    private final PrivateKey privateKey;
    private final VerificationKey verification;

    @Inject
    SigningKey(TokenSettings settings) {
        this(settings.privateKeyFile(), settings.privateKey(), Production.is());
    }

    /** @throws ConfigurationException in production without a usable key: its message is the one line to print */
    SigningKey(Optional<String> file, Optional<String> inline, boolean production) {
        try {
            Optional<String> pem =
                    file.isPresent() ? Optional.of(contents("JWT_PRIVATE_KEY_FILE", file.get())) : inline;
            RSAPrivateCrtKey key;
            if (pem.isPresent()) {
                key = read(GIVEN, pem.get());
            } else if (production) {
                throw Production.refusal(
                        "JWT_PRIVATE_KEY_FILE (or JWT_PRIVATE_KEY) must be set: the RSA key, PKCS#8 in PEM, that signs"
                                + " access tokens");
            } else {
                Log.info("No JWT_PRIVATE_KEY_FILE: access tokens are signed with a key made for this run");
                key = made();
            }
            this.privateKey = key;
            this.verification = VerificationKey.of(key);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Makes the key be read at the start, not at the first sign-in. */
    void read(@Observes @Priority(Production.CHECKED_FIRST) StartupEvent start) {
        Log.debugf("Access tokens are signed with key %s", id());
    }

    PrivateKey privateKey() {
        return privateKey;
    }

    RSAPublicKey publicKey() {
        return verification.key();
    }

    /** The key's {@code kid}. */
    String id() {
        return verification.id();
    }

    VerificationKey verification() {
        return verification;
    }

    static String contents(String setting, String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.US_ASCII);
        } catch (IOException unreadable) {
            throw Production.refusal(setting + " cannot be read: " + file);
        }
    }

    /** @param setting where it comes from, for whoever reads the one line */
    static RSAPrivateCrtKey read(String setting, String pem) {
        PrivateKey key;
        try {
            key = KeyUtils.decodePrivateKey(pem.replace("\\n", "\n").strip());
        } catch (GeneralSecurityException | IllegalArgumentException notAKey) {
            throw Production.refusal("The key in " + setting + " is not an RSA key, PKCS#8 in PEM");
        }
        if (!(key instanceof RSAPrivateCrtKey rsa) || rsa.getModulus().bitLength() < SHORTEST_BITS) {
            throw Production.refusal("The key in " + setting + " must be RSA, " + SHORTEST_BITS + " bits or more");
        }
        return rsa;
    }

    private static RSAPrivateCrtKey made() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(SHORTEST_BITS);
        return (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
    }
}
