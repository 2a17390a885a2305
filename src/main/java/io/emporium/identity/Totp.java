package io.emporium.identity;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Codes of authenticator apps (RFC 6238), as all of them make them: HMAC-SHA-1, six digits, another every half minute. */
final class Totp {
    static final int DIGITS = 6;

    private static final long STEP_SECONDS = 30;
    // A clock that is half a minute off, or somebody who types slowly.
    private static final int TOLERATED_STEPS = 1;
    /** RFC 4226 4: as many as the hash has. */
    private static final int SECRET_BYTES = 20;

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private Totp() {}

    static byte[] newSecret() {
        return Secrets.random(SECRET_BYTES);
    }

    /** The half minute since 1970 that a moment is in. */
    static long step(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), STEP_SECONDS);
    }

    static String code(byte[] secret, long step) {
        return code(secret, step, DIGITS);
    }

    /** @param digits 1 to 8 */
    static String code(byte[] secret, long step, int digits) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            byte[] hash =
                    mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
            int offset = hash[hash.length - 1] & 0xf;
            int number = ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & Integer.MAX_VALUE;
            String all = "%010d".formatted(number);
            return all.substring(all.length() - digits);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * The half minute that a code is of: this one, the one before or the one after.
     *
     * @param spent the last whose code was taken: neither it nor any before it is good again
     */
    static OptionalLong stepOf(byte[] secret, String code, Instant now, long spent) {
        byte[] shown = code.getBytes(StandardCharsets.UTF_8);
        OptionalLong found = OptionalLong.empty();
        for (long step = step(now) - TOLERATED_STEPS; step <= step(now) + TOLERATED_STEPS; step++) {
            boolean isIt = MessageDigest.isEqual(code(secret, step).getBytes(StandardCharsets.UTF_8), shown);
            if (isIt && step > spent) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }

    /** What apps read from a QR code. */
    static String uri(String issuer, String account, byte[] secret) {
        return "otpauth://totp/" + escaped(issuer) + ":" + escaped(account) + "?secret=" + base32(secret) + "&issuer="
                + escaped(issuer) + "&algorithm=SHA1&digits=" + DIGITS + "&period=" + STEP_SECONDS;
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** RFC 4648 6, without padding. */
    static String base32(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        int bits = 0;
        int waiting = 0;
        for (byte one : bytes) {
            bits = bits << Byte.SIZE | one & 0xff;
            waiting += Byte.SIZE;
            while (waiting >= 5) {
                waiting -= 5;
                text.append(BASE32.charAt(bits >> waiting & 31));
            }
            bits &= (1 << waiting) - 1;
        }
        return waiting == 0
                ? text.toString()
                : text.append(BASE32.charAt(bits << 5 - waiting & 31)).toString();
    }
}
