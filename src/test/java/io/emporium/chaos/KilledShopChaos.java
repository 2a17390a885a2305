package io.emporium.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.EmptyFolder;
import io.emporium.Invariants;
import io.emporium.LocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Several processes, one shop: whatever dies, wherever, what was answered is kept and nothing takes effect twice. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledShopChaos {
    private static final Duration COMES_BY_WITHIN = Duration.ofSeconds(60);
    private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
    /** So many points have their kills before everything has to settle, which takes a minute. */
    private static final int POINTS_AT_ONCE = 4;

    private static final String RANDOM = "at a random moment";
    private static final String BEFORE = "Stripe fails before the effect";
    private static final String AFTER = "Stripe fails after the effect";

    private final Random chance = new Random(SEED);
    private final Findings findings = new Findings();
    private final Table table = new Table();
    private LocalStack servers;
    private Shop shop;
    private Provider provider;
    private DataSource database;
    private Invariants invariants;
    private Recovery recovery;
    private Told told;
    private Load load;
    private Outages outages;
    private long kills;

    @BeforeAll
    void open() throws IOException, InterruptedException {
        // Whatever ends this JVM in order ends the processes too; what kills it closes their standard input.
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
        assertThat(List.of(Settings.KILLS_PER_POINT, Settings.RANDOM_KILLS, Settings.PROVIDER_FAULTS, Settings.OUTAGES))
                .as("a test that does nothing shows nothing: one of them alone runs by -Dtest=KilledShopChaos#its_name")
                .allMatch(count -> count > 0);
        EmptyFolder.make(Settings.FOLDER);
        Files.createDirectories(Points.ARMED);
        Findings.say("seed " + SEED);
        Woven.into(ShopProcess.FOLDER);
        shop = new Shop(findings);
        servers = LocalStack.start(Settings.FOLDER, shop.api());
        database = servers.database();
        provider = new Provider(servers.setting("STRIPE_API_BASE"));
        invariants = new Invariants(
                database, provider.base(), servers.setting("PAYPAL_API_BASE"), servers.setting("BANK_API_BASE"));
        shop.open(environment());
        Findings.say("three processes are open, logs in " + Settings.FOLDER);
        var client = new Client(shop, findings);
        var admin = new Admin(client, findings);
        admin.open();
        told = new Told(findings);
        recovery = new Recovery(database, findings);
        load = new Load(findings);
        load.open(Settings.CUSTOMERS, number -> new Customer(client, provider, told, findings, admin, SEED + number));
        outages = new Outages(servers, told);
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(servers.environment());
        environment.put("ADMIN_EMAIL", Admin.EMAIL);
        environment.put("ADMIN_PASSWORD", Admin.PASSWORD);
        environment.put("RATE_LIMIT_ENABLED", "false");
        // Here everybody has one address and the same cards.
        for (String rule :
                List.of("ATTEMPTS_BY_CARD", "DECLINES_BY_CARD", "ATTEMPTS_BY_ADDRESS", "DECLINES_BY_ADDRESS")) {
            environment.put("EMPORIUM_FRAUD_RULES_" + rule, "off");
        }
        environment.put("EMPORIUM_FRAUD_RULES_ATTEMPTS_BY_USER", "off");
        environment.put("EMPORIUM_FRAUD_RULES_DECLINES_BY_USER", "off");
        // Customers may have to wait long, and do not sign in again.
        environment.put("JWT_EXPIRY", "24h");
        return environment;
    }

    @Test
    @Order(1)
    void killed_at_each_named_point() throws Exception {
        table.title("killed");
        List<String> killed = new ArrayList<>();
        for (String point : Points.names()) {
            findings.during(point);
            int missed = 0;
            for (int trial = 0; trial < Settings.KILLS_PER_POINT; trial++) {
                shop.awaitTwo();
                Points.arm(point);
                Shop.Death death = shop.nextDeath(COMES_BY_WITHIN);
                if (death == null && Points.disarm(point)) {
                    missed++;
                    continue;
                }
                struck(point, death == null ? System.nanoTime() : death.nanos());
                Findings.say("killed %s, %d of %d".formatted(point, trial + 1, Settings.KILLS_PER_POINT));
            }
            if (missed > 0) {
                findings.note(missed + " times nobody came by this point");
            }
            killed.add(point);
            if (killed.size() == POINTS_AT_ONCE) {
                settle(killed);
                killed.clear();
            }
        }
        settle(killed);
        nothingIsViolated();
    }

    @Test
    @Order(2)
    void killed_at_random_moments() throws Exception {
        table.title("killed");
        findings.during(RANDOM);
        int trial = 0;
        while (trial < Settings.RANDOM_KILLS) {
            shop.awaitTwo();
            Shop.pause(chance.nextInt(1_500));
            List<ShopProcess> serving = shop.awaitTwo();
            // One time in ten there is nobody left to serve on.
            List<ShopProcess> victims =
                    chance.nextInt(10) == 0 ? serving : List.of(serving.get(chance.nextInt(serving.size())));
            victims.forEach(ShopProcess::kill);
            for (ShopProcess _ : victims) {
                Shop.Death death = shop.nextDeath(COMES_BY_WITHIN);
                assertThat(death).as("a process that was killed ends").isNotNull();
                struck(RANDOM, death.nanos());
                Findings.say("killed %s, %d of %d".formatted(RANDOM, ++trial, Settings.RANDOM_KILLS));
                if (trial % 50 == 0) {
                    settleOnly();
                }
            }
        }
        settle(RANDOM);
        nothingIsViolated();
    }

    @Test
    @Order(3)
    void the_provider_fails() throws Exception {
        table.title("the provider fails");
        for (String when : List.of("before", "after")) {
            String what = when.equals("before") ? BEFORE : AFTER;
            findings.during(what);
            for (int trial = 0; trial < Settings.PROVIDER_FAULTS; trial++) {
                fault(what, when, trial);
            }
            provider.webhooks("on");
            settle(what);
        }
        nothingIsViolated();
    }

    private void fault(String what, String when, int trial) {
        List<String> kinds = when.equals("before")
                ? List.of("http_500", "http_503", "http_429", "cut", "close", "hang")
                : List.of("http_503", "cut", "close", "hang", "http_500");
        String kind = kinds.get(trial % kinds.size());
        // Every other time it is the reconciler that has to find out; a 500 that Stripe keeps only a webhook clears up.
        provider.webhooks(trial % 2 == 1 && !kind.equals("http_500") ? "off" : "on");
        // The JDK asks a second time by itself when a connection ends without a byte.
        provider.arm(
                trial % 3 == 2 ? "/v1/refunds" : "/v1/payment_intents",
                when,
                kind,
                kind.equals("close") ? 2 : 1,
                Duration.ofSeconds(kind.equals("hang") ? 17 : 0));
        long deadline = System.nanoTime() + COMES_BY_WITHIN.toNanos();
        while (!provider.hasStruck()) {
            if (System.nanoTime() > deadline) {
                findings.note("nobody came by " + kind + " " + when);
                return;
            }
            Shop.pause(20);
        }
        recovery.from(what, System.nanoTime());
        Shop.pause(200);
        provider.disarm();
        holdNow();
        Findings.say("%s, %s, %d of %d".formatted(what, kind, trial + 1, Settings.PROVIDER_FAULTS));
    }

    @Test
    @Order(4)
    void the_servers_go_away() throws Exception {
        table.title("away under load for " + Outages.LASTS.toSeconds() + " s");
        for (Outages.Outage outage : outages.all()) {
            findings.during(outage.name());
            int served = 0;
            for (int trial = 0; trial < Settings.OUTAGES; trial++) {
                shop.awaitAll();
                served += outages.let(outage);
                recovery.from(outage.name(), System.nanoTime());
                Shop.pause(1_000);
            }
            if (!outage.name().contains("PostgreSQL") && served == 0) {
                findings.note("nothing was sold meanwhile");
            }
            settle(outage.name());
            Findings.say(served + " orders were placed meanwhile");
        }
        nothingIsViolated();
    }

    private void struck(String what, long nanos) {
        kills++;
        recovery.from(what, nanos);
        holdNow();
    }

    private void holdNow() {
        try {
            invariants.holdNow();
        } catch (AssertionError violated) {
            findings.note(violated.getMessage());
        }
    }

    private void settle(String what) throws Exception {
        settle(List.of(what));
    }

    private void settle(List<String> rows) throws Exception {
        settleOnly();
        for (String what : rows) {
            table.row(what, recovery.count(what), findings.count(what), recovery.times(what));
        }
    }

    /** Lets the customers finish, waits until nothing is under way, and asks everything that can be asked then. */
    private void settleOnly() throws InterruptedException, SQLException, IOException {
        shop.awaitAll();
        load.pause();
        Set<String> left = recovery.awaitSettled();
        if (!left.isEmpty()) {
            findings.note("never settled: " + left);
        }
        try {
            invariants.hold();
        } catch (AssertionError violated) {
            findings.note(violated.getMessage());
        }
        told.isKept(database, provider, servers.mails(), kills);
        load.goOn();
    }

    private void nothingIsViolated() {
        assertThat(findings.all()).isEmpty();
    }

    @AfterAll
    void close() throws Exception {
        if (load != null) {
            load.close();
        }
        if (told != null) {
            List<Duration> starts = shop.starts().stream().sorted().toList();
            table.add("");
            table.add(told.summary() + "; " + told.mails() + " mails, " + told.mailsTwice() + " of them twice; " + kills
                    + " kills"
                    + (starts.isEmpty()
                            ? ""
                            : ", a start took " + Table.seconds(starts.get(starts.size() / 2)) + " (p50), "
                                    + Table.seconds(starts.getLast()) + " (max)")
                    + "; " + shop.failedStarts() + " starts failed; seed " + SEED);
            findings.all().forEach(finding -> table.add("VIOLATION " + finding));
            System.out.println(table.text());
        }
        end();
    }

    private void end() {
        Closing.all(recovery, shop, servers);
    }
}
