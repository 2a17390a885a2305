package io.emporium.order;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * From when to when, each end open where it is null.
 *
 * @param from its first moment
 * @param before the first moment after it
 */
record Period(@Nullable Instant from, @Nullable Instant before) {
    /** Four digits, as ISO-8601 writes a year; what lies outside PostgreSQL cannot store. */
    static final int LAST_YEAR = 9999;

    /**
     * Reads days ({@code 2026-01-31}, in UTC, both meant whole) or moments ({@code 2026-01-31T10:00:00Z}, up to but
     * without the second).
     *
     * @throws io.emporium.shared.Refusal VALIDATION_ERROR for what is neither, or a from after its to
     */
    static Period of(@Nullable String from, @Nullable String to) {
        OffsetDateTime first = from == null ? null : moment("from", from);
        OffsetDateTime last = to == null ? null : moment("to", to);
        if (first != null && last != null && first.isAfter(last)) {
            throw OrderError.invalid("from", "must not be after to");
        }
        return new Period(
                first == null ? null : first.toInstant(),
                last == null || to == null
                        ? null
                        : last.plusDays(isDay(to) ? 1 : 0).toInstant());
    }

    private static OffsetDateTime moment(String field, String text) {
        try {
            OffsetDateTime moment = isDay(text)
                    ? LocalDate.parse(text).atStartOfDay().atOffset(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text);
            if (moment.getYear() >= 1 && moment.getYear() <= LAST_YEAR) {
                return moment;
            }
        } catch (DateTimeException notATime) {
            // Told below.
        }
        throw OrderError.invalid(field, "must be a day or a time in ISO-8601, like 2026-01-31 or 2026-01-31T10:00:00Z");
    }

    private static boolean isDay(String text) {
        return text.indexOf('T') < 0;
    }
}
