package io.emporium.payment.bank;

import java.math.BigInteger;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What a customer writes on a transfer: a structured creditor reference (ISO 11649), so that their bank notices a slip of
 * the pen.
 */
final class CreditorReference {
    private static final BigInteger MODULUS = BigInteger.valueOf(97);
    private static final int LONGEST = 21;
    private static final int DISTINCT = 6;
    private static final int HEAD = 4;
    /** Whoever names more of them in one text names none. */
    private static final int MOST = 100;

    private CreditorReference() {}

    /**
     * @param orderNumber {@code ORD-2026-0001}
     * @param attempt the attempt's own reference: a second attempt of an order gets another one
     * @return {@code RF} and at most 23 letters and digits
     */
    static String of(String orderNumber, String attempt) {
        String own = attempt.substring(attempt.length() - DISTINCT);
        String order = orderNumber.replaceAll("[^A-Za-z0-9]", "");
        String body =
                (order.substring(Math.max(0, order.length() - (LONGEST - DISTINCT))) + own).toUpperCase(Locale.ROOT);
        return String.format(Locale.ROOT, "RF%02d%s", 98 - remainder(body + "RF00"), body);
    }

    /**
     * What may be references in a text of letters and digits: nobody says where one ends, so it is all that begin with RF and
     * have the right check digits, at most {@value #MOST}. About one end in a hundred is right by chance.
     */
    static Set<String> in(String letters) {
        Set<String> found = new LinkedHashSet<>();
        for (int from = letters.indexOf("RF"); from >= 0; from = letters.indexOf("RF", from + 1)) {
            if (letters.length() < from + HEAD) {
                break;
            }
            String head = letters.substring(from, from + HEAD);
            int remainder = 0;
            for (int end = from + HEAD; end < Math.min(letters.length(), from + HEAD + LONGEST); end++) {
                remainder = append(remainder, letters.charAt(end));
                int whole = remainder;
                for (int i = 0; i < HEAD; i++) {
                    whole = append(whole, head.charAt(i));
                }
                if (whole == 1 && found.size() < MOST) {
                    found.add(letters.substring(from, end + 1));
                }
            }
        }
        return found;
    }

    private static int append(int remainder, char letter) {
        int value = Character.digit(letter, 36);
        return (remainder * (value < 10 ? 10 : 100) + value) % 97;
    }

    /** Letters count as 10 to 35. */
    static int remainder(String text) {
        StringBuilder digits = new StringBuilder();
        text.chars().forEach(letter -> digits.append(Character.digit(letter, 36)));
        return new BigInteger(digits.toString()).mod(MODULUS).intValue();
    }
}
