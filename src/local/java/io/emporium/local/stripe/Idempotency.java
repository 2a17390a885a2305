package io.emporium.local.stripe;

import io.emporium.local.provider.KeptAnswer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Idempotency keys as Stripe documents them: the first answer again, 400 for other parameters, 409 while the first call runs. */
final class Idempotency {
    private final Ledger ledger;
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    Idempotency(Ledger ledger) {
        this.ledger = ledger;
    }

    static String fingerprint(String path, Form form) {
        try {
            byte[] text = (path + "\n" + form.canonical()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * The kept answer, or null where this call is the first: then {@link #end} must follow. Throws StripeError 400 where the key
     * was used for something else, 409 where its first call still runs.
     */
    KeptAnswer begin(String key, String path, String fingerprint) {
        if (key.length() > 255) {
            throw StripeError.idempotency(400, null, "The idempotency key is longer than 255 characters.");
        }
        if (!running.add(key)) {
            throw StripeError.idempotency(
                    409,
                    "idempotency_key_in_use",
                    "Another request with the idempotency key '" + key + "' is still running.");
        }
        boolean first = false;
        try {
            KeptAnswer kept = ledger.read(() -> ledger.answer(key));
            if (kept == null) {
                first = true;
                return null;
            }
            if (!kept.path().equals(path)) {
                throw StripeError.idempotency(
                        400,
                        null,
                        "The idempotency key '" + key + "' was first used for another endpoint ('" + kept.path()
                                + "').");
            }
            if (!kept.fingerprint().equals(fingerprint)) {
                throw StripeError.idempotency(
                        400, null, "The idempotency key '" + key + "' was first used with other parameters.");
            }
            return kept;
        } finally {
            if (!first) {
                running.remove(key);
            }
        }
    }

    void end(String key) {
        running.remove(key);
    }
}
