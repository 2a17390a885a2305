package io.emporium.notification.campaign;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.emporium.Shopper;
import io.emporium.shared.PersonalData;
import io.quarkus.arc.All;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promotions: to those who have consented, once each, and left with one click (promise 8; docs/campaigns.md). */
@QuarkusTest
class CampaignTest {
    private static final String CAMPAIGNS = "/api/v1/campaigns";
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @Inject
    EntityManager database;

    @Inject
    CampaignWork work;

    @Inject
    @All
    List<PersonalData> data;

    private static Shopper admin;
    private String mark;
    private final List<Long> campaigns = new ArrayList<>();

    @BeforeEach
    void comeIn() {
        if (admin == null) {
            admin = Shopper.admin();
        }
        mark = "promo-" + UUID.randomUUID();
        // Whoever has consented in other tests would be in every audience.
        sql(
                "UPDATE user_preferences SET promotional_emails = FALSE, promotional_withdrawn_at = now() WHERE promotional_emails");
    }

    /** Who consents here is in the audience of every campaign: nobody stays. */
    @AfterEach
    void clearAway() {
        for (String trigger : List.of("test_hold", "test_fault")) {
            sql("DROP TRIGGER IF EXISTS " + trigger + " ON deliveries");
            sql("DROP TRIGGER IF EXISTS " + trigger + " ON campaigns");
        }
        campaigns.forEach(campaign -> sql("DELETE FROM campaigns WHERE campaign_id = " + campaign));
        sql("DELETE FROM transactions WHERE user_id IN (SELECT user_id FROM users WHERE email LIKE '" + mark + "%')");
        sql(
                "DELETE FROM order_items WHERE order_id IN (SELECT order_id FROM orders JOIN users USING (user_id) WHERE email LIKE '"
                        + mark + "%')");
        sql("DELETE FROM orders WHERE user_id IN (SELECT user_id FROM users WHERE email LIKE '" + mark + "%')");
        sql("DELETE FROM suppressions WHERE address LIKE '" + mark + "%'");
        sql("DELETE FROM users WHERE email LIKE '" + mark + "%'");
    }

