package io.emporium.notification.delivery;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Phone numbers as E.164 has them: {@code +}, country code and number, 7 to 15 digits. */
public final class PhoneNumber {
    private static final Pattern E164 = Pattern.compile("\\+[1-9][0-9]{6,14}");
    private static final Pattern PUNCTUATION = Pattern.compile("[ \\u00a0()./-]");

    private PhoneNumber() {}

    /**
     * A number as people write it, with spaces, brackets or dashes, or 00 in place of the {@code +}. One without a country
     * code has none that could be known.
     */
    public static Optional<String> e164(@Nullable String written) {
        if (written == null) {
            return Optional.empty();
        }
        String bare = PUNCTUATION.matcher(written.strip()).replaceAll("");
        String number = bare.startsWith("00") ? "+" + bare.substring(2) : bare;
        return Optional.of(number).filter(candidate -> E164.matcher(candidate).matches());
    }
}
