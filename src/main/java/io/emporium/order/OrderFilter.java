package io.emporium.order;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which orders an admin's list holds, newest first (contract.md, GET /admin/orders). What is null does not filter.
 *
 * @param from the earliest moment
 * @param before the moment after the latest
 * @param held whether they wait for somebody to look at them before they are packed
 * @param customerId whose orders
 * @param text an order's number or its beginning, a SKU that was bought, or a tracking number
 */
record OrderFilter(
        @Nullable OrderStatus status,
        @Nullable PaymentStatus paymentStatus,
        @Nullable Instant from,
        @Nullable Instant before,
        @Nullable Boolean held,
        @Nullable Long customerId,
        @Nullable String text) {

    /** Of so many orders that a text finds, the newest, the other filters choose. */
    static final int FOUND = 10_000;

    // The columns' width: no number is longer.
    private static final int LONGEST_NUMBER = 50;

    /** A statement with its arguments, {@code ?1} being the first. */
    record Statement(String sql, List<Object> arguments) {}

    /** The page is found in an index first and its rows are fetched then: what stands before it is only stepped over. */
    Statement page(int limit, int offset) {
        List<Object> arguments = new ArrayList<>();
        String where = where(arguments);
        arguments.add(limit);
        arguments.add(offset);
        String sql = """
                SELECT o.order_id, o.order_number, o.status, o.payment_status, o.payment_method, o.total_amount, o.currency,
                       o.created_at, o.updated_at, u.user_id, u.first_name || ' ' || u.last_name, CAST(u.email AS text),
                       (SELECT count(*) FROM order_items i WHERE i.order_id = o.order_id),
                       o.held_since IS NOT NULL
                  FROM (SELECT order_id FROM orders WHERE %s ORDER BY created_at DESC, order_id DESC LIMIT ?%d OFFSET ?%d) page
                  JOIN orders o USING (order_id) JOIN users u USING (user_id)
                 ORDER BY o.created_at DESC, o.order_id DESC
                """.formatted(where, arguments.size() - 1, arguments.size());
        return new Statement(sql, List.copyOf(arguments));
    }

    /** Counts, but no further than to the bound; in the list's order, so that it too reads an index and the newest. */
    Statement countUpTo(int bound) {
        List<Object> arguments = new ArrayList<>();
        String where = where(arguments);
        arguments.add(bound);
        return new Statement(
                "SELECT count(*) FROM (SELECT 1 FROM orders WHERE " + where
                        + " ORDER BY created_at DESC, order_id DESC LIMIT ?" + arguments.size() + ") counted",
                List.copyOf(arguments));
    }

    private String where(List<Object> arguments) {
        StringBuilder where = new StringBuilder("true");
        and(where, "status = ", status == null ? null : status.code(), arguments);
        and(where, "payment_status = ", paymentStatus == null ? null : paymentStatus.code(), arguments);
        and(where, "created_at >= ", from, arguments);
        and(where, "created_at < ", before, arguments);
        if (held != null) {
            where.append(held ? " AND held_since IS NOT NULL" : " AND held_since IS NULL");
        }
        and(where, "user_id = ", customerId, arguments);
        if (text != null) {
            arguments.add(text);
            int exact = arguments.size();
            arguments.add(text.toUpperCase(Locale.ROOT));
            // As an array they are looked up one by one, never by reading all orders.
            where.append(" AND order_id = ANY (ARRAY(")
                    .append(found(exact, exact + 1))
                    .append("))");
        }
        return where.toString();
    }

    /** Each part reads the newest from an index of its own; an OR over three tables would read all of them. */
    private static String found(int exact, int number) {
        // A tilde stands behind every character that a number has, so what lies between begins with the text.
        return """
                (SELECT same.order_id FROM generate_series(%1$d, 1, -1) AS n (length) CROSS JOIN LATERAL (
                        SELECT order_id FROM orders
                         WHERE length(order_number) = n.length
                           AND order_number COLLATE "C" >= ?%4$d AND order_number COLLATE "C" < ?%4$d || '~'
                         ORDER BY order_number COLLATE "C" DESC LIMIT %2$d) same LIMIT %2$d)
                UNION (SELECT order_id FROM order_items WHERE sku = ?%3$d ORDER BY order_id DESC LIMIT %2$d)
                UNION (SELECT order_id FROM shipments WHERE tracking_number = ?%3$d ORDER BY order_id DESC LIMIT %2$d)
                """.formatted(LONGEST_NUMBER, FOUND, exact, number);
    }

    private static void and(StringBuilder where, String condition, @Nullable Object argument, List<Object> arguments) {
        if (argument != null) {
            arguments.add(argument);
            where.append(" AND ").append(condition).append('?').append(arguments.size());
        }
    }
}
