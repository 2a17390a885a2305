package io.emporium.local.paypal;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Identifiers as PayPal makes them: 17 capitals and digits that nobody can guess. */
final class Ids {
    private static final String LETTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXY";
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    static String next() {
        return next(17);
    }

    static String next(int length) {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < length; i++) {
            id.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return id.toString();
    }

    static String debug() {
        byte[] bytes = new byte[7];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes).substring(0, 13);
    }
}
