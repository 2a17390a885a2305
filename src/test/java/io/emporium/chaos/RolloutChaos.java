package io.emporium.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.EmptyFolder;
import io.emporium.Invariants;
import io.emporium.LocalStack;
import io.emporium.chaos.Client.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Two processes that answer and two that work, behind the gateway of {@code docker/}: one of each is killed, one of each ends in
 * order as for a new release, and customers miss only what the killed one had in hand. {@code ./mvnw verify -Pchaos
 * -Dtest=RolloutChaos}; needs HAProxy.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolloutChaos {
    private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
    private static final int CUSTOMERS = 4;
    private static final int READERS = 3;
    /** Below what the gateway lets one address do: 200 in 10 s. */
    private static final int READER_RESTS_MILLIS = 60;

    /** One customer may have five that are not paid. */
    private static final int DUE_AT_A_TIME = 4;

    private static final Duration CALM = Duration.ofSeconds(12);
    /** As {@code docker/compose.yml} has it. */
    private static final Duration DELAY = Duration.ofSeconds(10);

    private static final Duration GRACE = Duration.ofSeconds(45);
    private static final Duration IN_HAND = Duration.ofMillis(1_500);

    private final Findings findings = new Findings();
    private final Table table = new Table();
    private final List<Client> clients = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();
    private final List<Long> forgotten = new ArrayList<>();
    private LocalStack servers;
    private Gateway gateway;
    private Shop shop;
    private Provider provider;
    private DataSource database;
    private Invariants invariants;
    private Recovery recovery;
    private Told told;
    private Load load;
    private Visit forgetful;
    private Admin admin;
    private String token = "";
    private long address;
    private int failed;
    private volatile boolean closing;

    @BeforeAll
    void open() throws IOException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
        EmptyFolder.make(Settings.FOLDER);
        Files.createDirectories(Points.ARMED);
        Findings.say("seed " + SEED);
        Woven.into(ShopProcess.FOLDER);
        gateway = new Gateway();
        servers = LocalStack.start(Settings.FOLDER, gateway.at("/api/v1/").toString());
        database = servers.database();
        provider = new Provider(servers.setting("STRIPE_API_BASE"));
        invariants = new Invariants(
                database, provider.base(), servers.setting("PAYPAL_API_BASE"), servers.setting("BANK_API_BASE"));
        shop = new Shop(findings);
        shop.open(environment("true"), List.of());
        for (String name : List.of("web-a", "web-b", "worker-a", "worker-b")) {
            shop.add(environment(Boolean.toString(name.startsWith("worker"))), name);
        }
        gateway.open(shop.processes().stream()
                .filter(each -> each.name().startsWith("web"))
                .toList());
        Shop.pause(3_000);
        assertThat(gateway.isAlive()).as("see target/chaos/haproxy.log").isTrue();
        admin = new Admin(client(), findings);
        admin.open();
        forgetful = new Visit(client(), findings);
        forgets();
        told = new Told(findings);
        recovery = new Recovery(database, findings);
        load = new Load(findings);
        load.open(CUSTOMERS, number -> new Customer(client(), provider, told, findings, admin, SEED + number));
        for (int i = 0; i < READERS; i++) {
            Client reader = client();
            readers.add(Thread.ofPlatform().daemon().name("reader-" + i).start(() -> read(reader)));
        }
    }

    private Map<String, String> environment(String worker) {
        Map<String, String> environment = new TreeMap<>(servers.environment());
        environment.put("EMPORIUM_WORKER", worker);
        environment.put("SHUTDOWN_DELAY", worker.equals("true") ? "0s" : DELAY.toSeconds() + "s");
        environment.put("ADMIN_EMAIL", Admin.EMAIL);
        environment.put("ADMIN_PASSWORD", Admin.PASSWORD);
        environment.put("RATE_LIMIT_ENABLED", "false");
        for (String rule : List.of("CARD", "ADDRESS", "USER")) {
            environment.put("EMPORIUM_FRAUD_RULES_ATTEMPTS_BY_" + rule, "off");
            environment.put("EMPORIUM_FRAUD_RULES_DECLINES_BY_" + rule, "off");
        }
        environment.put("EMPORIUM_ORDER_EXPIRY_EVERY", "1s");
        environment.put("JWT_EXPIRY", "24h");
        return environment;
    }

    /** One with an address of its own, as the gateway counts. */
    private synchronized Client client() {
        try {
            var client = new Client(gateway::at, findings, 1, InetAddress.getByAddress(new byte[] {
                127, 0, 1, (byte) (clients.size() + 1)
            }));
            clients.add(client);
            return client;
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void read(Client reader) {
        while (!closing) {
            for (String path :
                    List.of("/products?limit=5", "/products/" + admin.products().getFirst(), "/categories")) {
                reader.get(path, null);
                Shop.pause(READER_RESTS_MILLIS);
            }
        }
    }

    @Test
    void only_what_a_killed_process_had_in_hand_fails_and_what_is_due_is_done_once() throws Exception {
        table.add(
                "| what happens | requests | failed | in the killed one's hands | sent to the other at once | passwords refused | ended after |");
        table.add("|---|---:|---:|---:|---:|---:|---:|");
        phase("nothing", null, null);
        phase("web-b ends in order, and is started again", "web-b", this::renew);
        phase("web-a is killed", "web-a", this::kill);
        phase("worker-b ends in order, and is started again", "worker-b", this::renew);
        phase("worker-a is killed", "worker-a", this::kill);
        phase("nothing again", null, null);
        closing = true;
        for (Thread reader : readers) {
            reader.join();
        }
        load.pause();
        findings.during("the end");
        assertThat(recovery.awaitSettled()).isEmpty();
        invariants.hold();
        told.isKept(database, provider, servers.mails(), 2);
        doneOnce();
        assertThat(failed).as("the killed one was about something").isPositive();
        assertThat(findings.all()).isEmpty();
    }

    @FunctionalInterface
    private interface Blow {
        /** @return how long it took to end */
        Duration strikes(ShopProcess process) throws InterruptedException;
    }

    private void phase(String what, String victim, Blow blow) throws Exception {
        findings.during(what);
        List<Long> due = forget();
        clients.forEach(Client::failures);
        Instant from = Instant.now();
        String ended = "";
        due(due.subList(0, due.size() / 2));
        if (victim != null) {
            ShopProcess process = shop.processes().stream()
                    .filter(each -> each.name().equals(victim))
                    .findFirst()
                    .orElseThrow();
            ended = Table.seconds(blow.strikes(process));
            due(due.subList(due.size() / 2, due.size()));
            shop.awaitAll();
        } else {
            due(due.subList(due.size() / 2, due.size()));
        }
        Shop.pause(CALM.toMillis());
        Instant to = Instant.now();
        List<Gateway.Passed> passed = gateway.passed().stream()
                .filter(each -> each.ended().isAfter(from) && each.ended().isBefore(to))
                .toList();
        List<Gateway.Passed> failures =
                passed.stream().filter(Gateway.Passed::isFailed).toList();
        List<Gateway.Passed> inHand = what.equals("web-a is killed")
                ? failures.stream()
                        .filter(each ->
                                each.server().equals(victim) && each.ended().isBefore(from.plus(IN_HAND)))
                        .toList()
                : List.of();
        failed += inHand.size();
        failures.stream()
                .filter(each -> !inHand.contains(each))
                .forEach(each -> findings.note("failed at the gateway: " + each));
        List<String> seen =
                clients.stream().flatMap(client -> client.failures().stream()).toList();
        if (seen.size() > inHand.size()) {
            findings.note(
                    seen.size() + " requests failed, of which the killed process had " + inHand.size() + ": " + seen);
        }
        table.add("| %s | %d | %d | %d | %d | %d | %s |"
                .formatted(
                        what,
                        passed.size(),
                        failures.size(),
                        inHand.size(),
                        passed.stream().filter(Gateway.Passed::sentAgain).count(),
                        passed.stream().filter(Gateway.Passed::isRefused).count(),
                        ended));
    }

    private Duration kill(ShopProcess process) throws InterruptedException {
        long begun = System.nanoTime();
        recovery.from(process.name(), begun);
        process.kill();
        assertThat(shop.nextDeath(Duration.ofSeconds(10))).isNotNull();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private Duration renew(ShopProcess process) throws InterruptedException {
        boolean web = process.name().startsWith("web");
        Duration took = shop.restart(process);
        assertThat(took).isLessThan(GRACE).isGreaterThanOrEqualTo(web ? DELAY : Duration.ZERO);
        return took;
    }

    /** Whoever orders and never pays. */
    private void forgets() {
        Client client = forgetful.client();
        String email = "forgetful-" + UUID.randomUUID() + "@example.com";
        forgetful.register(
                Map.of("email", email, "password", Visit.PASSWORD, "first_name", "Ann", "last_name", "Forgets"));
        while (token.isEmpty()) {
            try {
                token = client.ask(
                                "POST", "/auth/login", null, Map.of("email", email, "password", Visit.PASSWORD), null)
                        .data()
                        .path("token")
                        .asText();
            } catch (Client.Unanswered again) {
                // Asked again.
            }
        }
        address = forgetful.address(token);
    }

    private List<Long> forget() {
        List<Long> orders = new ArrayList<>();
        while (orders.size() < DUE_AT_A_TIME) {
            Map<String, Object> line = Map.of("product_id", admin.products().getFirst(), "quantity", 1);
            forgetful.expect(forgetful.client().ask("POST", "/cart/items", token, line, null), 201, "cart");
            Answer placed = forgetful
                    .client()
                    .ask(
                            "POST",
                            "/orders",
                            token,
                            Map.of("shipping_address_id", address, "payment_method", "credit_card"),
                            UUID.randomUUID().toString());
            forgetful.expect(placed, 201, "order");
            orders.add(placed.data().path("order_id").asLong());
        }
        forgotten.addAll(orders);
        return orders;
    }

    private void due(List<Long> orders) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE orders SET expires_at = now() WHERE order_id IN (" + in(orders) + ")");
        }
    }

    private static String in(List<Long> orders) {
        return orders.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Each order whose time was up was cancelled once and told of once, whichever workers looked at it. */
    private void doneOnce() throws SQLException {
        String query = """
                SELECT (SELECT count(*) FROM order_status_history h WHERE h.order_id = o.order_id AND h.reason = 'expired'),
                       (SELECT count(*) FROM outbox e WHERE e.type = 'order.cancelled' AND e.entity_id = o.order_id),
                       (SELECT count(*) FROM outbox e JOIN inbox i USING (event_id)
                         WHERE e.type = 'order.cancelled' AND e.entity_id = o.order_id AND i.consumer = 'notification' AND i.status = 'done')
                  FROM orders o WHERE o.order_id IN (%s)
                """.formatted(in(forgotten));
        int orders = 0;
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            while (rows.next()) {
                orders++;
                assertThat(List.of(rows.getInt(1), rows.getInt(2), rows.getInt(3)))
                        .as("cancelled, event, taken")
                        .containsExactly(1, 1, 1);
            }
        }
        assertThat(orders).isEqualTo(forgotten.size());
        table.add("");
        table.add(told.summary() + "; " + orders + " orders expired, each once; " + told.mails() + " mails, "
                + told.mailsTwice() + " of them twice; seed " + SEED);
    }

    @AfterAll
    void close() {
        closing = true;
        if (load != null) {
            load.close();
        }
        findings.all().forEach(finding -> table.add("VIOLATION " + finding));
        System.out.println(table.text());
        end();
    }

    private void end() {
        Closing.all(recovery, gateway, shop, servers);
    }
}
