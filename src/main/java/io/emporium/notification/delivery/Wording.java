package io.emporium.notification.delivery;

import io.emporium.shared.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How amounts, days and ways to pay are told, in mails and on receipts alike. */
public final class Wording {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Wording() {}

    /** {@code USD 1,299.00} */
    public static String money(Money money) {
        return String.format(Locale.ROOT, "%s %,.2f", money.currency().getCurrencyCode(), money.amount());
    }

    /** {@code 15 January 2026} */
    public static @Nullable String date(@Nullable LocalDate date) {
        return date == null ? null : DATE.format(date);
    }

    /** {@code 15 January 2026}, the day that it is in UTC. */
    public static String day(Instant instant) {
        return DATE.format(instant.atZone(ZoneOffset.UTC));
    }

    /** {@code 15 January 2026, 10:00 UTC} */
    public static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** {@code DE89 3704 0044 0532 0130 00} */
    public static String iban(String iban) {
        return iban.replaceAll("\\s", "").replaceAll("(.{4})(?=.)", "$1 ");
    }

    /** {@code credit_card} as a person says it. */
    public static String paymentMethod(String code) {
        return switch (code) {
            case "credit_card" -> "Credit card";
            case "paypal" -> "PayPal";
            case "bank_transfer" -> "Bank transfer";
            default -> code;
        };
    }
}