    @Test
    void a_campaign_reaches_those_who_have_consented_and_nobody_else() {
        Somebody ann = consenting("Ann <b>&\"co\"</b>");
        Somebody never = somebody("Ned");
        Somebody withdrawn = consenting("Wes");
        sql("UPDATE user_preferences SET promotional_emails = FALSE, promotional_withdrawn_at = now() WHERE user_id = "
                + withdrawn.id());
        Somebody locked = consenting("Loc");
        sql("UPDATE users SET is_active = FALSE WHERE user_id = " + locked.id());
        Somebody noMail = consenting("Nom");
        sql("UPDATE user_preferences SET email_notifications = FALSE WHERE user_id = " + noMail.id());
        Somebody stranger = consenting("Buy my pills");
        unverify(stranger);

        long campaign = created(Map.of(
                "subject",
                "Sale for {{first_name}}",
                "title",
                "All & <i>everything</i>",
                "content",
                "Hello {{first_name}},\n\n**20 %** off. [Lamps](https://shop.example/lamps)"));
        send(campaign);
        JsonPath data = finished(campaign);

        assertThat(data.getInt("data.progress.recipients")).isEqualTo(1);
        assertThat(data.getInt("data.progress.sent")).isEqualTo(1);
        assertThat(data.getInt("data.progress.percent")).isEqualTo(100);
        for (Somebody other : List.of(never, withdrawn, locked, noMail, stranger)) {
            assertThat(mailsTo(other)).isEmpty();
        }
        JsonPath mail = onlyMail(ann);
        assertThat(mail.getString("subject")).isEqualTo("Sale for Ann <b>&\"co\"</b>");
        assertThat(mail.getString("html"))
                .contains("All &amp; &lt;i&gt;everything&lt;/i&gt;", "<strong>20 %</strong>")
                .contains("Hello Ann &lt;b&gt;&amp;&quot;co&quot;&lt;/b&gt;,", "href=\"https://shop.example/lamps\"")
                .doesNotContain("<i>", "<b>", "{{", "NOT_FOUND", "&amp;amp;");
        assertThat(mail.getString("text")).contains("20 %", "https://shop.example/lamps", "/unsubscribe/");
        String link = unsubscribeLink(mail);
        Map<String, String> headers = mail.getMap("headers");
        assertThat(headers)
                .containsEntry("List-Unsubscribe", "<" + link + ">")
                .containsEntry("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
                .containsEntry("Precedence", "bulk");
        assertThat(mail.getString("html")).contains("href=\"" + link + "\"");
    }

    @Test
    void who_withdraws_consent_or_is_locked_after_the_audience_was_made_gets_nothing() {
        Somebody stays = consenting("Sue");
        Somebody withdraws = consenting("Wes");
        Somebody locked = consenting("Loc");
        Somebody suppressed = consenting("Sup");
        long campaign = created(Map.of());
        // As it is between two steps: the audience is there, no mail is written.
        sql("UPDATE campaigns SET status = 'paused', started_at = now(), audience_at = now() WHERE campaign_id = "
                + campaign);
        for (Somebody one : List.of(withdraws, locked, suppressed, stays)) {
            sql("INSERT INTO campaign_recipients (campaign_id, user_id) VALUES (" + campaign + ", " + one.id() + ")");
        }
        sql("UPDATE user_preferences SET promotional_emails = FALSE, promotional_withdrawn_at = now() WHERE user_id = "
                + withdraws.id());
        sql("UPDATE users SET is_active = FALSE WHERE user_id = " + locked.id());
        suppress(suppressed);
        Somebody stranger = consenting("Str");
        unverify(stranger);
        sql("INSERT INTO campaign_recipients (campaign_id, user_id) VALUES (" + campaign + ", " + stranger.id() + ")");
        move(campaign, "resume").then().statusCode(200);

        JsonPath data = finished(campaign);
        assertThat(data.getInt("data.progress.sent")).isEqualTo(1);
        assertThat(data.getInt("data.progress.skipped")).isEqualTo(4);
        assertThat(text("SELECT skipped_because FROM campaign_recipients WHERE user_id = " + stranger.id()))
                .isEqualTo("no_consent");
        assertThat(text("SELECT skipped_because FROM campaign_recipients WHERE user_id = " + suppressed.id()))
                .isEqualTo("suppressed");
        onlyMail(stays);
        assertThat(text("SELECT skipped_because FROM campaign_recipients WHERE user_id = " + withdraws.id()))
                .isEqualTo("no_consent");
        assertThat(text("SELECT skipped_because FROM campaign_recipients WHERE user_id = " + locked.id()))
                .isEqualTo("inactive");
        assertThat(mailsTo(withdraws)).isEmpty();
    }

    @Test
    void who_withdraws_consent_while_the_mail_waits_gets_nothing() {
        Somebody stays = consenting("Sue");
        Somebody withdraws = consenting("Wes");
        Somebody locked = consenting("Loc");
        Somebody suppressed = consenting("Sup");
        Somebody stranger = consenting("Str");
        hold();
        long campaign = created(Map.of());
        send(campaign);
        awaitPending(campaign, 5);
        suppress(suppressed);
        unverify(stranger);
        sql("UPDATE user_preferences SET promotional_emails = FALSE, promotional_withdrawn_at = now() WHERE user_id = "
                + withdraws.id());
        sql("UPDATE users SET is_active = FALSE WHERE user_id = " + locked.id());
        release(campaign);

        JsonPath data = finished(campaign);
        assertThat(data.getInt("data.progress.sent")).isEqualTo(1);
        assertThat(data.getInt("data.progress.skipped")).isEqualTo(4);
        onlyMail(stays);
        assertThat(mailsTo(suppressed)).isEmpty();
        assertThat(mailsTo(stranger)).isEmpty();
        assertThat(mailsTo(withdraws)).isEmpty();
        assertThat(mailsTo(locked)).isEmpty();
    }

    @Test
    void what_is_stopped_sends_nothing_and_goes_on_where_it_stopped() {
        Somebody ann = consenting("Ann");
        hold();
        long campaign = created(Map.of());
        send(campaign);
        awaitPending(campaign, 1);
        sql("DROP TRIGGER test_hold ON deliveries");
        move(campaign, "pause").then().statusCode(200).body("data.status", equalTo("paused"));
        release(campaign);
        // A later promotion takes the same way, and this one is not on it.
        long other = created(Map.of());
        send(other);
        finished(other);
        assertThat(mailsTo(ann)).hasSize(1);
        assertThat(count(
                        "SELECT count(*) FROM deliveries JOIN campaign_recipients ON recipient_id = campaign_recipient_id"
                                + " WHERE deliveries.status = 'pending' AND campaign_id = " + campaign))
                .isEqualTo(1);
        move(campaign, "pause").then().statusCode(409).body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        move(campaign, "send").then().statusCode(409);
        move(campaign, "resume").then().statusCode(200).body("data.status", equalTo("sending"));
        finished(campaign);
        await().atMost(LONG).untilAsserted(() -> assertThat(mailsTo(ann)).hasSize(2));
    }

    @Test
    void what_is_cancelled_sends_nothing_any_more() {
        Somebody queued = consenting("Ann");
        Somebody waiting = consenting("Wes");
        hold();
        long campaign = created(Map.of());
        send(campaign);
        awaitPending(campaign, 2);
        // One whose mail is not written yet.
        sql("DELETE FROM deliveries WHERE user_id = " + waiting.id());
        sql(
                "UPDATE campaign_recipients SET status = 'waiting', click_hash = NULL, unsubscribe_hash = NULL WHERE user_id = "
                        + waiting.id());
        move(campaign, "cancel").then().statusCode(200).body("data.status", equalTo("cancelled"));
        release(campaign);
        await().atMost(LONG)
                .untilAsserted(() -> get(campaign)
                        .then()
                        .body("data.progress.skipped", equalTo(2))
                        .body("data.progress.queued", equalTo(0)));
        assertThat(mailsTo(queued)).isEmpty();
        assertThat(mailsTo(waiting)).isEmpty();
        for (String how : List.of("send", "pause", "resume", "cancel")) {
            move(campaign, how).then().statusCode(409);
        }
    }

    @Test
    void nobody_gets_it_twice_wherever_the_worker_dies() {
        List<Somebody> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(consenting("Ann"));
        }
        long campaign = created(Map.of());
        // Its transaction does not come to an end, as if the process had died: first that of the audience, then that of
        // the mails.
        fault("audience_up_to");
        send(campaign);
        awaitFaults(2);
        assertThat(count("SELECT count(*) FROM campaign_recipients WHERE campaign_id = " + campaign))
                .isZero();
        fault("paced_until");
        awaitFaults(2);
        assertThat(count("SELECT count(*) FROM campaign_recipients WHERE status = 'waiting' AND campaign_id = "
                        + campaign))
                .isEqualTo(5);
        sql("DROP TRIGGER test_fault ON campaigns");
        finished(campaign);
        all.forEach(this::onlyMail);

        // And begun anew from the start, as from a back-up of the campaign alone: now the constraints are all that is
        // left.
        sql(
                "UPDATE campaigns SET status = 'sending', finished_at = NULL, audience_at = NULL, audience_up_to = 0 WHERE campaign_id = "
                        + campaign);
        finished(campaign);
        assertThat(count("SELECT count(*) FROM campaign_recipients WHERE campaign_id = " + campaign))
                .isEqualTo(5);
        sql(
                "UPDATE campaign_recipients SET status = 'waiting', click_hash = NULL, unsubscribe_hash = NULL WHERE campaign_id = "
                        + campaign);
        sql("UPDATE campaigns SET status = 'sending', finished_at = NULL WHERE campaign_id = " + campaign);
        finished(campaign);
        assertThat(count(
                        "SELECT count(*) FROM campaign_recipients WHERE skipped_because = 'address_taken' AND campaign_id = "
                                + campaign))
                .isEqualTo(5);
        all.forEach(one -> assertThat(mailsTo(one)).hasSize(1));
    }

