package io.emporium.notification.email;

import io.emporium.identity.User;
import io.emporium.order.Order;
import io.emporium.shared.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a mail's templates are filled with. Everything in it is one line of plain text without control characters, so that
 * what a customer typed can neither break a line of the text part nor be taken for a header; the HTML templates escape it.
 */
public final class Letter {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Map<String, Object> values;

    private Letter(Map<String, Object> values) {
        this.values = values;
    }

    /** To a customer about one of their orders: its number, lines, total and address are there for every template. */
    public static Letter about(User customer, Order order) {
        List<Map<String, String>> lines = order.items().stream()
                .map(item -> Map.of(
                        "name", line(item.productName()),
                        "sku", line(item.sku()),
                        "quantity", Integer.toString(item.quantity()),
                        "price", money(item.price()),
                        "subtotal", money(item.subtotal())))
                .toList();
        List<String> address = new ArrayList<>();
        address.add(line(order.shipTo().name()));
        address.add(line(order.shipTo().addressLine1()));
        String second = order.shipTo().addressLine2();
        if (second != null && !second.isBlank()) {
            address.add(line(second));
        }
        address.add(line(order.shipTo().city() + ", " + order.shipTo().state() + " "
                + order.shipTo().postalCode()));
        address.add(line(order.shipTo().country()));
        return new Letter(Map.of(
                "first_name", line(customer.firstName()),
                "order_number", order.orderNumber(),
                "order_id", order.orderId(),
                "lines", lines,
                "total", money(order.total()),
                "address", address));
    }

    /** The same with one thing more to say; a template asks with {@code {#if carrier}} whether it is known. */
    public Letter with(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            return this;
        }
        var more = new HashMap<>(values);
        more.put(name, line(value));
        return new Letter(more);
    }

    Map<String, Object> values() {
        return values;
    }

    /** {@code USD 1,299.00} */
    public static String money(Money money) {
        return String.format(Locale.ROOT, "%s %,.2f", money.currency().getCurrencyCode(), money.amount());
    }

    /** {@code 15 January 2026} */
    public static @Nullable String date(@Nullable LocalDate date) {
        return date == null ? null : DATE.format(date);
    }

    /** {@code 15 January 2026, 10:00 UTC} */
    public static String time(Instant instant) {
        return TIME.format(instant);
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

    static String line(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cs}]+", " ").strip();
    }
}
