package io.emporium.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** Whatever nobody shall guess. Most of it is told once and stored hashed: refresh tokens, say, and what a mail proves. */
final class Secrets {
    private static final int BYTES = 32;

    private Secrets() {}

    /** 256 random bits in 43 characters that need no escaping anywhere. */
    static String random() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random(BYTES));
    }

    /** So many bytes that nobody can foresee. */
    static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        // Made here and not kept: in a native image one that is kept would be the build's.
        new SecureRandom().nextBytes(random);
        return random;
    }

    // No salt and no slow hash: 256 random bits cannot be guessed, and the hash must be found by an index.
    static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