    @Test
    void it_keeps_to_its_rate() {
        for (int i = 0; i < 20; i++) {
            consenting("Ann");
        }
        long campaign = created(Map.of("rate", 5));
        send(campaign);
        finished(campaign);
        // Five at once, and the other fifteen five a second.
        assertThat(count(
                        "SELECT extract(EPOCH FROM finished_at - started_at) * 1000 FROM campaigns WHERE campaign_id = "
                                + campaign))
                .isGreaterThanOrEqualTo(2_900);
    }

    @Test
    void no_more_mails_are_written_while_the_last_ones_have_not_left() {
        for (int i = 0; i < 25; i++) {
            consenting("Ann");
        }
        hold();
        long campaign = created(Map.of("rate", 10));
        send(campaign);
        await().atMost(LONG).until(() -> queued(campaign) >= 20);
        for (int i = 0; i < 3; i++) {
            sql("UPDATE campaigns SET paced_until = NULL WHERE campaign_id = " + campaign);
            work.step(campaign);
        }
        assertThat(queued(campaign)).isEqualTo(20);
    }

    /** Greylisting and full mailboxes may put a mail off for hours. */
    @Test
    void mailboxes_that_put_their_mails_off_stop_no_other() {
        List<Somebody> full = new ArrayList<>();
        List<Somebody> others = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            if (i < 25) {
                full.add(consenting("Full"));
            }
            others.add(consenting("Ann"));
        }
        putOff(full.stream().map(Somebody::id).toList());
        long campaign = created(Map.of("rate", 10));
        send(campaign);
        await().atMost(LONG)
                .untilAsserted(() -> get(campaign)
                        .then()
                        .body("data.progress.sent", equalTo(30))
                        .body("data.progress.queued", equalTo(25)));
        others.forEach(this::onlyMail);
    }

    @Test
    void mails_that_are_put_off_do_not_grow_without_end() {
        consenting("Ann");
        long campaign = created(Map.of("rate", 10));
        sql("INSERT INTO users (email, password_hash, first_name, last_name) SELECT '" + mark
                + "-full-' || i || '@example.com', 'x', 'Full', 'Doe' FROM generate_series(1, 1020) i");
        sql("INSERT INTO campaign_recipients (campaign_id, user_id, status) SELECT " + campaign
                + ", user_id, 'queued' FROM users WHERE email LIKE '" + mark + "-full-%'");
        sql(
                "INSERT INTO deliveries (user_id, channel, type, event_id, recipient, body_text, next_try_at, campaign_recipient_id, purpose)"
                        + " SELECT user_id, 'email', 'promotional', gen_random_uuid(), email, 'Hello', now() + interval '1 hour', recipient_id,"
                        + " 'promotion' FROM campaign_recipients JOIN users USING (user_id) WHERE campaign_id = "
                        + campaign);
        send(campaign);
        await().atMost(LONG)
                .until(() -> count("SELECT count(*) FROM campaigns WHERE audience_at IS NOT NULL AND campaign_id = "
                                + campaign)
                        == 1);
        for (int i = 0; i < 3; i++) {
            work.step(campaign);
        }
        assertThat(queued(campaign)).isEqualTo(1020);
        sql("DELETE FROM deliveries WHERE user_id = (SELECT user_id FROM users WHERE email = '" + mark
                + "-full-7@example.com')");
        sql(
                "UPDATE campaign_recipients SET status = 'failed' WHERE user_id = (SELECT user_id FROM users WHERE email = '"
                        + mark + "-full-7@example.com')");
        await().atMost(LONG).untilAsserted(() -> get(campaign).then().body("data.progress.sent", equalTo(1)));
    }

    @Test
    void the_audience_is_who_bought_spent_or_stayed_away() {
        Somebody buyer = consenting("Buy");
        Somebody cancelled = consenting("Can");
        Somebody spender = consenting("Spe");
        Somebody refunded = consenting("Ref");
        Somebody away = consenting("Awa");
        Somebody returned = consenting("Ret");
        String category = "lamps-" + UUID.randomUUID();
        bought(buyer, category, "confirmed", "99.99");
        bought(cancelled, category, "cancelled", "500.00");
        bought(spender, "other", "delivered", "60.00");
        bought(spender, "other", "delivered", "40.00");
        bought(refunded, "other", "delivered", "100.00");
        sql(
                "INSERT INTO transactions (order_id, user_id, transaction_reference, transaction_type, payment_method, amount, currency, status)"
                        + " SELECT order_id, user_id, gen_random_uuid(), 'refund', 'credit_card', -0.01, 'USD', 'completed' FROM orders WHERE user_id = "
                        + refunded.id());
        sql("UPDATE users SET created_at = '2010-01-01' WHERE user_id IN (" + away.id() + ", " + returned.id() + ")");
        sql("INSERT INTO sessions (session_id, user_id, last_used_at, expires_at) VALUES (gen_random_uuid(), "
                + returned.id() + ", '2011-06-01T12:00:00Z', now())");

        assertThat(audience(Map.of("bought_category", category))).containsExactly(buyer.id());
        assertThat(audience(Map.of("spent_at_least", 100))).containsExactly(spender.id());
        assertThat(audience(Map.of("spent_at_least", 99.99))).containsExactly(buyer.id(), spender.id(), refunded.id());
        assertThat(audience(Map.of("inactive_since", "2011-06-02"))).containsExactly(away.id(), returned.id());
        assertThat(audience(Map.of("inactive_since", "2011-06-01"))).containsExactly(away.id());
        assertThat(audience(Map.of("bought_category", category, "spent_at_least", 100)))
                .isEmpty();
        bought(away, "other", "confirmed", "1.00");
        assertThat(audience(Map.of("inactive_since", "2011-06-02"))).containsExactly(returned.id());
    }

    /** Who leaves the shop and unsubscribes at the same moment: each would have what the other waits for. */
    @Test
    void unsubscribing_waits_for_whoever_erases_the_account() throws Exception {
        Somebody ann = consenting("Ann");
        long campaign = created(Map.of());
        send(campaign);
        finished(campaign);
        String link = unsubscribeLink(onlyMail(ann));
        try (var hands = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> left = QuarkusTransaction.requiringNew().call(() -> {
                // As Erasure has it: the account first, then the modules in no particular order.
                run("SELECT 1 FROM users WHERE user_id = " + ann.id() + " FOR UPDATE");
                run("SELECT 1 FROM user_preferences WHERE user_id = " + ann.id() + " FOR UPDATE");
                Future<Integer> answer = hands.submit(() -> given().post(link).statusCode());
                await().pollInSameThread()
                        .atMost(LONG)
                        .until(() -> ((Number) database.createNativeQuery("SELECT count(*) FROM pg_stat_activity"
                                                        + " WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")
                                                .getSingleResult())
                                        .longValue()
                                > 0);
                run("SELECT 1 FROM campaign_recipients WHERE user_id = " + ann.id() + " FOR UPDATE");
                return answer;
            });
            assertThat(left.get()).isEqualTo(200);
        }
        assertThat(consents(ann)).isFalse();
    }

    private void run(String query) {
        database.createNativeQuery(query).getResultList();
    }

    @Test
    void one_click_unsubscribes_signed_out_at_once_and_again_is_the_same() {
        Somebody ann = consenting("Ann");
        long campaign = created(Map.of());
        send(campaign);
        finished(campaign);
        String link = unsubscribeLink(onlyMail(ann));

        // Programs that look through mails follow every link.
        for (int i = 0; i < 2; i++) {
            given().accept("text/html")
                    .get(link)
                    .then()
                    .statusCode(200)
                    .contentType("text/html")
                    .header("Content-Security-Policy", containsString("default-src 'none'; style-src 'sha256-"))
                    .header("Content-Security-Policy", containsString("form-action 'self'"))
                    .header("Cache-Control", "no-store")
                    .header("Referrer-Policy", "no-referrer")
                    .body(containsString("<form method=\"post\">"));
        }
        assertThat(consents(ann)).isTrue();

        for (int i = 0; i < 2; i++) {
            given().contentType("application/x-www-form-urlencoded")
                    .body("List-Unsubscribe=One-Click")
                    .post(link)
                    .then()
                    .statusCode(200);
            assertThat(consents(ann)).isFalse();
        }
        given().accept("text/html").post(link).then().statusCode(200).body(containsString("You are unsubscribed"));
        get(campaign).then().body("data.progress.unsubscribed", equalTo(1));
        assertThat(count("SELECT count(*) FROM campaign_recipients r JOIN user_preferences USING (user_id)"
                        + " WHERE r.unsubscribed_at IS NOT NULL AND promotional_withdrawn_at IS NOT NULL AND user_id = "
                        + ann.id()))
                .isEqualTo(1);

        // It never expires: who consents anew can leave by it anew.
        sql("UPDATE user_preferences SET promotional_emails = TRUE, promotional_withdrawn_at = NULL WHERE user_id = "
                + ann.id());
        given().multiPart("List-Unsubscribe", "One-Click").post(link).then().statusCode(200);
        assertThat(consents(ann)).isFalse();
    }

    @Test
    void a_forged_link_is_none() {
        Somebody ann = consenting("Ann");
        long campaign = created(Map.of("cta_text", "Go", "cta_link", "https://shop.example/a"));
        send(campaign);
        finished(campaign);
        JsonPath mail = onlyMail(ann);
        String link = unsubscribeLink(mail);
        String token = link.substring(link.lastIndexOf('/') + 1);
        String click = clickLink(mail).substring(clickLink(mail).lastIndexOf('/') + 1);
        String flipped = token.substring(0, 30) + (token.charAt(30) == 'A' ? 'B' : 'A') + token.substring(31);
        String otherHalf = (token.charAt(0) == 'A' ? "B" : "A") + token.substring(1);
        // The call to action's token is no right to unsubscribe, not even with something behind it.
        for (String forged : List.of(
                flipped,
                otherHalf,
                click,
                click + token.substring(0, 21),
                token + "A",
                token.substring(1),
                "x",
                "1",
                "..",
                "%00",
                "A".repeat(43),
                "A".repeat(5000))) {
            given().urlEncodingEnabled(false)
                    .post("/api/v1/unsubscribe/" + forged)
                    .then()
                    .statusCode(404)
                    .body("error.code", equalTo("RESOURCE_NOT_FOUND"));
        }
        given().post("/api/v1/unsubscribe/" + flipped)
                .then()
                .body("error.message", equalTo("Link not found"))
                .body("error.details.size()", equalTo(0));
        given().get("/api/v1/unsubscribe/" + flipped).then().statusCode(404);
        given().accept("text/html")
                .get("/api/v1/unsubscribe/" + flipped)
                .then()
                .statusCode(404)
                .contentType("text/html")
                .body(containsString("We do not know this link"));
        given().redirects().follow(false).get("/api/v1/c/" + flipped).then().statusCode(404);
        assertThat(consents(ann)).isTrue();
    }

    @Test
    void a_link_has_one_spelling() {
        Somebody ann = consenting("Ann");
        long campaign = created(Map.of("cta_text", "Go", "cta_link", "https://shop.example/a"));
        send(campaign);
        finished(campaign);
        JsonPath mail = onlyMail(ann);
        for (String link : List.of(unsubscribeLink(mail), clickLink(mail))) {
            String allButOne = link.substring(0, link.length() - 1);
            for (char last : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".toCharArray()) {
                int expected = last != link.charAt(link.length() - 1) ? 404 : link.contains("/c/") ? 302 : 200;
                given().redirects().follow(false).get(allButOne + last).then().statusCode(expected);
            }
            given().get(link + "=").then().statusCode(404);
        }
    }

    @Test
    void the_call_to_action_leads_where_the_campaign_says_and_is_counted_once() {
        Somebody ann = consenting("Ann");
        long campaign = created(Map.of("cta_text", "To the <lamps>", "cta_link", "https://shop.example/lamps?a=1&b=2"));
        send(campaign);
        finished(campaign);
        JsonPath mail = onlyMail(ann);
        assertThat(mail.getString("html")).contains("To the &lt;lamps&gt;</a>").doesNotContain("shop.example/lamps");
        String link = clickLink(mail);
        for (String address : List.of(link, link + "?url=https://evil.example", link + "?to=//evil.example#x")) {
            given().redirects()
                    .follow(false)
                    .get(address)
                    .then()
                    .statusCode(302)
                    .header("Location", "https://shop.example/lamps?a=1&b=2")
                    .header("Cache-Control", "no-store");
        }
        get(campaign).then().body("data.progress.clicked", equalTo(1));
    }

    @Test
    void hostile_contents_are_shown_as_text_and_lead_nowhere() {
        long campaign = created(
                Map.of(
                        "subject",
                        "Sale <script>",
                        "content",
                        "<script>alert(1)</script> <img src=x onerror=alert(1)>\n\n[a](javascript:alert(1)) [b](JaVaScRiPt&colon;alert(1))"
                                + " [c](data:text/html,x) <javascript:alert(2)> [d](//evil.example/x) [e](vbscript:x) [j](javascript://evil.example/%0aalert(1)) ![f](javascript:x)"
                                + " ![g](http://evil.example/p.png) [h](https://ok.example \"\\\" onclick=alert(1) x=\")\n\n[i]: javascript:alert(3)\n\n[i]"
                                + "\n\n{7+7} {{7+7}} ${7+7} {#if 1}x{/if} \u202Etxt.exe\u2066 end"
                                + "\n\n&#x202E;&#8294;gpj&rlm; .exe&#xD800;&#7; [to&#8238;o](https://ok.example/&#x202E;p \"&#x2067;t\")"));
        JsonPath preview = admin.json()
                .post(CAMPAIGNS + "/" + campaign + "/preview")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        String html = preview.getString("data.html");
        assertThat(html)
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "{7+7} {{7+7}} ${7+7} {#if 1}x{/if}")
                .doesNotContain("<script", "<img", "evil.example", "&amp;lt;")
                .doesNotContainPattern("(?i)(href|src)=\"(javascript|data|vbscript|//)");
        for (String part : List.of(html, preview.getString("data.text"))) {
            assertThat(part)
                    .contains("txt.exe end", "gpj .exe")
                    .doesNotContainPattern("[\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069\\p{Cs}[\\p{Cc}&&[^\\n]]]");
        }
        assertThat(html)
                .contains("<a href=\"https://ok.example/p\" title=\"t\"")
                .contains(">too</a>");
        assertThat(html).contains("href=\"https://ok.example\" title=\"&quot; onclick=alert(1) x=\"");
        assertThat(preview.getString("data.subject")).isEqualTo("Sale <script>");
        assertThat(html).contains("<title>Sale &lt;script&gt;</title>");
    }

    @Test
    void what_is_no_campaign_is_refused() {
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("subject", "a\r\nBcc: all@example.com"),
                Map.of("title", " "),
                Map.of("content", ""),
                Map.of("content", "x".repeat(20_001)),
                Map.of("cta_text", "Go"),
                Map.of("cta_link", "https://shop.example"),
                Map.of("cta_text", "Go", "cta_link", "javascript:alert(1)"),
                Map.of("cta_text", "Go", "cta_link", "http://shop.example"),
                Map.of("cta_text", "Go", "cta_link", "https:shop.example"),
                Map.of("cta_text", "Go", "cta_link", "https://user@evil.example"),
                Map.of("cta_text", "Go", "cta_link", "https://shop.example/\r\nSet-Cookie: a=b"),
                Map.of("rate", 0),
                Map.of("rate", 501),
                Map.of("scheduled_at", "2001-01-01T00:00:00Z"),
                Map.of("scheduled_at", "+999999999-01-01T00:00:00Z"),
                Map.of("audience", Map.of("spent_at_least", 0)),
                Map.of("audience", Map.of("spent_at_least", 1.001)),
                Map.of("audience", Map.of("inactive_since", "+999999-01-01")))) {
            admin.json()
                    .body(with(wrong))
                    .post(CAMPAIGNS)
                    .then()
                    .statusCode(400)
                    .body("error.code", equalTo("VALIDATION_ERROR"));
        }
    }

    @Test
    void only_a_draft_can_be_changed_and_only_by_an_admin() {
        long campaign = created(Map.of("audience", Map.of("bought_category", "none-" + UUID.randomUUID())));
        admin.json()
                .body(with(Map.of(
                        "title",
                        "New title",
                        "rate",
                        7,
                        "audience",
                        Map.of("bought_category", "none-" + UUID.randomUUID(), "spent_at_least", 10.5))))
                .put(CAMPAIGNS + "/" + campaign)
                .then()
                .statusCode(200)
                .body("data.title", equalTo("New title"))
                .body("data.rate", equalTo(7))
                .body("data.audience.spent_at_least", equalTo(10.5f));
        send(campaign);
        finished(campaign);
        admin.json()
                .body(with(Map.of()))
                .put(CAMPAIGNS + "/" + campaign)
                .then()
                .statusCode(409)
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"));
        move(campaign, "send").then().statusCode(409);
        admin.json()
                .get(CAMPAIGNS + "?status=finished&limit=1")
                .then()
                .statusCode(200)
                .body("data.campaigns", hasSize(1));
        admin.json().get(CAMPAIGNS + "?status=lost").then().statusCode(400);
        admin.json().get(CAMPAIGNS + "/7000000001").then().statusCode(404);

        Shopper customer = Shopper.registered();
        customer.json().body(with(Map.of())).post(CAMPAIGNS).then().statusCode(403);
        customer.json().get(CAMPAIGNS + "/" + campaign).then().statusCode(403);
        customer.json().post(CAMPAIGNS + "/" + campaign + "/send").then().statusCode(403);
        given().contentType(ContentType.JSON)
                .body(with(Map.of()))
                .post(CAMPAIGNS)
                .then()
                .statusCode(401);
    }

    @Test
    void sent_twice_with_one_key_is_sent_once() {
        long campaign = created(Map.of("audience", Map.of("bought_category", "none-" + UUID.randomUUID())));
        String key = UUID.randomUUID().toString();
        for (int i = 0; i < 2; i++) {
            admin.json()
                    .header("Idempotency-Key", key)
                    .post(CAMPAIGNS + "/" + campaign + "/send")
                    .then()
                    .statusCode(200)
                    .body("data.status", equalTo("sending"));
        }
    }

    @Test
    void a_test_mail_goes_to_the_admin_alone_and_counts_nowhere() {
        Somebody ann = consenting("Ann");
        long campaign = created(Map.of("subject", mark + " {{first_name}}"));
        admin.json().post(CAMPAIGNS + "/" + campaign + "/test").then().statusCode(200);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(mailsTo(admin.email).stream()
                                .filter(mail ->
                                        String.valueOf(mail.get("subject")).startsWith(mark)))
                        .hasSize(1));
        JsonPath mail = mail(mailsTo(admin.email).stream()
                .filter(one -> String.valueOf(one.get("subject")).startsWith(mark))
                .findFirst()
                .orElseThrow()
                .get("id"));
        String link = unsubscribeLink(mail);
        given().accept("text/html").get(link).then().statusCode(200).body(containsString("This is a test"));
        given().post(link).then().statusCode(200);
        assertThat(mailsTo(ann)).isEmpty();
        get(campaign).then().body("data.status", equalTo("draft")).body("data.progress.recipients", equalTo(0));
    }

    @Test
    void what_is_scheduled_is_sent_when_its_time_has_come() {
        Somebody ann = consenting("Ann");
        long campaign =
                created(Map.of("scheduled_at", Instant.now().plusSeconds(3_600).toString()));
        move(campaign, "send").then().statusCode(200).body("data.status", equalTo("scheduled"));
        move(campaign, "pause").then().statusCode(409);
        sql("UPDATE campaigns SET scheduled_at = now() WHERE campaign_id = " + campaign);
        finished(campaign);
        onlyMail(ann);
    }

    @Test
    void a_mail_that_is_refused_counts_as_failed_and_as_sent_once_it_is_replayed() {
        Somebody ann = consenting("Ann");
        hold();
        long campaign = created(Map.of());
        send(campaign);
        awaitPending(campaign, 1);
        sql("UPDATE deliveries SET status = 'parked' WHERE user_id = " + ann.id());
        JsonPath data = finished(campaign);
        assertThat(data.getInt("data.progress.failed")).isEqualTo(1);
        long parked = count("SELECT delivery_id FROM deliveries WHERE user_id = " + ann.id());
        admin.json()
                .post("/api/v1/admin/outbox/parked/" + parked + "/replay")
                .then()
                .statusCode(200);
        await().atMost(LONG)
                .untilAsserted(() -> get(campaign)
                        .then()
                        .body("data.progress.failed", equalTo(0))
                        .body("data.progress.sent", equalTo(1)));
        onlyMail(ann);
    }

    @Test
    void who_is_erased_while_the_mail_waits_is_waited_for_no_more() {
        Somebody stays = consenting("Sue");
        Somebody queued = consenting("Quinn");
        Somebody waiting = consenting("Wes");
        hold();
        long campaign = created(Map.of());
        send(campaign);
        awaitPending(campaign, 3);
        // One whose mail is not written yet, and is not for a day.
        sql("UPDATE campaigns SET paced_until = now() + interval '1 day' WHERE campaign_id = " + campaign);
        sql("DELETE FROM deliveries WHERE user_id = " + waiting.id());
        sql(
                "UPDATE campaign_recipients SET status = 'waiting', click_hash = NULL, unsubscribe_hash = NULL WHERE user_id = "
                        + waiting.id());

        for (Somebody leaving : List.of(queued, waiting)) {
            QuarkusTransaction.requiringNew()
                    .run(() -> data.stream()
                            .filter(it -> it.sections().stream()
                                    .anyMatch(section -> section.name().equals("campaigns")))
                            .forEach(it -> it.erase(leaving.id())));
        }
        sql("UPDATE campaigns SET paced_until = NULL WHERE campaign_id = " + campaign);
        release(campaign);

        JsonPath progress = finished(campaign);
        assertThat(progress.getInt("data.progress.sent")).isEqualTo(1);
        assertThat(progress.getInt("data.progress.skipped")).isEqualTo(2);
        onlyMail(stays);
    }

    @Test
    void a_subject_that_a_name_makes_too_long_is_cut() {
        // Of two chars each: a cut in the middle of one would show.
        String smiling = "\uD83D\uDE00";
        Somebody ann = consenting(smiling.repeat(100));
        long campaign = created(Map.of("subject", "x".repeat(180) + "{{first_name}}"));
        send(campaign);
        finished(campaign);
        onlyMail(ann);
        assertThat(text("SELECT subject FROM deliveries WHERE user_id = " + ann.id()))
                .isEqualTo("x".repeat(180) + smiling.repeat(74) + "…");
    }

    @Test
    void one_whose_mail_cannot_be_stored_holds_up_nobody() {
        List<Somebody> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(consenting("Ann"));
        }
        Somebody spoilt = all.get(1);
        sql("""
                CREATE OR REPLACE FUNCTION test_fault() RETURNS TRIGGER LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'value too long' USING ERRCODE = '22001'; END $$
                """);
        sql("CREATE TRIGGER test_fault BEFORE INSERT ON deliveries FOR EACH ROW WHEN (NEW.recipient = '"
                + spoilt.email() + "') EXECUTE FUNCTION test_fault()");
        long campaign = created(Map.of());
        send(campaign);

        JsonPath progress = finished(campaign);
        assertThat(progress.getInt("data.progress.sent")).isEqualTo(3);
        assertThat(progress.getInt("data.progress.failed")).isEqualTo(1);
        assertThat(mailsTo(spoilt)).isEmpty();
        all.stream().filter(one -> one != spoilt).forEach(this::onlyMail);
    }

    private record Somebody(long id, String email) {}

    private Somebody somebody(String firstName) {
        String email = mark + "-" + NUMBER.incrementAndGet() + "@example.com";
        long id = QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(
                                        "INSERT INTO users (email, password_hash, first_name, last_name, email_verified_at) VALUES (:email, 'x', :name, 'Doe', now()) RETURNING user_id")
                                .setParameter("email", email)
                                .setParameter("name", firstName)
                                .getSingleResult())
                        .longValue());
        return new Somebody(id, email);
    }

    private Somebody consenting(String firstName) {
        Somebody one = somebody(firstName);
        sql("INSERT INTO user_preferences (user_id, promotional_emails, promotional_since) VALUES (" + one.id()
                + ", TRUE, now())");
        return one;
    }

    private void unverify(Somebody one) {
        sql("UPDATE users SET email_verified_at = NULL WHERE user_id = " + one.id());
    }

    private void suppress(Somebody one) {
        sql("INSERT INTO suppressions (address, reason, created_at) VALUES ('" + one.email()
                + "', 'complaint', now())");
    }

    private boolean consents(Somebody one) {
        return count("SELECT count(*) FROM user_preferences WHERE promotional_emails AND user_id = " + one.id()) == 1;
    }

    private void bought(Somebody who, String category, String status, String total) {
        sql("""
                WITH product AS (INSERT INTO products (name, price, category, sku) VALUES ('Lamp', %1$s, '%2$s', gen_random_uuid()) RETURNING product_id),
                placed AS (
                    INSERT INTO orders (user_id, order_number, status, cancel_reason, payment_method, payment_status, total_amount, currency,
                        ship_to_name, ship_to_line1, ship_to_city, ship_to_state, ship_to_postal_code, ship_to_country, expires_at)
                    VALUES (%3$d, 'ORD-' || gen_random_uuid(), '%4$s', %5$s, 'credit_card', '%6$s', %1$s, 'USD', 'x', 'x', 'x', 'x', 'x', 'x', now())
                    RETURNING order_id),
                paid AS (
                    INSERT INTO transactions (order_id, user_id, transaction_reference, payment_method, amount, currency, status)
                    SELECT order_id, %3$d, gen_random_uuid(), 'credit_card', %1$s, 'USD', '%7$s' FROM placed)
                INSERT INTO order_items (order_id, product_id, product_name, sku, quantity, price, subtotal)
                SELECT order_id, product_id, 'Lamp', 'LAMP', 1, %1$s, %1$s FROM placed CROSS JOIN product
                """.formatted(
                        total,
                        category,
                        who.id(),
                        status,
                        status.equals("cancelled") ? "'customer'" : "NULL",
                        status.equals("cancelled") ? "failed" : "completed",
                        status.equals("cancelled") ? "failed" : "completed"));
    }

    /** Who of these is in it; no mail is sent. */
    private List<Long> audience(Map<String, Object> filter) {
        long campaign = created(Map.of("audience", filter));
        sql("UPDATE campaigns SET paced_until = now() + interval '1 day' WHERE campaign_id = " + campaign);
        send(campaign);
        await().atMost(LONG)
                .untilAsserted(() -> get(campaign).then().body("data.progress.audience_complete", equalTo(true)));
        List<Long> ids = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "SELECT user_id FROM campaign_recipients JOIN users USING (user_id) WHERE email LIKE '"
                                        + mark + "%' AND campaign_id = " + campaign + " ORDER BY user_id",
                                Long.class)
                        .getResultList());
        move(campaign, "cancel").then().statusCode(200);
        return ids;
    }

    private static Map<String, Object> with(Map<String, Object> more) {
        Map<String, Object> body =
                new HashMap<>(Map.of("subject", "Sale", "title", "Everything", "content", "Come in.", "rate", 500));
        body.putAll(more);
        return body;
    }

    private long created(Map<String, Object> more) {
        long id = admin.json()
                .body(with(more))
                .post(CAMPAIGNS)
                .then()
                .statusCode(201)
                .body("data.status", equalTo("draft"))
                .extract()
                .jsonPath()
                .getLong("data.campaign_id");
        campaigns.add(id);
        return id;
    }

    private void send(long campaign) {
        move(campaign, "send").then().statusCode(200).body("data.status", equalTo("sending"));
    }

    private Response move(long campaign, String how) {
        return admin.json().post(CAMPAIGNS + "/" + campaign + "/" + how);
    }

    private Response get(long campaign) {
        return admin.json().get(CAMPAIGNS + "/" + campaign);
    }

    private JsonPath finished(long campaign) {
        await().atMost(LONG).untilAsserted(() -> get(campaign).then().body("data.status", equalTo("finished")));
        return get(campaign).jsonPath();
    }

    /** From now on the mails of campaigns wait until they are released, as if somebody had them in hand. */
    private void hold() {
        wait("NEW.next_try_at := now() + interval '1 hour'; NEW.claimed_at := now()", "TRUE");
    }

    /** As after a mail server's 451. */
    private void putOff(List<Long> users) {
        wait(
                "NEW.next_try_at := now() + interval '1 hour'",
                "NEW.user_id IN ("
                        + String.join(", ", users.stream().map(String::valueOf).toList()) + ")");
    }

    private void wait(String how, String who) {
        sql("CREATE OR REPLACE FUNCTION test_hold() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN " + how
                + "; RETURN NEW; END $$");
        sql("CREATE TRIGGER test_hold BEFORE INSERT ON deliveries FOR EACH ROW WHEN (NEW.type = 'promotional' AND "
                + who + ") EXECUTE FUNCTION test_hold()");
    }

    private void awaitPending(long campaign, int mails) {
        await().atMost(LONG).until(() -> queued(campaign) == mails);
    }

    private long queued(long campaign) {
        return count("SELECT count(*) FROM campaign_recipients WHERE status = 'queued' AND campaign_id = " + campaign);
    }

    private void release(long campaign) {
        sql(
                "UPDATE deliveries SET next_try_at = now() WHERE campaign_recipient_id IN (SELECT recipient_id FROM campaign_recipients WHERE campaign_id = "
                        + campaign + ")");
    }

    /** Every transaction that has changed this column of a campaign fails at its end. */
    private void fault(String column) {
        sql("CREATE SEQUENCE IF NOT EXISTS test_faults");
        sql("ALTER SEQUENCE test_faults RESTART");
        sql("DROP TRIGGER IF EXISTS test_fault ON campaigns");
        // Of a sequence no rollback takes anything back.
        sql("""
                CREATE OR REPLACE FUNCTION test_fault() RETURNS TRIGGER LANGUAGE plpgsql AS $$
                BEGIN PERFORM nextval('test_faults'); RAISE EXCEPTION 'the worker is dead'; END $$
                """);
        sql("CREATE CONSTRAINT TRIGGER test_fault AFTER UPDATE ON campaigns DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
                + " WHEN (OLD." + column + " IS DISTINCT FROM NEW." + column + ") EXECUTE FUNCTION test_fault()");
    }

    private void awaitFaults(int faults) {
        await().atMost(LONG).until(() -> count("SELECT last_value FROM test_faults") >= faults);
    }

    private JsonPath onlyMail(Somebody to) {
        await().atMost(LONG).untilAsserted(() -> assertThat(mailsTo(to)).hasSize(1));
        return mail(mailsTo(to).getFirst().get("id"));
    }

    private static List<Map<String, Object>> mailsTo(Somebody to) {
        return mailsTo(to.email());
    }

    private static List<Map<String, Object>> mailsTo(String email) {
        return given().queryParam("to", email).get(mailPage()).jsonPath().getList("mails");
    }

    private static JsonPath mail(Object id) {
        return given().get(mailPage() + "/" + id).jsonPath();
    }

    private static String mailPage() {
        return ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
    }

    private static String unsubscribeLink(JsonPath mail) {
        return found("https?://\\S+/api/v1/unsubscribe/[A-Za-z0-9_-]+", mail.getString("text"));
    }

    private static String clickLink(JsonPath mail) {
        return found("https?://\\S+/api/v1/c/[A-Za-z0-9_-]+", mail.getString("text"));
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group();
    }

    private long count(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query).getSingleResult()).longValue());
    }

    private String text(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> (String) database.createNativeQuery(query).getSingleResult());
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }
}
