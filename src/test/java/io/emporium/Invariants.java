package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.RestAssured;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * What must be true of the shop whatever has happened to it (promises.md, I1–I12): each is a query that finds the rows
 * that contradict it. Every concurrency, crash and fault test ends with {@link #hold()}.
 */
@ApplicationScoped
public class Invariants {
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(60);

    /** These hold at every commit. */
    private static final Map<String, String> ALWAYS = new LinkedHashMap<>();

    /** These hold once the outbox is empty and the reconciler has run. */
    private static final Map<String, String> ONCE_SETTLED = new LinkedHashMap<>();

    static {
        ALWAYS.put("I1 a product's stock is negative or differs from the sum of its ledger", """
                SELECT p.product_id, p.stock_quantity, coalesce(l.units, 0) AS ledger
                  FROM products p LEFT JOIN (SELECT product_id, sum(delta) AS units FROM stock_ledger GROUP BY product_id) l USING (product_id)
                 WHERE p.stock_quantity < 0 OR p.stock_quantity <> coalesce(l.units, 0)
                """);
        ALWAYS.put("I2 the ledger of an order differs from its lines, or from 0 where it is cancelled", """
                SELECT o.order_id, o.status, coalesce(i.product_id, l.product_id) AS product, i.quantity, l.units
                  FROM order_items i
                  FULL JOIN (SELECT order_id, product_id, sum(delta) AS units FROM stock_ledger
                              WHERE order_id IS NOT NULL GROUP BY order_id, product_id) l
                         ON l.order_id = i.order_id AND l.product_id = i.product_id
                  JOIN orders o ON o.order_id = coalesce(i.order_id, l.order_id)
                 WHERE coalesce(-l.units, -1) <> CASE WHEN o.status = 'cancelled' THEN 0 ELSE coalesce(i.quantity, -2) END
                """);
        ALWAYS.put("I3 a total differs from its lines", """
                SELECT o.order_id, o.total_amount, sum(i.subtotal) AS lines FROM orders o LEFT JOIN order_items i USING (order_id)
                 GROUP BY o.order_id HAVING o.total_amount IS DISTINCT FROM sum(i.price * i.quantity)
                """);
        ALWAYS.put("I5 more than one capture of an order", """
                SELECT order_id, count(*) FROM transactions WHERE transaction_type = 'payment' AND status = 'completed'
                 GROUP BY order_id HAVING count(*) > 1
                """);
        ALWAYS.put("I5 refunds above the capture", """
                SELECT t.order_id, t.amount, sum(r.amount) AS refunds FROM transactions t JOIN refunds r ON r.payment_id = t.transaction_id
                 WHERE r.status NOT IN ('failed', 'rejected') GROUP BY t.transaction_id HAVING sum(r.amount) > t.amount
                """);
        ALWAYS.put("I6 order and payment status contradict", """
                SELECT o.order_id, o.status, o.payment_status, o.total_amount, t.captured, t.refunded
                  FROM orders o LEFT JOIN (
                       SELECT order_id, coalesce(sum(amount) FILTER (WHERE transaction_type = 'payment' AND status = 'completed'), 0) AS captured,
                              coalesce(-sum(amount) FILTER (WHERE transaction_type = 'refund' AND status = 'completed'), 0) AS refunded
                         FROM transactions GROUP BY order_id) t USING (order_id)
                 WHERE (o.status IN ('confirmed', 'processing', 'shipped', 'delivered') AND coalesce(t.captured, 0) <> o.total_amount)
                    OR (o.status = 'pending' AND coalesce(t.captured, 0) <> 0)
                    OR (o.payment_status = 'refunded' AND coalesce(t.refunded, 0) <> coalesce(t.captured, 0))
                    OR (o.payment_status = 'partially_refunded' AND (t.refunded <= 0 OR t.refunded >= t.captured))
                    OR (o.payment_status = 'completed' AND coalesce(t.captured, 0) = 0)
                """);
        ALWAYS.put("I8 an order number twice", """
                SELECT order_number, count(*) FROM orders GROUP BY order_number HAVING count(*) > 1
                """);
        ALWAYS.put("I9 an order without exactly one order.placed", """
                SELECT o.order_id, count(e.position) FROM orders o
                  LEFT JOIN outbox e ON e.entity_type = 'order' AND e.entity_id = o.order_id AND e.type = 'order.placed'
                 GROUP BY o.order_id HAVING count(e.position) <> 1
                """);
        ALWAYS.put("I10 an in-app message twice", """
                SELECT user_id, type, related_entity_type, related_entity_id, event_id, count(*) FROM notifications
                 GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
                """);
        ALWAYS.put("I10 a delivery twice", """
                SELECT user_id, type, channel, event_id, recipient, count(*) FROM deliveries GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
                """);
        ALWAYS.put("I10 an order confirmed twice", """
                SELECT entity_id, type, count(*) FROM outbox WHERE type IN ('order.confirmed', 'order.cancelled', 'order.delivered')
                 GROUP BY 1, 2 HAVING count(*) > 1
                """);
        ONCE_SETTLED.put("I7 cancelled with money kept", """
                SELECT o.order_id, t.kept FROM orders o JOIN (
                       SELECT order_id, sum(amount) AS kept FROM transactions WHERE status = 'completed' GROUP BY order_id) t USING (order_id)
                 WHERE o.status = 'cancelled' AND t.kept <> 0
                """);
        ONCE_SETTLED.put("I9 an unsent outbox row", """
                SELECT position, type, last_error FROM outbox WHERE sent_at IS NULL
                """);
        ONCE_SETTLED.put("I9 an event that its consumer has not taken", """
                SELECT consumer, event_id, type, last_error FROM inbox WHERE status = 'received'
                """);
        ONCE_SETTLED.put("I11 an idempotency key is stuck", """
                SELECT user_id, key, locked_until FROM idempotency_keys WHERE status_code IS NULL AND locked_until < now()
                """);
        ONCE_SETTLED.put("I11 a webhook is stuck", """
                SELECT provider, event_id, last_error FROM webhook_events WHERE status = 'received'
                """);
        ONCE_SETTLED.put("I12 an expired reservation is still held", """
                SELECT order_id, expires_at FROM orders
                 WHERE status = 'pending' AND (payment_status IN ('pending', 'failed') AND expires_at < now() - interval '1 minute'
                    OR payment_status = 'requires_action' AND expires_at < now() - interval '5 minutes')
                """);
        ONCE_SETTLED.put("A payment or a refund is not settled", """
                SELECT transaction_reference, transaction_type, status FROM transactions WHERE status IN ('pending', 'processing')
                """);
    }

    private final DataSource database;

    Invariants(DataSource database) {
        this.database = database;
    }

    /** Fails with every row that contradicts an invariant. Waits up to a minute for what needs to settle. */
    public void hold() {
        assertThat(contradictions(ALWAYS)).isEmpty();
        Instant deadline = Instant.now().plus(SETTLED_WITHIN);
        Map<String, List<String>> unsettled = contradictions(ONCE_SETTLED);
        while (!unsettled.isEmpty() && Instant.now().isBefore(deadline)) {
            pause();
            unsettled = contradictions(ONCE_SETTLED);
        }
        assertThat(unsettled).isEmpty();
        assertThat(contradictions(ALWAYS)).isEmpty();
        assertThat(moneyThatDiffersFromTheProvider())
                .as("I4 captured or refunded differs from the provider's ledger")
                .isEmpty();
    }

    private Map<String, List<String>> contradictions(Map<String, String> invariants) {
        Map<String, List<String>> found = new LinkedHashMap<>();
        invariants.forEach((name, query) -> {
            List<String> bad = rows(query).stream().limit(20).map(Map::toString).toList();
            if (!bad.isEmpty()) {
                found.put(name, bad);
            }
        });
        return found;
    }

    /** I4, asked at the fake Stripe, which knows our attempts by their metadata. */
    private List<String> moneyThatDiffersFromTheProvider() {
        var ledger = RestAssured.get(
                        ConfigProvider.getConfig().getValue("STRIPE_API_BASE", String.class) + "/_fake/ledger")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        Map<String, long[]> theirs = new HashMap<>();
        for (Map<String, Object> intent : ledger.<Map<String, Object>>getList("payment_intents")) {
            Map<?, ?> metadata = (Map<?, ?>) intent.get("metadata");
            long[] money = {((Number) intent.get("amount_received")).longValue(), 0};
            theirs.put(String.valueOf(intent.get("id")), money);
            theirs.put(String.valueOf(metadata.get("transaction_reference")), money);
        }
        for (Map<String, Object> refund : ledger.<Map<String, Object>>getList("refunds")) {
            long[] money = theirs.get(String.valueOf(refund.get("payment_intent")));
            if (money != null && "succeeded".equals(refund.get("status"))) {
                money[1] += ((Number) refund.get("amount")).longValue();
            }
        }
        List<String> different = new ArrayList<>();
        for (Map<String, Object> ours : rows("""
                SELECT t.transaction_reference, CASE WHEN t.status = 'completed' THEN t.amount ELSE 0 END AS captured,
                       coalesce((SELECT -sum(r.amount) FROM transactions r JOIN refunds f ON f.transaction_id = r.transaction_id
                                  WHERE f.payment_id = t.transaction_id AND r.status = 'completed'), 0) AS refunded
                  FROM transactions t WHERE t.transaction_type = 'payment' AND t.payment_method = 'credit_card'
                """)) {
            long[] money = theirs.getOrDefault(String.valueOf(ours.get("transaction_reference")), new long[2]);
            if (cents(ours.get("captured")) != money[0] || cents(ours.get("refunded")) != money[1]) {
                different.add(ours + " but at the provider " + money[0] + " and " + money[1] + " cents");
            }
        }
        long captured = theirs.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("pay_"))
                .mapToLong(entry -> entry.getValue()[0])
                .sum();
        long known =
                rows("""
                SELECT coalesce(sum(amount), 0) AS amount FROM transactions
                 WHERE transaction_type = 'payment' AND status = 'completed' AND payment_method = 'credit_card'
                """).stream().mapToLong(row -> cents(row.get("amount"))).sum();
        if (captured != known) {
            different.add("captured at the provider " + captured + " cents, known to us " + known);
        }
        return different;
    }

    private static long cents(Object amount) {
        return ((BigDecimal) amount).movePointRight(2).longValueExact();
    }

    private List<Map<String, Object>> rows(String query) {
        try (Connection connection = database.getConnection();
                var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<Map<String, Object>> rows = new ArrayList<>();
            while (result.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.put(result.getMetaData().getColumnLabel(i), result.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException fault) {
            throw new AssertionError("The invariants could not be asked: " + query, fault);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
