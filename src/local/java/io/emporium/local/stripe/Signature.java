package io.emporium.local.stripe;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The Stripe-Signature header: HMAC-SHA256 over time stamp, dot, payload; and the ways it can be wrong. */
final class Signature {
    static final String GOOD = "good";
    static final String MISSING = "missing";
    static final List<String> KINDS = List.of(GOOD, "forged", MISSING, "malformed");

    private Signature() {}

    /** The header's value, null where the kind is missing. {@code time} in seconds since 1970. */
    static String header(String kind, String payload, String secret, long time) {
        return switch (kind) {
            case GOOD -> "t=" + time + ",v1=" + hmac(secret, time + "." + payload);
            case "forged" -> "t=" + time + ",v1=" + hmac("whsec_of_somebody_else", time + "." + payload);
            case "malformed" -> "t=yesterday,v1";
            case MISSING -> null;
            default -> throw new IllegalArgumentException("signature must be one of " + KINDS);
        };
    }

    private static String hmac(String secret, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
