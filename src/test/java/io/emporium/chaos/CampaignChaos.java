package io.emporium.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.EmptyFolder;
import io.emporium.LocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A campaign to a hundred thousand customers, its workers killed at every step of it: {@code ./mvnw verify -Pchaos
 * -Dtest=CampaignChaos}, with {@code -Dchaos.recipients} and {@code -Dchaos.rate}. Prints how fast it was, and how much
 * memory the processes had at each tenth of the way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CampaignChaos {
    private static final Duration COMES_BY_WITHIN = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofMinutes(40);
    /** So many mails a process hands over at once: as many may go out again when it is killed. */
    private static final int AT_ONCE = 5;

    private static final int WITHDRAWN = 500;

    private final Findings findings = new Findings();
    private final List<String> table = new ArrayList<>();
    private LocalStack servers;
    private MailSink sink;
    private Shop shop;
    private DataSource database;
    private Client client;
    private int kills;

    @BeforeAll
    void open() throws IOException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
        EmptyFolder.make(Settings.FOLDER);
        Files.createDirectories(Points.ARMED);
        Woven.into(ShopProcess.FOLDER);
        shop = new Shop(findings);
        servers = LocalStack.start(Settings.FOLDER, shop.api());
        sink = new MailSink();
        database = servers.database();
        Map<String, String> environment = new TreeMap<>(servers.environment());
        environment.put("ADMIN_EMAIL", Admin.EMAIL);
        environment.put("ADMIN_PASSWORD", Admin.PASSWORD);
        environment.put("RATE_LIMIT_ENABLED", "false");
        environment.put("JWT_EXPIRY", "24h");
        environment.put("SMTP_HOST", "127.0.0.1");
        environment.put("SMTP_PORT", Integer.toString(sink.port()));
        environment.put("PUBLIC_URL", "https://shop.example");
        shop.open(environment, List.of("a", "b"));
        client = new Client(shop, findings);
    }

    @Test
    void nobody_gets_it_twice_and_nobody_who_has_not_consented() throws Exception {
        people();
        String token = client.ask(
                        "POST", "/auth/login", null, Map.of("email", Admin.EMAIL, "password", Admin.PASSWORD), null)
                .data()
                .path("token")
                .asText();
        String campaign = "/campaigns/"
                + client.ask(
                                "POST",
                                "/campaigns",
                                token,
                                Map.of(
                                        "subject", "Sale, {{first_name}}",
                                        "title", "Everything for autumn",
                                        "content", "**20 %** off all lamps.\n\n- desk\n- floor\n\n".repeat(20),
                                        "cta_text", "To the lamps",
                                        "cta_link", "https://shop.example/lamps",
                                        "rate", Settings.RATE),
                                UUID.randomUUID().toString())
                        .data()
                        .path("campaign_id")
                        .asText();
        // The first of them is met within a second or two, while the audience is made.
        List<String> points = new ArrayList<>(Points.ofCampaigns());
        Points.arm(points.removeFirst());
        long began = System.nanoTime();
        client.ask("POST", campaign + "/send", token, null, UUID.randomUUID().toString());
        died("audience grown, before commit");
        while (number("SELECT count(*) FROM campaigns WHERE audience_at IS NOT NULL") == 0) {
            Shop.pause(50);
        }
        Findings.say(String.format(Locale.ROOT, "audience complete after %.1f s", seconds(began)));
        Set<String> withdrawn = withdraw();
        int tenth = 0;
        long deadline = began + LONGEST.toNanos();
        while (number("SELECT count(*) FROM campaigns WHERE status = 'finished'") == 0) {
            assertThat(System.nanoTime()).as("it comes to an end").isLessThan(deadline);
            int reached = (int) (10 * sink.taken() / Settings.RECIPIENTS);
            if (reached > tenth) {
                tenth = reached;
                said(String.format(
                        Locale.ROOT,
                        "%3d %%: %7.1f s, %,8d mails, memory %s",
                        10 * tenth,
                        seconds(began),
                        sink.taken(),
                        memory()));
                if (!points.isEmpty()) {
                    String point = points.removeFirst();
                    shop.awaitTwo();
                    Points.arm(point);
                    died(point);
                }
            }
            Shop.pause(100);
        }
        double took = seconds(began);
        JsonNode progress = client.get(campaign, token).data().path("progress");
        said(String.format(
                Locale.ROOT,
                "finished: %.1f s, %.1f mails/s with %d kills; %s",
                took,
                sink.taken() / took,
                kills,
                progress));

        long twice =
                sink.mails().values().stream().filter(count -> count.sum() > 1).count();
        said("%d of %d mails came a second time, under the same Message-ID".formatted(twice, sink.taken()));
        assertThat(points).as("killed at each point").isEmpty();
        assertThat(twice).as("beyond those in hand at a kill").isLessThanOrEqualTo((long) kills * AT_ONCE);
        sink.mails().forEach((address, count) -> {
            assertThat(address).as("who has consented").startsWith("consents-");
            assertThat(withdrawn).as("who has withdrawn").doesNotContain(address);
            assertThat(sink.idsOf(address)).as("one mail: " + address).isEqualTo(1);
        });
        assertThat(sink.mails()).hasSize(Settings.RECIPIENTS - withdrawn.size());
        assertThat(progress.path("recipients").asInt()).isEqualTo(Settings.RECIPIENTS);
        assertThat(progress.path("sent").asInt()).isEqualTo(Settings.RECIPIENTS - withdrawn.size());
        assertThat(progress.path("skipped").asInt()).isEqualTo(withdrawn.size());
        assertThat(number("SELECT count(*) FROM deliveries WHERE type = 'promotional'"))
                .isEqualTo(Settings.RECIPIENTS - withdrawn.size());
        assertThat(findings.all()).isEmpty();
    }

    private void people() throws SQLException {
        sql("""
                WITH people AS (
                    INSERT INTO users (email, password_hash, first_name, last_name, email_verified_at)
                    SELECT CASE WHEN n %% 3 = 0 THEN 'never-' ELSE 'consents-' END || n || '@example.com', 'none', 'Ada', 'Lovelace', now()
                      FROM generate_series(1, %d) n RETURNING user_id, email)
                INSERT INTO user_preferences (user_id, promotional_emails, promotional_since)
                SELECT user_id, email LIKE 'consents-%%', CASE WHEN email LIKE 'consents-%%' THEN now() END FROM people
                """.formatted(Settings.RECIPIENTS * 3L / 2));
        sql("ANALYZE users, user_preferences");
        assertThat(number("SELECT count(*) FROM user_preferences WHERE promotional_emails"))
                .isEqualTo(Settings.RECIPIENTS);
    }

    /** Some of those whose turn comes last change their mind while it runs. */
    private Set<String> withdraw() throws SQLException {
        Set<String> addresses = new HashSet<>();
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        UPDATE user_preferences p SET promotional_emails = FALSE, promotional_withdrawn_at = now() FROM users u
                         WHERE u.user_id = p.user_id AND p.user_id IN (
                               SELECT user_id FROM campaign_recipients WHERE status = 'waiting' ORDER BY recipient_id DESC LIMIT %d)
                        RETURNING u.email
                        """.formatted(Math.min(WITHDRAWN, Settings.RECIPIENTS / 10)))) {
            while (rows.next()) {
                addresses.add(rows.getString(1));
            }
        }
        return addresses;
    }

    private void died(String point) throws InterruptedException {
        assertThat(shop.nextDeath(COMES_BY_WITHIN)).as(point).isNotNull();
        kills++;
        said("killed: " + point);
    }

    private String memory() throws IOException {
        return shop.memory().entrySet().stream()
                .map(process -> process.getKey() + " " + process.getValue() + " MB")
                .collect(Collectors.joining(", "));
    }

    private void said(String line) {
        table.add(line);
        Findings.say(line);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private void sql(String statement) throws SQLException {
        try (var connection = database.getConnection();
                var one = connection.createStatement()) {
            one.execute(statement);
        }
    }

    private long number(String query) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @AfterAll
    void close() {
        table.forEach(System.out::println);
        end();
    }

    private void end() {
        Closing.all(shop, servers, sink);
    }
}
