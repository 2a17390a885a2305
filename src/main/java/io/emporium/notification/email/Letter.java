package io.emporium.notification.email;

import io.emporium.identity.User;
import io.emporium.notification.delivery.Message.About;
import io.emporium.notification.delivery.PlainLine;
import io.emporium.notification.delivery.Purpose;
import io.emporium.notification.delivery.Wording;
import io.emporium.order.Order;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a mail's templates are filled with, why it is written and what it is about. Everything in it is one line of plain text
 * without control characters, so that what a customer typed can neither break a line of the text part nor be taken for a
 * header; the HTML templates escape it.
 */
public final class Letter {
    private static final int LONGEST = 300;
    /** As long as a row's may be. */
    private static final int LONGEST_SUBJECT = 255;

    private final Purpose purpose;

    @Nullable
    private final About about;

    private final Map<String, Object> values;

    private Letter(Purpose purpose, @Nullable About about, Map<String, Object> values) {
        this.purpose = purpose;
        this.about = about;
        this.values = values;
    }

    /** Stands for a secret until the mail leaves. Nothing that anybody typed can be it: {@link #line} takes it apart. */
    static final String SECRET = "\u0001secret\u0001";

    /**
     * To somebody about their account. Until they have shown that the address is theirs it may be a stranger's, and their
     * name a message to them: then they have none.
     */
    public static Letter aboutAccount(User user) {
        return new Letter(Purpose.ACCOUNT, null, Map.of("first_name", name(user)));
    }

    private static String name(User user) {
        return user.isEmailVerified() ? line(user.firstName()) : "customer";
    }

    /**
     * The same with a secret that is made when the mail leaves.
     *
     * @param page of the shop, which takes the secret; {@code /verify-email}
     * @param action what the way there is called
     */
    public Letter withSecret(String page, String action) {
        var more = new HashMap<>(values);
        more.put("secret", SECRET);
        // Behind the #: browsers send it to nobody, so it is in no server's log and in no Referer.
        more.put("link_path", page + "#token=" + SECRET);
        more.put("action", action);
        return new Letter(purpose, about, more);
    }

    /**
     * To a customer about one of their orders: its number, lines, total and address are there for every template. As in {@link
     * #aboutAccount} nothing that they typed goes to an address that may be a stranger's: then it has neither their name nor
     * where the parcel goes, and the order's page says it.
     */
    public static Letter about(User customer, Order order) {
        List<Map<String, String>> lines = order.items().stream()
                .map(item -> Map.of(
                        "name", line(item.productName()),
                        "sku", line(item.sku()),
                        "quantity", Integer.toString(item.quantity()),
                        "price", Wording.money(item.price()),
                        "subtotal", Wording.money(item.subtotal())))
                .toList();
        return new Letter(
                Purpose.ORDER,
                new About("order", order.orderId()),
                Map.of(
                        "first_name",
                        name(customer),
                        "order_number",
                        order.orderNumber(),
                        "link_path",
                        "/orders/" + order.orderId(),
                        "action",
                        "View your order",
                        "lines",
                        lines,
                        "total",
                        Wording.money(order.total()),
                        "address",
                        order.shipTo().linesInMail(customer.isEmailVerified()).stream()
                                .map(Letter::line)
                                .toList()));
    }

    /** To somebody who runs the shop, about anything in it. */
    public static Letter to(User somebody) {
        return new Letter(Purpose.ORDER, null, Map.of("first_name", line(somebody.firstName())));
    }

    /** The same with one thing more to say; a template asks with {@code {#if carrier}} whether it is known. */
    public Letter with(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            return this;
        }
        var more = new HashMap<>(values);
        more.put(name, line(value));
        return new Letter(purpose, about, more);
    }

    Purpose purpose() {
        return purpose;
    }

    @Nullable
    About about() {
        return about;
    }

    Map<String, Object> values() {
        return values;
    }

    // Nor may it go on for pages.
    static String line(String text) {
        return line(text, LONGEST);
    }

    static String subject(String text) {
        return line(text, LONGEST_SUBJECT);
    }

    private static String line(String text, int longest) {
        String line = PlainLine.of(text);
        return line.codePointCount(0, line.length()) <= longest
                ? line
                : line.substring(0, line.offsetByCodePoints(0, longest - 1)) + "…";
    }
}
