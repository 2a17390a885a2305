package io.emporium.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** What customers were told, which the shop has to keep: held against its books and the provider's once all is settled. */
final class Told {
    /**
     * As many mails of one process may be on their way at once; each may go a second time when the process dies, or the mail
     * server before it has said whether it took it.
     */
    private static final int MAILS_AT_ONCE = 5;

    /** @param key under which it was placed */
    record Placed(long orderId, long userId, String key, BigDecimal total) {}

    record Refunded(long refundId, long orderId, BigDecimal amount) {}

    private volatile long mailServersLost;
    private final Map<Long, Placed> orders = new ConcurrentHashMap<>();
    private final Map<Long, BigDecimal> paid = new ConcurrentHashMap<>();
    private final Map<Long, Refunded> refunds = new ConcurrentHashMap<>();
    private final Set<Long> cancelled = ConcurrentHashMap.newKeySet();
    private final Set<Long> users = ConcurrentHashMap.newKeySet();
    private final AtomicLong answers = new AtomicLong();
    private final Map<String, Integer> copies = new HashMap<>();
    private final Set<Path> readMails = new HashSet<>();

    private final Findings findings;

    Told(Findings findings) {
        this.findings = findings;
    }

    void registered(long userId) {
        users.add(userId);
    }

    void placed(Placed order) {
        answers.incrementAndGet();
        Placed other = orders.putIfAbsent(order.orderId(), order);
        if (other != null && !other.key().equals(order.key())) {
            findings.note("order " + order.orderId() + " was the answer to two keys");
        }
        if (orders.values().stream()
                .anyMatch(each -> each.key().equals(order.key()) && each.orderId() != order.orderId())) {
            findings.note("key " + order.key() + " has made a second order, " + order.orderId());
        }
    }

    void paid(long orderId, BigDecimal amount) {
        answers.incrementAndGet();
        paid.put(orderId, amount);
    }

    void refunded(Refunded refund) {
        answers.incrementAndGet();
        refunds.put(refund.refundId(), refund);
    }

    void cancelled(long orderId) {
        answers.incrementAndGet();
        cancelled.add(orderId);
    }

    /** How many orders were placed so far. */
    int orders() {
        return orders.size();
    }

    String summary() {
        return "%d orders, %d of them paid, %d cancelled, %d refunds asked for, %d answers kept"
                .formatted(orders.size(), paid.size(), cancelled.size(), refunds.size(), answers.get());
    }

    /** Notes everything that is not as it was told. */
    void isKept(DataSource database, Provider provider, Path mails, long kills) throws SQLException, IOException {
        try (Connection connection = database.getConnection()) {
            Map<Long, String> status = new HashMap<>();
            Map<Long, Integer> byUser = new HashMap<>();
            rows(connection, "SELECT order_id, user_id, total_amount, status FROM orders", row -> {
                long orderId = row.getLong(1);
                status.put(orderId, row.getString(4));
                byUser.merge(row.getLong(2), 1, Integer::sum);
                Placed placed = orders.get(orderId);
                if (placed != null
                        && (placed.userId() != row.getLong(2) || placed.total().compareTo(row.getBigDecimal(3)) != 0)) {
                    findings.note(
                            "told " + placed + ", kept for user " + row.getLong(2) + " over " + row.getBigDecimal(3));
                }
            });
            keptOrders(status, byUser);
            Map<Long, String> kept = new HashMap<>();
            rows(
                    connection,
                    "SELECT refund_id, order_id || ' ' || amount || ' ' || status FROM refunds WHERE cause = 'requested'",
                    row -> kept.put(row.getLong(1), row.getString(2)));
            keptRefunds(kept);
            rows(
                    connection,
                    """
                    SELECT e.event_id || ' ' || e.type || ' of ' || e.entity_id, count(n.notification_id)
                      FROM outbox e LEFT JOIN notifications n USING (event_id)
                     WHERE e.type IN ('order.placed', 'order.confirmed', 'order.shipped', 'order.cancelled',
                                      'payment.completed', 'payment.failed', 'refund.succeeded')
                     GROUP BY e.event_id, e.type, e.entity_id HAVING count(n.notification_id) <> 1
                    """,
                    row -> findings.note("event " + row.getString(1) + " has told " + row.getLong(2) + " times"));
            rows(
                    connection,
                    "SELECT consumer || ' ' || type || ' ' || coalesce(last_error, '') FROM parked_messages",
                    row -> findings.note("parked: " + row.getString(1)));
            keptMails(connection, mails, kills);
        }
        keptMoney(provider.ledger());
    }

