package io.emporium.notification.campaign;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * What the links of one recipient's mail carry: 256 random bits, of which the call to action shows the first half, so that
 * whoever passes that link on passes no right to unsubscribe on. Stored are hashes only.
 */
final class LinkToken {
    private static final int BYTES = 32;
    private static final int CLICK_BYTES = 16;

    private final byte[] bytes;

    private LinkToken(byte[] bytes) {
        this.bytes = bytes;
    }

    static LinkToken random(SecureRandom chance) {
        byte[] bytes = new byte[BYTES];
        chance.nextBytes(bytes);
        return new LinkToken(bytes);
    }

    /** As it came in an address; empty where it cannot be one of ours. */
    static Optional<LinkToken> ofUnsubscribe(String text) {
        return decoded(text, BYTES);
    }

    static Optional<LinkToken> ofClick(String text) {
        return decoded(text, CLICK_BYTES);
    }

    private static Optional<LinkToken> decoded(String text, int length) {
        if (text.length() > 2 * BYTES) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            // The decoder passes over the bits of the last character that are beyond the last byte: one token would
            // have
            // several spellings.
            return bytes.length == length && encoded(bytes).equals(text)
                    ? Optional.of(new LinkToken(bytes))
                    : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    String unsubscribe() {
        return encoded(bytes);
    }

    String click() {
        return encoded(Arrays.copyOf(bytes, CLICK_BYTES));
    }

    byte[] unsubscribeHash() {
        return sha256(bytes);
    }

    byte[] clickHash() {
        return sha256(Arrays.copyOf(bytes, CLICK_BYTES));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Never the token: it would end up in a log. */
    @Override
    public String toString() {
        return "LinkToken";
    }
}
