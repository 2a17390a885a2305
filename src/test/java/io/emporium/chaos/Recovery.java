package io.emporium.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * How long the shop needs after each blow: what is under way in the database at that moment (events, messages, mails,
 * payments, refunds, keys, webhooks) is written down, and looked at until none of it is under way any more. Customers go
 * on meanwhile; what they begin later does not count.
 */
final class Recovery implements AutoCloseable {
    // A key, a mail, a message or a webhook that is taken again has recovered: whoever took it may be killed as well.
    // All of
    // it is asked once more, at the end, when nobody is killed.
    private static final String UNDER_WAY = """
            SELECT 'event ' || event_id || ' ' || type FROM outbox e
             WHERE taken_at IS NULL AND (sent_at IS NULL OR type ~ '^(order|payment|refund)[.]' AND NOT EXISTS (
                   SELECT 1 FROM inbox i WHERE i.consumer = 'notification' AND i.event_id = e.event_id AND i.status <> 'received'))
            UNION ALL SELECT 'message ' || consumer || ' ' || event_id || ' until ' || next_try_at FROM inbox WHERE status = 'received'
            UNION ALL SELECT 'mail ' || delivery_id || ' until ' || next_try_at FROM deliveries WHERE status = 'pending'
            UNION ALL SELECT 'key of user ' || user_id || ' ' || key || ' locked until ' || locked_until FROM idempotency_keys WHERE status_code IS NULL
            UNION ALL SELECT transaction_type || ' ' || transaction_reference FROM transactions WHERE status IN ('pending', 'processing')
            UNION ALL SELECT 'webhook ' || event_id || ' until ' || coalesce(CAST(next_try_at AS text), '') FROM webhook_events WHERE status = 'received'
            """;

    private final DataSource database;
    private final Findings findings;
    private final List<Blow> blows = new CopyOnWriteArrayList<>();
    private final Thread watch;
    private volatile boolean closed;

    private static final class Blow {
        final String kind;
        final long nanos;
        volatile @Nullable Set<String> left;
        volatile @Nullable Duration recovered;
        volatile boolean given;

        Blow(String kind, long nanos) {
            this.kind = kind;
            this.nanos = nanos;
        }

        boolean isOpen() {
            return recovered == null && !given;
        }
    }

    Recovery(DataSource database, Findings findings) {
        this.database = database;
        this.findings = findings;
        this.watch = Thread.ofPlatform().daemon().name("recovery").start(this::watch);
    }

    /** @param nanos when it fell, by {@link System#nanoTime} */
    void from(String kind, long nanos) {
        blows.add(new Blow(kind, nanos));
    }

    private void watch() {
        while (!closed) {
            List<Blow> open = blows.stream().filter(Blow::isOpen).toList();
            if (!open.isEmpty()) {
                look(open);
            }
            Shop.pause(200);
        }
    }

    private void look(List<Blow> open) {
        Set<String> now;
        try {
            now = underWay();
        } catch (SQLException away) {
            return;
        }
        long time = System.nanoTime();
        for (Blow blow : open) {
            Set<String> left = blow.left == null ? new HashSet<>(now) : new HashSet<>(blow.left);
            left.retainAll(now);
            blow.left = left;
            Duration since = Duration.ofNanos(time - blow.nanos);
            if (left.isEmpty()) {
                blow.recovered = since;
            } else if (since.compareTo(Settings.SETTLED_WITHIN) > 0) {
                blow.given = true;
                findings.note(blow.kind, "not settled after " + since.toSeconds() + " s: " + left);
            }
        }
    }

    private Set<String> underWay() throws SQLException {
        try (Connection connection = database.getConnection();
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(UNDER_WAY)) {
            Set<String> found = new HashSet<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    /** Waits until nothing at all is under way. @return what still is, when the time is over */
    Set<String> awaitSettled() {
        long deadline = System.nanoTime() + Settings.SETTLED_WITHIN.toNanos();
        Set<String> left = Set.of("the database does not answer");
        do {
            try {
                left = underWay();
            } catch (SQLException away) {
                // Asked again.
            }
            if (left.isEmpty() && blows.stream().noneMatch(Blow::isOpen)) {
                return left;
            }
            Shop.pause(200);
        } while (System.nanoTime() < deadline);
        return left;
    }

    /** How long each blow of a kind took, shortest first. */
    List<Duration> times(String kind) {
        List<Duration> times = new ArrayList<>();
        for (Blow blow : blows) {
            if (blow.kind.equals(kind) && blow.recovered != null) {
                times.add(blow.recovered);
            }
        }
        times.sort(Duration::compareTo);
        return times;
    }

    long count(String kind) {
        return blows.stream().filter(blow -> blow.kind.equals(kind)).count();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        watch.join();
    }
}
