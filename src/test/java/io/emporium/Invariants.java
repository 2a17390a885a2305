package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
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
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What must be true of the shop whatever has happened to it (promises.md, I1–I12): each is a query that finds the rows
 * that contradict it. Every concurrency, crash and fault test ends with {@link #hold()}.
 */
@ApplicationScoped
public class Invariants {
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(180);

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
        // What the bank has while a dispute is open is not kept: it waits for what becomes of it.
        ONCE_SETTLED.put("I7 cancelled with money kept", """
                SELECT o.order_id, t.kept FROM orders o JOIN (
                       SELECT order_id, sum(amount) AS kept FROM transactions WHERE status = 'completed' GROUP BY order_id) t USING (order_id)
                 WHERE o.status = 'cancelled' AND t.kept <> 0
                   AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.order_id = o.order_id AND d.status IN ('needs_response', 'under_review'))
                """);
        ONCE_SETTLED.put("I9 an unsent outbox row", """
                SELECT position, type, last_error FROM outbox WHERE sent_at IS NULL
                """);
        ONCE_SETTLED.put("I9 an event that its consumer has not taken", """
                SELECT consumer, event_id, type, last_error FROM inbox WHERE status = 'received'
                """);
        // One whose process died waits, after its lease, for the same request or for the end of its day; that is not
        // stuck.
        ONCE_SETTLED.put("I11 an idempotency key is stuck", """
                SELECT user_id, key, locked_until, expires_at FROM idempotency_keys
                 WHERE (status_code IS NULL AND (locked_until IS NULL OR locked_until > now() + interval '1 minute'))
                    OR expires_at < now() - interval '2 hours'
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
    private final String stripe;
    private final String paypal;
    private final String bank;

    /**
     * @param stripe where the fake Stripe is; the chaos suite asks from outside of Quarkus and gives it itself
     * @param paypal as it, of PayPal
     * @param bank as it, of the bank
     */
    public Invariants(
            DataSource database,
            @ConfigProperty(name = "STRIPE_API_BASE") String stripe,
            @ConfigProperty(name = "PAYPAL_API_BASE") String paypal,
            @ConfigProperty(name = "BANK_API_BASE") String bank) {
        this.database = database;
        this.stripe = stripe;
        this.paypal = paypal;
        this.bank = bank;
    }

    /** Fails with every row that contradicts what holds at every commit, whatever is going on. */
    public void holdNow() {
        assertThat(contradictions(ALWAYS)).isEmpty();
    }

    /** Fails with every row that contradicts an invariant. Waits up to three minutes for what needs to settle. */
    public void hold() {
        holdNow();
        Instant deadline = Instant.now().plus(SETTLED_WITHIN);
        Map<String, List<String>> unsettled = contradictions(ONCE_SETTLED);
        while (!unsettled.isEmpty() && Instant.now().isBefore(deadline)) {
            pause();
            unsettled = contradictions(ONCE_SETTLED);
        }
        assertThat(unsettled).isEmpty();
        holdNow();
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

    /** I4, asked at the fake providers and the fake bank, which know our attempts by the reference that they bear. */
    private List<String> moneyThatDiffersFromTheProvider() {
        List<String> different = new ArrayList<>();
        different.addAll(moneyThatDiffers("credit_card", ofStripe(ledger(stripe), different)));
        different.addAll(moneyThatDiffers("paypal", ofPayPal(ledger(paypal))));
        different.addAll(transfersThatDiffer(ledger(bank).getList("entries")));
        return different;
    }

    private static JsonPath ledger(String provider) {
        return RestAssured.get(provider + "/_fake/ledger")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    /** Cents captured and given back, by our reference; what was taken twice must be known, and stands for itself. */
    private Map<String, long[]> ofStripe(JsonPath ledger, List<String> different) {
        Map<String, Object> named = new HashMap<>();
        rows("SELECT transaction_reference, provider_reference FROM transactions WHERE provider_reference IS NOT NULL")
                .forEach(row ->
                        named.put(String.valueOf(row.get("transaction_reference")), row.get("provider_reference")));
        List<Object> listed = rows("SELECT capture FROM payment_issues WHERE capture IS NOT NULL").stream()
                .map(row -> row.get("capture"))
                .toList();
        Map<String, long[]> byReference = new HashMap<>();
        Map<String, long[]> byIntent = new HashMap<>();
        for (Map<String, Object> intent : ledger.<Map<String, Object>>getList("payment_intents")) {
            Map<?, ?> metadata = (Map<?, ?>) intent.get("metadata");
            long[] money = {((Number) intent.get("amount_received")).longValue(), 0};
            byIntent.put(String.valueOf(intent.get("id")), money);
            String reference = String.valueOf(metadata.get("transaction_reference"));
            if (!named.containsKey(reference) || named.get(reference).equals(intent.get("id"))) {
                byReference.put(reference, money);
            } else if (money[0] > 0 && !listed.contains(intent.get("id"))) {
                different.add("taken twice under " + reference + " and not on the list: " + intent.get("id"));
            }
        }
        for (Map<String, Object> refund : ledger.<Map<String, Object>>getList("refunds")) {
            long[] money = byIntent.get(String.valueOf(refund.get("payment_intent")));
            if (money != null && "succeeded".equals(refund.get("status"))) {
                money[1] += ((Number) refund.get("amount")).longValue();
            }
        }
        for (Map<String, Object> dispute : ledger.<Map<String, Object>>getList("disputes")) {
            long[] money = byIntent.get(String.valueOf(dispute.get("payment_intent")));
            if (money != null && "lost".equals(dispute.get("status"))) {
                goneByDispute(money, ((Number) dispute.get("amount")).longValue());
            }
        }
        return byReference;
    }

    private static Map<String, long[]> ofPayPal(JsonPath ledger) {
        Map<String, long[]> byReference = new HashMap<>();
        Map<String, long[]> byCapture = new HashMap<>();
        for (Map<String, Object> capture : ledger.<Map<String, Object>>getList("captures")) {
            long[] money = byReference.computeIfAbsent(String.valueOf(capture.get("custom_id")), _ -> new long[2]);
            byCapture.put(String.valueOf(capture.get("id")), money);
            if (!List.of("PENDING", "DECLINED").contains(capture.get("status"))) {
                money[0] += cents(capture.get("amount"));
            }
        }
        List<Object> disputes = ledger.getList("disputes.id");
        for (Map<String, Object> refund : ledger.<Map<String, Object>>getList("refunds")) {
            // A reversal that bears a dispute's name is the dispute's money, told of twice.
            if ("COMPLETED".equals(refund.get("status")) && !disputes.contains(refund.get("note"))) {
                byCapture.get(String.valueOf(refund.get("capture")))[1] += cents(refund.get("amount"));
            }
        }
        for (Map<String, Object> dispute : ledger.<Map<String, Object>>getList("disputes")) {
            if (dispute.get("taken") != null) {
                goneByDispute(byCapture.get(String.valueOf(dispute.get("capture"))), cents(dispute.get("taken")));
            }
        }
        return byReference;
    }

    /** A lost dispute gives back, but of what went back before it the books know no more than all of it. */
    private static void goneByDispute(long[] money, long cents) {
        money[1] = Math.min(money[0], money[1] + cents);
    }

    private List<String> moneyThatDiffers(String method, Map<String, long[]> theirs) {
        List<String> different = new ArrayList<>();
        for (Map<String, Object> ours : rows("""
                SELECT t.transaction_reference, CASE WHEN t.status = 'completed' THEN t.amount ELSE 0 END AS captured,
                       coalesce((SELECT -sum(r.amount) FROM transactions r JOIN refunds f ON f.transaction_id = r.transaction_id
                                  WHERE f.payment_id = t.transaction_id AND r.status = 'completed'), 0) AS refunded
                  FROM transactions t WHERE t.transaction_type = 'payment' AND t.payment_method = '%s'
                """.formatted(method))) {
            long[] money = theirs.getOrDefault(String.valueOf(ours.get("transaction_reference")), new long[2]);
            if (cents(ours.get("captured")) != money[0] || cents(ours.get("refunded")) != money[1]) {
                different.add(ours + " but at the provider " + money[0] + " and " + money[1] + " cents");
            }
        }
        long captured = theirs.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("pay_"))
                .mapToLong(entry -> entry.getValue()[0])
                .sum();
        long known = rows("""
                SELECT coalesce(sum(amount), 0) AS amount FROM transactions
                 WHERE transaction_type = 'payment' AND status = 'completed' AND payment_method = '%s'
                """.formatted(method)).stream()
                .mapToLong(row -> cents(row.get("amount")))
                .sum();
        if (captured != known) {
            different.add("captured by " + method + " at the provider " + captured + " cents, known to us " + known);
        }
        return different;
    }

    /**
     * What we call captured by transfer, or given back, is what the bank has booked under its reference, but for what is noted as
     * other money and is on the list for a person; and no money came there of which we have not heard.
     */
    private List<String> transfersThatDiffer(List<Map<String, Object>> entries) {
        List<Map<String, Object>> ours = rows("""
                SELECT t.transaction_reference, t.transaction_type, t.currency,
                       CASE WHEN t.transaction_type = 'payment' THEN t.provider_reference ELSE t.transaction_reference END AS written,
                       CASE WHEN t.status = 'completed' THEN t.amount ELSE 0 END AS settled,
                       coalesce((SELECT sum(CASE WHEN e.is_credit THEN e.amount ELSE -e.amount END) FROM bank_entries e
                                  WHERE e.transaction_id = t.transaction_id AND e.currency = t.currency
                                    AND e.outcome IN ('wrong_amount', 'paid_twice', 'unknown_reference', 'reversed')), 0) AS noted
                  FROM transactions t WHERE t.payment_method = 'bank_transfer' AND t.provider_reference IS NOT NULL
                """);
        Map<String, Long> booked = new HashMap<>();
        List<String> different = new ArrayList<>();
        for (Map<String, Object> entry : entries) {
            boolean isReversal = entry.get("reverses") != null;
            boolean isOfPayment = "credit".equals(entry.get("direction")) != isReversal;
            List<Map<String, Object>> named = ours.stream()
                    .filter(row -> "payment".equals(row.get("transaction_type")) == isOfPayment
                            && letters(entry.get("remittance")).contains(letters(row.get("written"))))
                    .toList();
            if (!"booked".equals(entry.get("status")) || isNoted(entry, "AND transaction_id IS NULL")) {
                continue;
            }
            if (named.size() == 1 && named.getFirst().get("currency").equals(entry.get("currency"))) {
                long cents = cents(new BigDecimal(String.valueOf(entry.get("amount"))));
                booked.merge(
                        String.valueOf(named.getFirst().get("transaction_reference")),
                        "credit".equals(entry.get("direction")) ? cents : -cents,
                        Long::sum);
            } else if (isOfPayment && Boolean.TRUE.equals(entry.get("named")) && !isNoted(entry, "")) {
                different.add("money at the bank of which the shop knows nothing: " + entry);
            }
        }
        for (Map<String, Object> row : ours) {
            long theirs = booked.getOrDefault(String.valueOf(row.get("transaction_reference")), 0L);
            if (cents(row.get("settled")) + cents(row.get("noted")) != theirs) {
                different.add(row + " but at the bank " + theirs + " cents");
            }
        }
        return different;
    }

    private boolean isNoted(Map<String, Object> entry, String how) {
        return !rows("SELECT 1 FROM bank_entries WHERE bank_reference = '" + entry.get("id") + "' " + how)
                .isEmpty();
    }

    private static String letters(Object text) {
        return String.valueOf(text).toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
    }

    /** Of a number of ours, or an amount of PayPal's. */
    private static long cents(Object amount) {
        if (amount instanceof Map<?, ?> theirs) {
            return cents(new BigDecimal(String.valueOf(theirs.get("value"))));
        }
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
