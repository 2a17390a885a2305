package io.emporium.shared;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what looks like a card number, so that it is refused before anything is logged, hashed or stored (promise 13):
 * 13 to 19 digits, of any script and with up to three other characters between two of them, whose check digit is right
 * (Luhn). A false alarm costs a customer a moment; a number let through makes every back-up a card store.
 */
public final class CardNumbers {
    private static final int SHORTEST = 13;
    private static final int LONGEST = 19;
    /** As many characters may stand between two digits: "4242 - 4242". */
    private static final int WIDEST_GAP = 3;
    /**
     * A moment as programs write it. Its time in nanoseconds has fifteen digits with nothing but signs between them, and one in
     * thirty-five would pass for a card's number.
     */
    private static final Pattern MOMENT = Pattern.compile(
            "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{1,9}(Z|[+-][01][0-9]:[0-5][0-9])");

    private CardNumbers() {}

    /**
     * In a payment's details, where no other long number has a place.
     *
     * @param json as read: maps, lists, texts, numbers; keys are looked at too
     */
    public static boolean isIn(@Nullable Object json) {
        return switch (json) {
            case null -> false;
            case Map<?, ?> object ->
                object.entrySet().stream().anyMatch(field -> isIn(field.getKey()) || isIn(field.getValue()));
            case Collection<?> array -> array.stream().anyMatch(CardNumbers::isIn);
            // 1e309 is read as infinite.
            case Double number -> Double.isFinite(number) && isIn(new BigDecimal(number.toString()));
            case BigDecimal number -> scan(number.toPlainString(), WIDEST_GAP, CardNumbers::isLuhn);
            default -> scan(json.toString(), WIDEST_GAP, CardNumbers::isLuhn);
        };
    }

    /** In what people write: there only what begins, and is as long, as a card scheme's numbers are. A moment is none. */
    public static boolean isInText(@Nullable String text) {
        return text != null
                && !MOMENT.matcher(text).matches()
                && scan(text, WIDEST_GAP, digits -> isOfAScheme(digits) && isLuhn(digits));
    }

    /**
     * In a key made by a program: as {@link #isInText}, but where it has letters only in one piece; a UUID has many digits
     * in groups.
     */
    public static boolean isInKey(@Nullable String key) {
        return key != null
                && scan(
                        key,
                        key.codePoints().anyMatch(Character::isLetter) ? 0 : WIDEST_GAP,
                        digits -> isOfAScheme(digits) && isLuhn(digits));
    }

    /** A text for the log: as it is, or without its digits where there may be a card number in it. */
    public static String masked(String text) {
        return isInText(text) ? text.replaceAll("\\d", "*") : text;
    }

    private static boolean scan(String text, int widestGap, Predicate<String> isCard) {
        var run = new StringBuilder();
        int gap = 0;
        for (int character : text.codePoints().toArray()) {
            // Digits of every script: what a person can read as a card number is one.
            if (Character.isDigit(character)) {
                run.append(Character.digit(character, 10));
                gap = 0;
            } else if (Character.isLetter(character) || ++gap > widestGap) {
                if (hasCard(run, isCard)) {
                    return true;
                }
                run.setLength(0);
                gap = 0;
            }
        }
        return hasCard(run, isCard);
    }

    private static boolean hasCard(CharSequence run, Predicate<String> isCard) {
        for (int from = 0; from + SHORTEST <= run.length(); from++) {
            for (int length = SHORTEST; length <= LONGEST && from + length <= run.length(); length++) {
                if (isCard.test(run.subSequence(from, from + length).toString())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isOfAScheme(String digits) {
        int first4 = Integer.parseInt(digits.substring(0, 4));
        int first2 = first4 / 100;
        boolean visa = first2 / 10 == 4;
        boolean maestro = first2 == 50 || (first2 >= 56 && first2 <= 69);
        return switch (digits.length()) {
            case 13 -> visa;
            case 14 -> first2 == 30 || first2 == 36 || first2 == 38 || first2 == 39;
            case 15 -> first2 == 34 || first2 == 37;
            case 16 ->
                visa
                        || maestro
                        || (first2 >= 51 && first2 <= 55)
                        || (first4 >= 2221 && first4 <= 2720)
                        || (first4 >= 3528 && first4 <= 3589);
            case 19 -> visa || maestro;
            default -> maestro;
        };
    }

    private static boolean isLuhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighed = i % 2 == 0 ? digit : digit * 2;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }
        return sum % 10 == 0;
    }
}
