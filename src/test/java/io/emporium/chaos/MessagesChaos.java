package io.emporium.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.EmptyFolder;
import io.emporium.Invariants;
import io.emporium.LocalStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What customers are told of ten thousand orders, bought by HTTP, while a worker is killed at each step of a message's way,
 * the broker is killed twice, the mail server is a tar-pit, and twenty messages are poison: {@code ./mvnw verify -Pchaos
 * -Dtest=MessagesChaos}, with {@code -Dchaos.orders}. In the end every message that the books say is due has left once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MessagesChaos {
    private static final int BUYERS = 200;
    private static final int REQUESTS_AT_ONCE = 16;
    private static final int PRODUCTS = 4;
    private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());

    private static final Duration COMES_BY_WITHIN = Duration.ofSeconds(90);
    private static final Duration BROKER_AWAY = Duration.ofSeconds(15);
    private static final Duration TAR_PIT = Duration.ofSeconds(45);
    /** Five tries take two and a half minutes. */
    private static final Duration PARKED_WITHIN = Duration.ofMinutes(4);

    private static final Duration SETTLED_WITHIN = Duration.ofMinutes(10);
    private static final Duration BEHIND_POISON_WITHIN = Duration.ofSeconds(20);
    /** As promised after a broker's outage; there are kills all the time. */
    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(60);
    /** How long a process takes to start here, with everything that goes on, on a machine for which those bounds are meant. */
    private static final Duration USUAL_START = Duration.ofSeconds(6);
    /** On a machine that is slower than that the bounds say nothing any more, and hold no longer. */
    private static final double SLOWEST = 2.5;
    /** So many messages of a channel a process hands over at once: as many may go out again when it is killed. */
    private static final int AT_ONCE = 5;

    private final Findings findings = new Findings();
    private final Table table = new Table();
    private final Gate gate = new Gate();
    private final Map<String, Long> memory = new ConcurrentHashMap<>();
    private final List<String> met = new ArrayList<>();
    private final List<Poison> poison = new ArrayList<>();
    private LocalStack servers;
    private MailSink sink;
    private Broker broker;
    private Shop shop;
    private DataSource database;
    private Invariants invariants;
    private Admin admin;
    private Client client;
    private Probes probes;
    private int kills;
    private volatile boolean over;

    /** Lets buyers buy so many. */
    private static final class Gate {
        private int sold;
        private int allowed;
        private boolean closed;

        synchronized boolean may() {
            while (!closed && sold >= allowed) {
                try {
                    wait();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            if (closed) {
                return false;
            }
            sold++;
            notifyAll();
            return true;
        }

        synchronized void allow(int orders) {
            allowed = Math.max(allowed, orders);
            notifyAll();
        }

        synchronized void more(int orders) {
            allow(sold + orders);
        }

        synchronized int sold() {
            return sold;
        }

        /** @param deadline by {@link System#nanoTime}, after which it is not waited for them any more */
        synchronized void await(int orders, long deadline) throws InterruptedException {
            while (sold < orders && System.nanoTime() < deadline) {
                wait(1_000);
            }
        }

        synchronized void close() {
            closed = true;
            notifyAll();
        }
    }

    /** @param does once as many orders were sold as come before it */
    private record Step(String name, Does does) {}

    @FunctionalInterface
    private interface Does {
        void now() throws Exception;
    }

    @BeforeAll
    void open() throws IOException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
        EmptyFolder.make(Settings.FOLDER);
        Files.createDirectories(Points.ARMED);
        Findings.say("seed " + SEED);
        Woven.into(ShopProcess.FOLDER);
        shop = new Shop(findings);
        servers = LocalStack.start(Settings.FOLDER, shop.api());
        broker = new Broker(servers);
        sink = new MailSink();
        database = servers.database();
        invariants = new Invariants(
                database,
                servers.setting("STRIPE_API_BASE"),
                servers.setting("PAYPAL_API_BASE"),
                servers.setting("BANK_API_BASE"));
        shop.open(environment(), List.of("a", "b"));
        Findings.say("this machine is " + bounds());
        client = new Client(shop, findings, REQUESTS_AT_ONCE);
        admin = new Admin(client, findings);
        for (int i = 0; i < PRODUCTS; i++) {
            admin.openWithPlenty();
        }
        probes = new Probes(broker);
        Thread.ofPlatform().daemon().name("memory").start(this::watchMemory);
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(servers.environment());
        environment.putAll(broker.environment());
        environment.put("ADMIN_EMAIL", Admin.EMAIL);
        environment.put("ADMIN_PASSWORD", Admin.PASSWORD);
        environment.put("RATE_LIMIT_ENABLED", "false");
        // Each buys fifty times in some minutes.
        environment.put("EMPORIUM_DELIVERIES_MAILS_AN_HOUR_UNVERIFIED", "1000");
        environment.put("EMPORIUM_DELIVERIES_SMS_AN_HOUR", "1000");
        // Here everybody has one address and the same cards.
        for (String rule : List.of(
                "ATTEMPTS_BY_CARD",
                "DECLINES_BY_CARD",
                "ATTEMPTS_BY_ADDRESS",
                "DECLINES_BY_ADDRESS",
                "ATTEMPTS_BY_USER",
                "DECLINES_BY_USER")) {
            environment.put("EMPORIUM_FRAUD_RULES_" + rule, "off");
        }
        environment.put("JWT_EXPIRY", "24h");
        environment.put("PAYMENT_METHODS", "credit_card,bank_transfer");
        environment.put("BANK_ACCOUNT_HOLDER", "Emporium Chaos Shop");
        environment.put("BANK_IBAN", "DE89370400440532013000");
        environment.put("BANK_BIC", "COBADEFF");
        environment.put("SMTP_HOST", "127.0.0.1");
        environment.put("SMTP_PORT", Integer.toString(sink.port()));
        environment.put("PUBLIC_URL", "https://shop.example");
        return environment;
    }

    @Test
    void every_customer_has_each_message_and_poison_holds_up_nobody() throws Exception {
        table.add("| after | orders | events | mails | waiting mails | memory | |");
        table.add("|---:|---:|---:|---:|---:|---|---|");
        long began = System.nanoTime();
        long buysUntil = began + Settings.BUYING.toNanos();
        List<Thread> buyers = new ArrayList<>();
        for (int i = 0; i < BUYERS; i++) {
            var buyer = new Buyer(i, client, admin, findings, SEED);
            buyers.add(Thread.ofPlatform().daemon().name("buyer-" + i).start(() -> shop(buyer)));
        }
        List<Step> steps = steps();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            gate.allow((int) (Settings.ORDERS * (i + 1L) / steps.size()));
            // The first ones are there when poison tells of them.
            gate.await(Math.max(8, (int) (Settings.ORDERS * (long) i / steps.size())), buysUntil);
            findings.during(step.name());
            step.does().now();
            met.add(step.name());
            progress(began, step.name());
        }
        gate.allow(Settings.ORDERS);
        gate.await(Settings.ORDERS, buysUntil);
        gate.close();
        for (Thread buyer : buyers) {
            buyer.join();
        }
        findings.during("the end");
        double bought = seconds(began);
        progress(began, "all is bought");
        poisoned.join();
        awaitSettled();
        double took = seconds(began);
        progress(began, "nothing is under way");
        over = true;
        probes.close();
        holds(took, bought);
        assertThat(findings.all()).isEmpty();
    }

    private void shop(Buyer buyer) {
        try {
            buyer.shop(gate::may);
        } catch (RuntimeException fault) {
            if (!over) {
                findings.note("a customer gave up: " + fault);
            }
        }
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        List<String> points = new ArrayList<>(Points.ofMessages());
        steps.add(new Step("poison", this::poison));
        points.remove("a try failed, before the note");
        List<String> atTheTarPit = List.of("mail postponed, before commit", "failed mail noted, before commit");
        points.removeAll(atTheTarPit);
        for (String point : points) {
            steps.add(new Step(point, () -> die(point)));
        }
        steps.add(7, new Step("broker killed", this::killBroker));
        steps.add(12, new Step("broker killed again", this::killBroker));
        steps.add(
                15,
                new Step(
                        "tar-pit: every answer takes " + MailSink.SLOWNESS.toSeconds() + " s",
                        () -> tarPit(MailSink.Mood.SLOW, atTheTarPit.getFirst())));
        steps.add(
                18,
                new Step(
                        "tar-pit: silent after the text",
                        () -> tarPit(MailSink.Mood.SILENT_AFTER_THE_TEXT, atTheTarPit.getLast())));
        return steps;
    }

    private void die(String point) throws IOException, InterruptedException {
        shop.awaitTwo();
        Points.arm(point);
        awaitDeath(point);
    }

    private void awaitDeath(String point) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + COMES_BY_WITHIN.toNanos();
        Shop.Death death = shop.nextDeath(Duration.ofSeconds(3));
        while (death == null && System.nanoTime() < deadline) {
            // What comes by there may need an order of a certain kind.
            gate.more(5);
            death = shop.nextDeath(Duration.ofSeconds(1));
        }
        if (death == null && Points.disarm(point)) {
            findings.note("nobody came by \"" + point + "\"");
            return;
        }
        kills++;
        Findings.say("killed: " + point);
    }

    private void killBroker() {
        Instant from = Instant.now();
        if (firstOutage.isAfter(from)) {
            firstOutage = from;
        }
        broker.kill();
        Shop.pause(BROKER_AWAY.toMillis());
        broker.comeBack();
        probes.outage(from, Instant.now());
    }

    private void tarPit(MailSink.Mood mood, String point) throws IOException, InterruptedException {
        long began = System.nanoTime();
        shop.awaitTwo();
        sink.mood(mood);
        try {
            Points.arm(point);
            awaitDeath(point);
            Shop.pause(Math.max(0, TAR_PIT.toMillis() - (long) (1_000 * seconds(began))));
        } finally {
            sink.mood(MailSink.Mood.WELL);
        }
    }

    // Poison
    // -----------------------------------------------------------------------------------------------------------

    private Thread poisoned = Thread.ofPlatform().unstarted(() -> {});
    private Instant poisonFrom = Instant.MIN;
    private Instant poisonTo = Instant.MIN;
    private Instant firstOutage = Instant.MAX;

    /** Twenty of them, one after the other, in front of everything that comes; what becomes of them is watched aside. */
    private void poison() throws Exception {
        List<Poison.Told> orders = new ArrayList<>();
        // Of those who are told by everything.
        while (orders.size() < 4) {
            orders.clear();
            rows(
                    "SELECT o.order_id, o.user_id, o.order_number FROM orders o JOIN users u USING (user_id) "
                            + " WHERE EXISTS (SELECT 1 FROM devices d WHERE d.user_id = u.user_id) ORDER BY o.order_id LIMIT 4",
                    row -> orders.add(new Poison.Told(row.getLong(1), row.getLong(2), row.getString(3))));
            gate.more(1);
            Shop.pause(200);
        }
        poison.addAll(Poison.of(orders.getFirst(), orders));
        assertThat(poison).hasSize(20);
        // The shop's own fault, mended later: what is to be noted of these events is refused.
        sql(
                "CREATE FUNCTION chaos_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$");
        sql("CREATE TRIGGER chaos_refuses BEFORE INSERT ON notifications FOR EACH ROW WHEN (NEW.event_id IN (" + mends()
                + ")) EXECUTE FUNCTION chaos_refuses()");
        shop.awaitTwo();
        Points.arm("a try failed, before the note");
        poisonFrom = Instant.now();
        for (Poison each : poison) {
            if (!broker.publish(each.exchange(), each.key(), each.body())) {
                findings.note("the broker did not take: " + each.name());
            }
        }
        // Of a type that nobody has bound.
        broker.publish(Broker.EXCHANGE, "nobody.waits", "{}".getBytes(StandardCharsets.UTF_8));
        awaitDeath("a try failed, before the note");
        met.add("a try failed, before the note");
        poisoned = Thread.ofPlatform().daemon().name("poison").start(() -> {
            try {
                replayPoison();
            } catch (SQLException | RuntimeException fault) {
                findings.note("poison", "the poison was not seen through: " + fault);
            }
        });
    }

    private String mends() {
        return poison.stream()
                .filter(Poison::mends)
                .map(each -> "'" + each.eventId() + "'")
                .collect(Collectors.joining(","));
    }

    private void replayPoison() throws SQLException {
        awaitPoison("parked", each -> "parked");
        poisonTo = Instant.now();
        Map<UUID, Long> numbers = new HashMap<>();
        rows(
                "SELECT event_id, message_id FROM inbox WHERE consumer = 'notification' AND status = 'parked'",
                row -> numbers.put(row.getObject(1, UUID.class), row.getLong(2)));
        sql("DROP TRIGGER chaos_refuses ON notifications");
        Map<Long, JsonNode> seen = seen();
        for (Poison each : poison) {
            Long number = numbers.get(each.eventId());
            JsonNode parked = number == null ? null : seen.get(number);
            if (parked == null || parked.path("last_error").asText().isEmpty()) {
                findings.note("poison", "an admin does not see \"" + each.name() + "\": " + parked);
                continue;
            }
            Findings.say("parked as " + parked.path("type").asText() + ", \"" + each.name() + "\": "
                    + parked.path("last_error").asText().lines().findFirst().orElse(""));
            if (!admin.replay(number).is(200)) {
                findings.note("poison", "\"" + each.name() + "\" could not be replayed");
            }
        }
        // All of it has five new tries first.
        awaitPoison("replayed", each -> each.mends() ? "done" : "parked");
    }

    private Map<Long, JsonNode> seen() {
        Map<Long, JsonNode> seen = new HashMap<>();
        for (int page = 1; ; page++) {
            JsonNode parked = admin.parked(page, 15).data().path("parked");
            if (parked.isEmpty()) {
                return seen;
            }
            parked.forEach(each -> seen.put(each.path("id").asLong(), each));
        }
    }

    @FunctionalInterface
    private interface Wanted {
        String of(Poison poison);
    }

    private void awaitPoison(String what, Wanted wanted) throws SQLException {
        long began = System.nanoTime();
        Map<UUID, String> are = new HashMap<>();
        List<String> others = List.of();
        do {
            are.clear();
            rows(
                    "SELECT event_id, status FROM inbox WHERE consumer = 'notification' AND type <> 'order.probed'",
                    row -> are.put(row.getObject(1, UUID.class), row.getString(2)));
            others = poison.stream()
                    .filter(each -> !wanted.of(each).equals(are.get(each.eventId())))
                    .map(each -> each.name() + " is " + are.get(each.eventId()))
                    .toList();
            if (others.isEmpty()) {
                Findings.say(String.format(Locale.ROOT, "all of the poison is %s after %.0f s", what, seconds(began)));
                return;
            }
            Shop.pause(2_000);
        } while (seconds(began) < PARKED_WITHIN.toSeconds());
        findings.note("poison", "not " + what + " after " + PARKED_WITHIN.toSeconds() + " s: " + others);
    }

    // What must be so in the end
    // ---------------------------------------------------------------------------------------

    private void awaitSettled() throws SQLException {
        long began = System.nanoTime();
        String left;
        do {
            Shop.pause(500);
            List<String> counts = new ArrayList<>();
            rows("""
                    SELECT 'events', count(*) FROM outbox WHERE taken_at IS NULL
                    UNION ALL SELECT 'received messages', count(*) FROM inbox WHERE status = 'received'
                    UNION ALL SELECT 'deliveries', count(*) FROM deliveries WHERE status = 'pending'
                    UNION ALL SELECT 'transactions', count(*) FROM transactions WHERE status IN ('pending', 'processing')
                    UNION ALL SELECT 'webhooks', count(*) FROM webhook_events WHERE status = 'received'
                    """, row -> {
                if (row.getLong(2) > 0) {
                    counts.add(row.getLong(2) + " " + row.getString(1));
                }
            });
            left = String.join(", ", counts);
        } while (!left.isEmpty() && seconds(began) < SETTLED_WITHIN.toSeconds());
        if (!left.isEmpty()) {
            findings.note("still under way after " + SETTLED_WITHIN.toSeconds() + " s: " + left);
        }
    }

    private void holds(double took, double bought) throws Exception {
        long orders = number("SELECT count(*) FROM orders");
        long events = number("SELECT count(*) FROM outbox");
        toldAsTheBooksSay();
        mendedPoisonIsTold();
        long mailsTwice = mails();
        Map<String, Long> phonesTwice = phones();
        try {
            invariants.hold();
        } catch (AssertionError violated) {
            findings.note(violated.getMessage());
        }
        List<Duration> all = probes.times(database, Instant.EPOCH, Instant.now(), findings);
        // Who comes after a broker that was away waits behind all that waited for it, poison or none.
        Instant until = firstOutage.isBefore(poisonTo) ? firstOutage.minusSeconds(5) : poisonTo;
        List<Duration> behind = probes.times(database, poisonFrom, until, findings);
        late("an event behind the poison", behind, here(BEHIND_POISON_WITHIN));
        late("an event", all, here(TAKEN_WITHIN));
        shop.close();
        String dead = queues();
        table.add("");
        table.add("| | |");
        table.add("|---|---|");
        line(
                "orders, bought by HTTP",
                "%,d of %,d wanted, in %.0f s, %.1f/s".formatted(orders, Settings.ORDERS, bought, orders / bought));
        line(
                "events",
                "%,d, %.1f/s until the last was taken and all had left (%.0f s)"
                        .formatted(events, events / took, took));
        line(
                "mails, each once at least",
                "%,d, %.1f/s".formatted(sink.copies().size(), sink.copies().size() / took));
        line("told in the shop", "%,d".formatted(number("SELECT count(*) FROM notifications")));
        line(
                "SMS, push messages",
                "%,d, %,d"
                        .formatted(
                                number("SELECT count(*) FROM deliveries WHERE channel = 'sms'"),
                                number("SELECT count(*) FROM deliveries WHERE channel = 'push'")));
        line("workers killed", kills + ", each at another step");
        line("broker killed", "2 times (" + broker.title() + "), away for " + BROKER_AWAY.toSeconds() + " s each");
        line(
                "events sent more than once; because they had not arrived",
                "%,d; %,d"
                        .formatted(
                                number("SELECT count(*) FROM outbox WHERE attempts > 1"),
                                number("SELECT coalesce(sum(resends), 0) FROM outbox")));
        line("told in the shop twice", "0, by a constraint");
        line(
                "mails twice",
                "%d; %d at most (%d kills × %d in hand, %d kept by a silent server)"
                        .formatted(mailsTwice, mailsMayTwice(), kills, AT_ONCE, sink.keptWithoutAWord()));
        line("SMS twice, push messages twice", phonesTwice.get("sms") + ", " + phonesTwice.get("push"));
        line("an event's time in the queue", times(all));
        line("the same, behind poison", times(behind));
        line("dead letters", dead);
        line("memory at most", memory.toString());
        line(
                "a start",
                shop.starts().size() + ", "
                        + times(shop.starts().stream().sorted().toList()));
        line("this machine, in the end", bounds());
        line("seed", Long.toString(SEED));
    }

    private void line(String what, String is) {
        table.add("| " + what + " | " + is + " |");
    }

    private static String times(List<Duration> sorted) {
        return sorted.isEmpty()
                ? "none"
                : Table.seconds(sorted.get(sorted.size() / 2)) + " (p50), " + Table.seconds(sorted.getLast())
                        + " (max)";
    }

    /** Longer on a machine that is slower than usual, but not without end. */
    private Duration here(Duration bound) {
        return Duration.ofMillis(Math.round(bound.toMillis() * slowness()));
    }

    /** By what half of the processes' starts took until now. */
    private double slowness() {
        List<Duration> starts = shop.starts().stream().sorted().toList();
        double slower = (double) starts.get(starts.size() / 2).toMillis() / USUAL_START.toMillis();
        return Math.clamp(slower, 1, SLOWEST);
    }

    private String bounds() {
        return "%.1f times as slow as usual, by its starts: an event is to be taken within %s, behind poison within %s"
                .formatted(slowness(), Table.seconds(here(TAKEN_WITHIN)), Table.seconds(here(BEHIND_POISON_WITHIN)));
    }

    private void late(String what, List<Duration> times, Duration bound) {
        if (times.isEmpty()) {
            findings.note("nothing was measured: " + what);
        } else if (times.getLast().compareTo(bound) > 0) {
            findings.note(what + " was taken after " + Table.seconds(times.getLast()));
        }
    }

    /** What each customer is to be told of each order follows from orders, payments, refunds and shipments; not from events. */
    private void toldAsTheBooksSay() throws SQLException {
        rows(
                """
                WITH who AS (
                    SELECT u.user_id, coalesce(p.email_notifications, TRUE) AS email,
                           coalesce(p.sms_notifications, TRUE) AND u.phone IS NOT NULL AS sms,
                           CASE WHEN coalesce(p.push_notifications, TRUE)
                                THEN (SELECT count(*) FROM devices d WHERE d.user_id = u.user_id) ELSE 0 END AS push
                      FROM users u LEFT JOIN user_preferences p USING (user_id)),
                facts (order_id, type, times, by_email, by_sms, by_push) AS (
                    SELECT order_id, 'order_placed', 1, FALSE, FALSE, FALSE FROM orders
                    UNION ALL SELECT order_id, 'order_confirmation', 1, TRUE, FALSE, TRUE FROM transactions
                               WHERE transaction_type = 'payment' AND status = 'completed'
                    UNION ALL SELECT order_id, 'payment_receipt', 1, TRUE, FALSE, FALSE FROM transactions
                               WHERE transaction_type = 'payment' AND status = 'completed'
                    UNION ALL SELECT order_id, 'payment_failed', count(*), TRUE, TRUE, TRUE FROM transactions
                               WHERE transaction_type = 'payment' AND status = 'failed' GROUP BY order_id
                    UNION ALL SELECT order_id, 'transfer_instructions', count(*), TRUE, FALSE, FALSE FROM transactions
                               WHERE transaction_type = 'payment' AND payment_method = 'bank_transfer' GROUP BY order_id
                    UNION ALL SELECT order_id, 'shipping_update', 1, TRUE, TRUE, TRUE FROM shipments
                    UNION ALL SELECT order_id, 'order_delivered', 1, TRUE, TRUE, TRUE FROM orders WHERE status = 'delivered'
                    UNION ALL SELECT order_id, 'order_cancelled', 1, TRUE, FALSE, FALSE FROM orders WHERE status = 'cancelled'
                    UNION ALL SELECT order_id, 'refund', count(*), TRUE, FALSE, TRUE FROM refunds WHERE status = 'succeeded' GROUP BY order_id),
                due AS (
                    SELECT f.order_id, f.type, c.channel, o.user_id,
                           f.times * CASE c.channel WHEN 'in_app' THEN 1
                                                    WHEN 'email' THEN (f.by_email AND who.email)::int
                                                    WHEN 'sms' THEN (f.by_sms AND who.sms)::int
                                                    ELSE f.by_push::int * who.push END AS times
                      FROM facts f JOIN orders o USING (order_id) JOIN who USING (user_id)
                     CROSS JOIN (VALUES ('in_app'), ('email'), ('sms'), ('push')) AS c (channel)),
                told AS (
                    SELECT related_entity_id AS order_id, type, 'in_app' AS channel, user_id, count(*) AS times FROM notifications
                     WHERE related_entity_type = 'order' AND event_id NOT IN (%1$s) GROUP BY 1, 2, 4
                    UNION ALL
                    SELECT about_id, type, channel, user_id, count(*) FROM deliveries
                     WHERE about_type = 'order' AND status IN ('sent', 'delivered') AND event_id NOT IN (%1$s) GROUP BY 1, 2, 3, 4)
                SELECT order_id, type, channel, user_id, coalesce(due.times, 0), coalesce(told.times, 0)
                  FROM due FULL JOIN told USING (order_id, type, channel, user_id)
                 WHERE coalesce(due.times, 0) <> coalesce(told.times, 0)
                """.formatted(mends()),
                row -> findings.note("order %d, %s by %s to user %d: due %d times, told %d times"
                        .formatted(
                                row.getLong(1),
                                row.getString(2),
                                row.getString(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getLong(6))));
        rows(
                """
                SELECT u.user_id, count(d.delivery_id) FROM users u LEFT JOIN deliveries d
                    ON d.user_id = u.user_id AND d.type = 'verify_email' AND d.status = 'sent' AND d.recipient = u.email
                 WHERE u.role = 'customer' GROUP BY u.user_id HAVING count(d.delivery_id) <> 1
                """,
                row -> findings.note(
                        "user %d was asked to verify the address %d times".formatted(row.getLong(1), row.getLong(2))));
        rows(
                "SELECT delivery_id, channel, type, status, attempts, last_error FROM deliveries WHERE status NOT IN ('sent', 'delivered')",
                row -> findings.note("delivery %d, %s of %s, is %s after %d tries: %s"
                        .formatted(
                                row.getLong(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getInt(5),
                                row.getString(6))));
    }

    private void mendedPoisonIsTold() throws SQLException {
        rows(
                """
                SELECT e.id, (SELECT count(*) FROM notifications n WHERE n.event_id = e.id),
                       (SELECT string_agg(channel, ' ' ORDER BY channel, delivery_id) FROM deliveries d
                         WHERE d.event_id = e.id AND status IN ('sent', 'delivered')),
                       concat_ws(' ', CASE WHEN p.email_notifications THEN 'email' END,
                                 (SELECT string_agg('push', ' ') FROM devices d WHERE d.user_id = o.user_id),
                                 CASE WHEN p.sms_notifications AND u.phone IS NOT NULL THEN 'sms' END)
                  FROM unnest(ARRAY[%s]::uuid[], ARRAY[%s]) AS e (id, order_id)
                  JOIN orders o ON o.order_id = e.order_id JOIN users u USING (user_id) JOIN user_preferences p USING (user_id)
                """.formatted(
                                mends(),
                                poison.stream()
                                        .filter(Poison::mends)
                                        .map(each -> Long.toString(each.told().orderId()))
                                        .collect(Collectors.joining(","))),
                row -> {
                    if (row.getLong(2) != 1 || !row.getString(4).equals(row.getString(3))) {
                        findings.note(
                                "poison",
                                "replayed event %s is told %d times in the shop and by %s, not by %s"
                                        .formatted(
                                                row.getString(1), row.getLong(2), row.getString(3), row.getString(4)));
                    }
                });
    }

    private long mailsMayTwice() {
        return (long) kills * AT_ONCE + sink.keptWithoutAWord();
    }

    /** @return how many copies too many have come */
    private long mails() throws SQLException {
        Map<String, LongAdder> copies = new HashMap<>(sink.copies());
        Map<String, Long> came = new HashMap<>();
        copies.forEach((id, count) -> came.put(id.replaceAll("<([^@>]+)@.*", "$1"), count.sum()));
        Set<String> known = ConcurrentHashMap.newKeySet();
        rows("SELECT event_id || '.' || delivery_id, status FROM deliveries WHERE channel = 'email'", row -> {
            known.add(row.getString(1));
            if (row.getString(2).equals("sent") && !came.containsKey(row.getString(1))) {
                findings.note("mail " + row.getString(1) + " is marked as sent and never came");
            }
        });
        came.keySet().stream()
                .filter(id -> !known.contains(id))
                .forEach(id -> findings.note("a mail came that stands nowhere: " + id));
        long twice = came.values().stream().mapToLong(count -> count - 1).sum();
        if (twice > mailsMayTwice()) {
            findings.note(twice + " mails came more than once");
        }
        return twice;
    }

    /** @return how many copies too many have come, by channel */
    private Map<String, Long> phones() throws SQLException, IOException {
        Map<String, Long> came = new HashMap<>();
        for (String line : Files.readAllLines(messages())) {
            JsonNode message = Client.JSON.readTree(line);
            came.merge(
                    key(
                            message.path("channel").asText(),
                            message.path("to").asText(),
                            message.path("text").asText()),
                    1L,
                    Long::sum);
        }
        Map<String, Long> rows = new HashMap<>();
        rows(
                "SELECT channel, recipient, body_text FROM deliveries WHERE channel <> 'email' AND status IN ('sent', 'delivered')",
                row -> rows.merge(key(row.getString(1), row.getString(2), row.getString(3)), 1L, Long::sum));
        Map<String, Long> twice = new LinkedHashMap<>(Map.of("sms", 0L, "push", 0L));
        rows.forEach((key, wanted) -> {
            long copies = came.getOrDefault(key, 0L);
            if (copies < wanted) {
                findings.note(key + " is marked as sent " + wanted + " times and came " + copies + " times");
            }
            twice.merge(key.substring(0, key.indexOf(' ')), Math.max(0, copies - wanted), Long::sum);
        });
        came.keySet().stream()
                .filter(key -> !rows.containsKey(key))
                .forEach(key -> findings.note("it came, and stands nowhere: " + key));
        // Whether an SMS was sent is asked before it is sent again.
        if (twice.get("sms") > 0 || twice.get("push") > (long) kills * AT_ONCE) {
            findings.note("messages came more than once: " + twice);
        }
        return twice;
    }

    private Path messages() {
        return servers.mails().resolveSibling("phones").resolve("messages.ndjson");
    }

    private static String key(String channel, String to, String text) {
        return channel + " to " + to + ": " + text;
    }

    /** With no process left that holds any of them. @return how many dead letters there are */
    private String queues() throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        long waiting = broker.waiting(Broker.QUEUE);
        while (waiting > 0 && System.nanoTime() < deadline) {
            Shop.pause(500);
            waiting = broker.waiting(Broker.QUEUE);
        }
        if (waiting > 0) {
            findings.note(waiting + " messages are left in the queue");
        }
        if (!broker.isRabbit()) {
            return "unknown to local mode's broker";
        }
        long dead = broker.waiting(Broker.DEAD);
        if (dead != 1) {
            findings.note(dead + " dead letters in place of the one that nobody had bound");
        }
        return dead + ", the one that no queue was bound for";
    }

    // ------------------------------------------------------------------------------------------------------------------

    private void progress(long began, String what) throws SQLException, IOException {
        table.add(String.format(
                Locale.ROOT,
                "| %.0f s | %,d | %,d | %,d | %,d | %s | %s |",
                seconds(began),
                gate.sold(),
                number("SELECT count(*) FROM outbox"),
                sink.taken(),
                number("SELECT count(*) FROM deliveries WHERE status = 'pending' AND channel = 'email'"),
                shop.memory().entrySet().stream()
                        .map(process -> process.getKey() + " " + process.getValue() + " MB")
                        .collect(Collectors.joining(", ")),
                what));
    }

    private void watchMemory() {
        while (!over) {
            try {
                shop.memory().forEach((process, now) -> memory.merge(process, now, Math::max));
            } catch (IOException died) {
                // Between two looks.
            }
            Shop.pause(1_000);
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private void rows(String query, Row each) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                each.read(result);
            }
        }
    }

    private void sql(String statement) throws SQLException {
        try (var connection = database.getConnection();
                var one = connection.createStatement()) {
            one.execute(statement);
        }
    }

    private long number(String query) throws SQLException {
        long[] number = new long[1];
        rows(query, row -> number[0] = row.getLong(1));
        return number[0];
    }

    @AfterAll
    void close() {
        findings.all().forEach(finding -> table.add("VIOLATION " + finding));
        System.out.println(table.text());
        end();
    }

    private void end() {
        over = true;
        Closing.all(shop, broker, servers, sink);
    }
}
