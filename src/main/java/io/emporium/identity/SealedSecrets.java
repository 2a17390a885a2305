package io.emporium.identity;

import io.emporium.web.Production;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Secrets that the shop itself must know again, sealed where they are stored (AES-256-GCM): a copy of the database opens nothing.
 * Each is sealed for one user; in another's row it is none.
 */
@Singleton
class SealedSecrets {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int SHORTEST = 32;
    private static final int FEWEST_CHARACTERS = 8;

    private final List<String> given;
    /** The first seals, all open. */
    private final List<SecretKeySpec> keys;

    SealedSecrets(SecondFactorSettings settings) {
        this.given = settings.keys().orElse(List.of()).stream()
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .toList();
        // Of a run that is no production: what it seals is gone with it.
        this.keys = (given.isEmpty() ? List.of(Secrets.random()) : given)
                .stream()
                        .map(key -> new SecretKeySpec(Secrets.hash("emporium second factor " + key), "AES"))
                        .toList();
    }

    void check(@Observes @Priority(Production.CHECKED_FIRST) StartupEvent start) {
        String fault = fault(given);
        if (fault != null) {
            Production.refuse(fault);
        }
    }

    /** What is wrong with the keys, as the one line to print; null if nothing is. */
    static @Nullable String fault(List<String> keys) {
        if (keys.isEmpty()) {
            return "set SECOND_FACTOR_KEY (with which the secrets of authenticator apps are stored): openssl rand -hex 32";
        }
        for (String key : keys) {
            if (key.length() < SHORTEST || key.chars().distinct().count() < FEWEST_CHARACTERS) {
                return "SECOND_FACTOR_KEY is too short or too easy to guess: make one with openssl rand -hex 32";
            }
        }
        return null;
    }

    byte[] seal(byte[] secret, long userId) {
        byte[] nonce = Secrets.random(NONCE_BYTES);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, keys.getFirst(), nonce, userId);
            byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + cipher.getOutputSize(secret.length));
            cipher.doFinal(secret, 0, secret.length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** @throws IllegalStateException if none of the keys opens it, or it was sealed for somebody else */
    byte[] open(byte[] sealed, long userId) {
        return keys.stream()
                .flatMap(key -> opened(key, sealed, userId).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "What is stored for user " + userId + " was sealed with no key of SECOND_FACTOR_KEY"));
    }

    private static Optional<byte[]> opened(SecretKeySpec key, byte[] sealed, long userId) {
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, key, sealed, userId)
                    .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES));
        } catch (GeneralSecurityException another) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, long userId)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce, 0, NONCE_BYTES));
        cipher.updateAAD(Long.toString(userId).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
