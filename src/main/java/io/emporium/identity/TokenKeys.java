package io.emporium.identity;

import io.emporium.web.Production;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.util.KeyUtils;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPublicKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jose4j.json.JsonUtil;

/**
 * The keys whose tokens hold: the one that signs, and those that are to sign next or have signed before (docs/accounts.md). A key is
 * changed with nobody noticing if the others know it before it signs, and until its last token has expired.
 */
@Singleton
class TokenKeys {
    private static final String ACCEPTED = "JWT_ACCEPTED_KEY_FILES";

    private final Map<String, VerificationKey> keys = new LinkedHashMap<>();

    @Inject
    TokenKeys(SigningKey signing, TokenSettings settings) {
        this(signing, settings.acceptedKeyFiles().orElse(List.of()));
    }

    /** @throws io.quarkus.runtime.configuration.ConfigurationException if one cannot be read or is no key to trust */
    TokenKeys(SigningKey signing, List<String> files) {
        keys.put(signing.id(), signing.verification());
        for (String file : files) {
            VerificationKey key = read(SigningKey.contents(ACCEPTED, file.strip()));
            keys.put(key.id(), key);
        }
    }

    /** A public key, or the private one with it: the file of the key that signed before will do. */
    private static VerificationKey read(String pem) {
        if (pem.contains("PRIVATE KEY")) {
            return VerificationKey.of(SigningKey.read(ACCEPTED, pem));
        }
        try {
            if (KeyUtils.decodePublicKey(pem, SignatureAlgorithm.RS256) instanceof RSAPublicKey key
                    && key.getModulus().bitLength() >= SigningKey.SHORTEST_BITS) {
                return VerificationKey.of(key);
            }
        } catch (GeneralSecurityException | IllegalArgumentException notAKey) {
            throw refused();
        }
        throw refused();
    }

    private static RuntimeException refused() {
        return Production.refusal(
                "A key in " + ACCEPTED + " is not an RSA key in PEM, " + SigningKey.SHORTEST_BITS + " bits or more");
    }

    /** A file that is missing stops the start, and not the first sign-in. */
    void read(@Observes @Priority(Production.CHECKED_FIRST) StartupEvent start) {
        Log.debugf("Access tokens hold that are signed with %s", keys.keySet());
    }

    boolean knows(String id) {
        return keys.containsKey(id);
    }

    /** All of them (RFC 7517), the one that signs first. */
    List<Map<String, String>> jwks() {
        return keys.values().stream().map(VerificationKey::jwk).toList();
    }

    /** The same as JSON, in which SmallRye JWT looks a token's key up by its {@code kid}. */
    String keySet() {
        return JsonUtil.toJson(Map.of("keys", jwks()));
    }
}
