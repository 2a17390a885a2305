package io.emporium.payment.fraud;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.Converter;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a signal, from how much on, as the configuration has it: {@code review at 15 within 10m}. {@code off}
 * is a rule that nothing meets.
 *
 * @param threshold from this on it is met
 * @param within how far back it looks; null for a signal that does not look back
 */
public record Rule(
        Verdict verdict, long threshold, @Nullable Duration within) {
    static final Rule OFF = new Rule(Verdict.ALLOW, Long.MAX_VALUE, null);

    private static final Pattern WORDS =
            Pattern.compile("(review|deny) at ([1-9][0-9]{0,9})(?: within (\\S+))?", Pattern.CASE_INSENSITIVE);

    /** @throws IllegalArgumentException for words that are no rule */
    static Rule parse(String words) {
        String rule = words.strip().replaceAll("\\s+", " ");
        if (rule.equalsIgnoreCase("off")) {
            return OFF;
        }
        Matcher parts = WORDS.matcher(rule);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "no rule: \"" + words + "\"; a rule is like \"review at 15 within 10m\", or \"off\"");
        }
        Duration within = parts.group(3) == null ? null : DurationConverter.parseDuration(parts.group(3));
        return new Rule(
                Verdict.valueOf(parts.group(1).toUpperCase(Locale.ROOT)), Long.parseLong(parts.group(2)), within);
    }

    boolean isOff() {
        return verdict == Verdict.ALLOW;
    }

    /** From when on it looks. */
    Instant since(Instant now) {
        return within == null ? now : now.minus(within);
    }

    /** How the configuration is read; public, since what reads it is generated elsewhere. */
    public static final class Words implements Converter<Rule> {
        private static final long serialVersionUID = 1L;

        public Words() {}

        @Override
        public Rule convert(String words) {
            return parse(words);
        }
    }
}