    private void keptOrders(Map<Long, String> status, Map<Long, Integer> byUser) {
        Map<Long, Integer> toldByUser = new HashMap<>();
        for (Placed order : orders.values()) {
            toldByUser.merge(order.userId(), 1, Integer::sum);
            if (!status.containsKey(order.orderId())) {
                findings.note("an answered order is lost: " + order);
            }
        }
        for (long user : users) {
            int told = toldByUser.getOrDefault(user, 0);
            int are = byUser.getOrDefault(user, 0);
            if (told != are) {
                findings.note("user " + user + " has " + are + " orders and was told of " + told);
            }
        }
        for (long orderId : cancelled) {
            if (!"cancelled".equals(status.get(orderId))) {
                findings.note("order " + orderId + " was told to be cancelled and is " + status.get(orderId));
            }
        }
    }

    private void keptRefunds(Map<Long, String> kept) {
        for (Refunded refund : refunds.values()) {
            String wanted = refund.orderId() + " " + refund.amount().setScale(2) + " succeeded";
            if (!wanted.equals(kept.get(refund.refundId()))) {
                findings.note("told " + refund + ", kept " + kept.get(refund.refundId()));
            }
        }
        if (kept.size() != refunds.size()) {
            findings.note(refunds.size() + " refunds were answered, there are " + kept.size());
        }
    }

    private void keptMoney(JsonNode ledger) {
        Map<Long, List<Long>> captures = new HashMap<>();
        for (JsonNode intent : ledger.path("payment_intents")) {
            long received = intent.path("amount_received").asLong();
            if (received > 0) {
                captures.computeIfAbsent(
                                intent.path("metadata").path("order_id").asLong(), _ -> new ArrayList<>())
                        .add(received);
            }
        }
        paid.forEach((orderId, amount) -> {
            List<Long> captured = captures.getOrDefault(orderId, List.of());
            if (!captured.equals(List.of(amount.movePointRight(2).longValueExact()))) {
                findings.note("order " + orderId + " was told to be paid, " + amount + "; captured " + captured);
            }
        });
        captures.forEach((orderId, captured) -> {
            if (captured.size() > 1) {
                findings.note("order " + orderId + " was charged " + captured.size() + " times: " + captured);
            }
        });
    }

    private void keptMails(Connection connection, Path mails, long kills) throws IOException, SQLException {
        try (Stream<Path> files = Files.list(mails)) {
            for (Path mail :
                    files.filter(file -> file.toString().endsWith(".eml")).toList()) {
                if (readMails.add(mail)) {
                    copies.merge(messageId(mail), 1, Integer::sum);
                }
            }
        }
        rows(
                connection,
                "SELECT event_id || '.' || delivery_id FROM deliveries WHERE status = 'sent' AND channel = 'email'",
                row -> {
                    if (!copies.containsKey(row.getString(1))) {
                        findings.note("mail " + row.getString(1) + " is marked as sent and never arrived");
                    }
                });
        if (mailsTwice() > MAILS_AT_ONCE * (kills + mailServersLost)) {
            findings.note(mailsTwice() + " mails came more than once after " + kills + " kills, and " + mailServersLost
                    + " processes that lost their mail server");
        }
    }

    /** The mail server went away, for so many processes. */
    void mailServerLost(int processes) {
        mailServersLost += processes;
    }

    /** How many copies too many have arrived: at most one for each mail of which a process did not hear what became of it. */
    long mailsTwice() {
        return copies.values().stream().mapToLong(count -> count - 1).sum();
    }

    long mails() {
        return copies.size();
    }

    private static String messageId(Path mail) throws IOException {
        try (Stream<String> lines = Files.lines(mail, java.nio.charset.StandardCharsets.ISO_8859_1)) {
            return lines.map(String::strip)
                    .filter(line -> line.regionMatches(true, 0, "Message-ID:", 0, 11))
                    .map(line -> line.replaceAll(".*<([^@>]+)@.*", "$1"))
                    .findFirst()
                    .orElse("without id: " + mail);
        }
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private static void rows(Connection connection, String query, Row each) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                each.read(result);
            }
        }
    }
}
