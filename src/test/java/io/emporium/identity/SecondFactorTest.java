package io.emporium.identity;

import static io.emporium.identity.App.secondStep;
import static io.emporium.identity.Customers.PASSWORD;
import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static io.emporium.identity.Customers.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.LocalServerSwitch;
import io.emporium.Shopper;
import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Signing in with an authenticator app's code beside the password (docs/accounts.md). */
@QuarkusTest
class SecondFactorTest {
    @Inject
    Rows rows;

    @Inject
    DataSource connections;

    private static void refused(Response answer, String code) {
        answer.then()
                .statusCode(code.equals("INVALID_STATUS_TRANSITION") ? 409 : code.equals("RATE_LIMITED") ? 429 : 401)
                .body("error.code", equalTo(code));
    }

    private static void isLive(Response signedIn) {
        String token = signedIn.then().statusCode(200).extract().path("data.token");
        with(token).get("/api/v1/users/me").then().statusCode(200);
    }

    @Test
    void it_counts_from_the_first_code_on_and_is_told_by_mail() {
        Customer ann = aCustomer();
        Customer elsewhere = Customers.signIn(ann.email(), PASSWORD);
        refused(ann.asks().body(Map.of("password", "Wrong-Wrong-99")).post(App.SECOND_FACTOR), "INVALID_CREDENTIALS");
        // Not begun: no code is right.
        refused(App.confirm(ann, "123456"), "INVALID_CREDENTIALS");
        Response begun = ann.asks().body(Map.of("password", PASSWORD)).post(App.SECOND_FACTOR);
        begun.then()
                .statusCode(200)
                .header("Cache-Control", equalTo("no-store"))
                .body("data.secret", matchesPattern("[A-Z2-7]{32}"))
                .body(
                        "data.otpauth_uri",
                        equalTo("otpauth://totp/Emporium:" + ann.email().replace("@", "%40") + "?secret="
                                + begun.path("data.secret") + "&issuer=Emporium&algorithm=SHA1&digits=6&period=30"));
        App app = new App(ann, App.secretOf(begun.path("data.secret")), List.of());
        refused(App.confirm(ann, app.wrong()), "INVALID_CREDENTIALS");
        // Begun is not on.
        Customers.signIn(ann.email(), PASSWORD);
        assertThat(app.state().getBoolean("data.is_on")).isFalse();

        Response on = App.confirm(ann, app.shown());
        on.then().statusCode(200).body("data.recovery_codes.size()", equalTo(10));
        assertThat(on.jsonPath().<String>getList("data.recovery_codes"))
                .doesNotHaveDuplicates()
                .allMatch(code -> code.matches("([A-Z2-7]{4}-){3}[A-Z2-7]{4}"));
        assertThat(app.state().getBoolean("data.is_on")).isTrue();
        assertThat(app.state().getInt("data.recovery_codes_left")).isEqualTo(10);
        ann.asks().get("/api/v1/users/me").then().statusCode(200);
        elsewhere.asks().get("/api/v1/users/me").then().statusCode(401);
        assertThat(new MailsTo(ann.email())
                        .newest("Signing in takes a second factor now", 1)
                        .getString("text"))
                .contains("authenticator app", "UTC");
        refused(ann.asks().body(Map.of("password", PASSWORD)).post(App.SECOND_FACTOR), "INVALID_STATUS_TRANSITION");
        refused(App.confirm(ann, app.shown()), "INVALID_STATUS_TRANSITION");
    }

    @Test
    void the_password_alone_opens_nothing_any_more() {
        App app = App.on(aCustomer());
        Response first = app.firstStep(PASSWORD);
        first.then()
                .statusCode(401)
                .header("Cache-Control", equalTo("no-store"))
                .body("error.code", equalTo("SECOND_FACTOR_REQUIRED"))
                .body("error.details.expires_in", equalTo(300))
                .body("data", nullValue());
        String challenge = first.path("error.details.challenge");
        assertThat(first.asString()).doesNotContain("refresh_token", "eyJ");
        // It is neither an access token, nor a refresh token, nor a mailed one.
        refused(with(challenge).get("/api/v1/users/me"), "INVALID_TOKEN");
        refused(nobody().body(Map.of("refresh_token", challenge)).post("/api/v1/auth/refresh"), "INVALID_TOKEN");
        nobody().body(Map.of("token", challenge, "password", "Quite-Another-Pass-7"))
                .post("/api/v1/auth/password/reset")
                .then()
                .statusCode(400);
        refused(app.firstStep("Another-Pass-99"), "INVALID_CREDENTIALS");
        Response signedIn = secondStep(challenge, app.code(rows));
        isLive(signedIn);
        signedIn.then()
                .header("Cache-Control", equalTo("no-store"))
                .body("data.refresh_token", matchesPattern("[\\w-]{43}"))
                .body("data.user.email", equalTo(app.owner().email()));
        assertThat(rows.columnsWith(challenge)).isEmpty();
    }

    @Test
    void of_ten_at_once_with_one_code_one_gets_in_and_nobody_after() throws Exception {
        App app = App.on(aCustomer());
        List<String> challenges = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            challenges.add(app.challenge());
        }
        String code = app.code(rows);
        List<Integer> statuses =
                AtOnce.times(10, i -> secondStep(challenges.get(i), code).statusCode());
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(1);
        assertThat(statuses).isSubsetOf(200, 401, 429);
        rows.update(
                "UPDATE second_factors SET failures = 0, locked_until = NULL WHERE user_id = ?",
                app.owner().userId());
        refused(secondStep(challenges.get(10), code), "INVALID_CREDENTIALS");
    }

    @Test
    void codes_of_other_minutes_and_what_is_no_code_are_refused() {
        App app = App.on(aCustomer());
        app.code(rows);
        long now = Totp.step(Instant.now());
        // Three half minutes off, so that it is off enough whenever the shop looks.
        refused(app.signIn(Totp.code(app.secret(), now - 3)), "INVALID_CREDENTIALS");
        refused(app.signIn(Totp.code(app.secret(), now + 3)), "INVALID_CREDENTIALS");
        refused(app.signIn("12345"), "INVALID_CREDENTIALS");
        refused(app.signIn("AAAA-AAAA-AAAA-AAAA"), "INVALID_CREDENTIALS");
        refused(app.signIn("١٢٣٤٥٦"), "INVALID_CREDENTIALS");
        app.signIn(" ").then().statusCode(400).body("error.details.fields.field", hasItem("code"));
        app.signIn("1".repeat(41)).then().statusCode(400);
    }

    @Test
    void guesses_at_one_moment_are_all_counted_and_five_lock_the_codes() throws Exception {
        App app = App.on(aCustomer());
        List<String> challenges = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            challenges.add(app.challenge());
        }
        String wrong = app.wrong();
        List<Integer> statuses =
                AtOnce.times(12, i -> secondStep(challenges.get(i), wrong).statusCode());
        assertThat(statuses.stream().filter(status -> status == 401)).hasSize(5);
        assertThat(statuses.stream().filter(status -> status == 429)).hasSize(7);
        Response locked = app.signIn(app.code(rows));
        refused(locked, "RATE_LIMITED");
        assertThat(Integer.parseInt(locked.header("Retry-After"))).isBetween(800, 900);
        // Who knows no more than the password keeps nobody out.
        isLive(app.signIn(app.recoveryCodes().getFirst()));
        rows.update(
                "UPDATE second_factors SET locked_until = now() - interval '1 s' WHERE user_id = ?",
                app.owner().userId());
        for (int i = 0; i < 4; i++) {
            refused(app.signIn(wrong), "INVALID_CREDENTIALS");
        }
        isLive(app.signIn(app.code(rows)));
        assertThat(rows.count(
                        "SELECT failures FROM second_factors WHERE user_id = ?",
                        app.owner().userId()))
                .isZero();
    }

    @Test
    void a_challenge_is_good_for_five_tries_once_and_for_five_minutes() {
        App app = App.on(aCustomer());
        String tried = app.challenge();
        for (int i = 0; i < 5; i++) {
            refused(secondStep(tried, "no code at all"), "INVALID_CREDENTIALS");
        }
        refused(secondStep(tried, app.code(rows)), "INVALID_TOKEN");

        String late = app.challenge();
        assertThat(rows.update(
                        "UPDATE sign_in_challenges SET expires_at = now() WHERE user_id = ? AND tries = 0",
                        app.owner().userId()))
                .isEqualTo(1);
        refused(secondStep(late, app.code(rows)), "INVALID_TOKEN");

        String spent = app.challenge();
        isLive(secondStep(spent, app.code(rows)));
        refused(secondStep(spent, app.recoveryCodes().getFirst()), "INVALID_TOKEN");
        refused(secondStep("A".repeat(43), app.code(rows)), "INVALID_TOKEN");
    }

    @Test
    void with_one_challenge_and_many_good_codes_at_once_one_session_begins() throws Exception {
        App app = App.on(aCustomer());
        String challenge = app.challenge();
        List<Integer> statuses = AtOnce.times(
                4, i -> secondStep(challenge, app.recoveryCodes().get(i)).statusCode());
        assertThat(statuses).containsOnlyOnce(200).isSubsetOf(200, 401);
    }

    @Test
    void a_challenge_is_over_with_the_password_the_account_and_the_factor() {
        App app = App.on(aCustomer());
        String before = app.challenge();
        app.owner()
                .asks()
                .body(Map.of("current_password", PASSWORD, "new_password", "Quite-Another-Pass-7"))
                .put("/api/v1/auth/password")
                .then()
                .statusCode(200);
        refused(secondStep(before, app.code(rows)), "INVALID_TOKEN");

        App gone = App.on(aCustomer());
        String theirs = gone.challenge();
        rows.update(
                "UPDATE users SET is_active = FALSE WHERE user_id = ?",
                gone.owner().userId());
        refused(secondStep(theirs, gone.code(rows)), "INVALID_TOKEN");

        App off = App.on(aCustomer());
        String still = off.challenge();
        off.turnOff(PASSWORD, off.code(rows)).then().statusCode(200);
        refused(secondStep(still, off.shown()), "INVALID_TOKEN");
    }

    @Test
    void a_recovery_code_is_good_once_however_it_is_typed_and_is_told_by_mail() {
        App app = App.on(aCustomer());
        String typed = app.recoveryCodes().get(3).toLowerCase(Locale.ROOT).replace('-', ' ');
        isLive(app.signIn(typed));
        refused(app.signIn(app.recoveryCodes().get(3)), "INVALID_CREDENTIALS");
        assertThat(app.state().getInt("data.recovery_codes_left")).isEqualTo(9);
        assertThat(new MailsTo(app.owner().email())
                        .newest("A recovery code of your account was used", 1)
                        .getString("text"))
                .contains("good for nothing any more");
        App other = App.on(aCustomer());
        refused(other.signIn(app.recoveryCodes().get(4)), "INVALID_CREDENTIALS");

        String codes = App.SECOND_FACTOR + "/recovery-codes";
        Map<String, String> wrong = Map.of("password", "Another-Pass-99", "code", app.code(rows));
        refused(app.owner().asks().body(wrong).post(codes), "INVALID_CREDENTIALS");
        List<String> renewed = app.owner()
                .asks()
                .body(Map.of("password", PASSWORD, "code", app.code(rows)))
                .post(codes)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("data.recovery_codes");
        assertThat(renewed).hasSize(10).doesNotContainAnyElementsOf(app.recoveryCodes());
        refused(app.signIn(app.recoveryCodes().get(5)), "INVALID_CREDENTIALS");
        isLive(app.signIn(renewed.get(5)));
    }

    @Test
    void turning_it_off_takes_the_password_and_a_code_and_is_told_by_mail() {
        App app = App.on(aCustomer());
        refused(app.turnOff("Another-Pass-99", app.code(rows)), "INVALID_CREDENTIALS");
        refused(app.turnOff(PASSWORD, app.wrong()), "INVALID_CREDENTIALS");
        assertThat(app.state().getBoolean("data.is_on")).isTrue();
        app.turnOff(PASSWORD, app.code(rows)).then().statusCode(200);
        Customers.signIn(app.owner().email(), PASSWORD);
        new MailsTo(app.owner().email()).newest("Signing in takes no second factor any more", 1);
        refused(app.turnOff(PASSWORD, app.shown()), "INVALID_STATUS_TRANSITION");
        assertThat(rows.count(
                        "SELECT count(*) FROM recovery_codes WHERE user_id = ?",
                        app.owner().userId()))
                .isZero();
        // And on again, with another secret.
        assertThat(App.on(app.owner()).secret()).isNotEqualTo(app.secret());
    }

    @Test
    void whoever_reads_the_mailbox_resets_the_password_and_is_still_asked_for_the_code() {
        App app = App.on(aCustomer());
        nobody().body(Map.of("email", app.owner().email()))
                .post("/api/v1/auth/password/forgot")
                .then()
                .statusCode(200);
        String token = new MailsTo(app.owner().email()).token(MailsTo.RESET, 1);
        nobody().body(Map.of("token", token, "password", "Quite-Another-Pass-7"))
                .post("/api/v1/auth/password/reset")
                .then()
                .statusCode(200);
        Response first = app.firstStep("Quite-Another-Pass-7");
        refused(first, "SECOND_FACTOR_REQUIRED");
        isLive(secondStep(first.path("error.details.challenge"), app.code(rows)));
    }

    @Test
    void a_sign_in_that_looked_before_it_was_turned_on_begins_no_session_after() throws Exception {
        Customer ann = aCustomer();
        List<Integer> statuses = new ArrayList<>();
        try (var connection = connections.getConnection()) {
            connection.setAutoCommit(false);
            try (var turning =
                    connection.prepareStatement("UPDATE users SET second_factor_since = now() WHERE user_id = ?")) {
                turning.setLong(1, ann.userId());
                turning.executeUpdate();
            }
            Thread asking = Thread.ofPlatform()
                    .start(() -> statuses.add(nobody().body(Map.of("email", ann.email(), "password", PASSWORD))
                            .post("/api/v1/auth/login")
                            .statusCode()));
            try {
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> rows.count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                        + " AND query LIKE '%INSERT INTO sessions%' AND datname = current_database()")
                                == 1);
            } finally {
                connection.commit();
            }
            asking.join();
        }
        assertThat(statuses).containsExactly(401);
        assertThat(rows.count("SELECT count(*) FROM sessions WHERE user_id = ?", ann.userId()))
                .isEqualTo(1);
    }

    @Test
    void neither_secret_nor_recovery_codes_stand_in_the_database() {
        App app = App.on(aCustomer());
        String secret = HexFormat.of().formatHex(app.secret());
        assertThat(rows.count(
                        "SELECT count(*) FROM second_factors WHERE user_id = ? AND position(decode(?, 'hex') IN secret) > 0",
                        app.owner().userId(),
                        secret))
                .isZero();
        String code = app.recoveryCodes().getFirst();
        for (String inClear : List.of(code, code.replace("-", ""), Totp.base32(app.secret()), secret)) {
            assertThat(rows.columnsWith(inClear)).isEmpty();
        }
    }

    @Test
    void a_code_has_the_secret_sealed_anew_so_that_a_key_may_go_one_day() {
        App app = App.on(aCustomer());
        String stored = "SELECT encode(secret, 'hex') FROM second_factors WHERE user_id = "
                + app.owner().userId();
        List<String> before = rows.texts(stored);
        refused(app.signIn(app.wrong()), "INVALID_CREDENTIALS");
        assertThat(rows.texts(stored)).isEqualTo(before);
        isLive(app.signIn(app.code(rows)));
        assertThat(rows.texts(stored)).isNotEqualTo(before);
        isLive(app.signIn(app.code(rows)));
    }

    @Test
    void a_code_of_a_secret_that_was_made_anew_meanwhile_turns_nothing_on() throws Exception {
        Customer ann = aCustomer();
        byte[] secret = App.begun(ann);
        List<Integer> statuses = new ArrayList<>();
        try (var connection = connections.getConnection()) {
            connection.setAutoCommit(false);
            try (var anew = connection.prepareStatement("SELECT 1 FROM users WHERE user_id = ? FOR NO KEY UPDATE")) {
                anew.setLong(1, ann.userId());
                anew.executeQuery();
            }
            Thread confirming = Thread.ofPlatform()
                    .start(() -> statuses.add(App.confirm(ann, Totp.code(secret, Totp.step(Instant.now())))
                            .statusCode()));
            try {
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> rows.count(
                                        "SELECT count(*) FROM second_factors WHERE user_id = ? AND last_step > 0",
                                        ann.userId())
                                == 1);
                try (var anew =
                        connection.prepareStatement("UPDATE second_factors SET last_step = 0 WHERE user_id = ?")) {
                    anew.setLong(1, ann.userId());
                    anew.executeUpdate();
                }
            } finally {
                connection.commit();
            }
            confirming.join();
        }
        assertThat(statuses).containsExactly(409);
        Customers.signIn(ann.email(), PASSWORD);
    }

    @Test
    void a_secret_in_another_rows_place_is_none() {
        App ann = App.on(aCustomer());
        App eve = App.on(aCustomer());
        // Whoever writes into the database puts their own app's in Ann's place.
        rows.update(
                "UPDATE second_factors SET secret = (SELECT secret FROM second_factors WHERE user_id = ?) WHERE user_id = ?",
                eve.owner().userId(),
                ann.owner().userId());
        ann.code(rows);
        ann.signIn(eve.shown()).then().statusCode(500).body("error.code", equalTo("INTERNAL_SERVER_ERROR"));
    }

    @Test
    void it_works_while_redis_is_away() throws Exception {
        App app = App.on(aCustomer());
        var redis = new LocalServerSwitch("redis");
        redis.stop();
        try {
            isLive(app.signIn(app.code(rows)));
            for (int i = 0; i < 5; i++) {
                refused(app.signIn(app.wrong()), "INVALID_CREDENTIALS");
            }
            refused(app.signIn(app.code(rows)), "RATE_LIMITED");
        } finally {
            redis.start();
        }
    }

    @Test
    void an_admin_takes_it_from_who_has_lost_it_and_it_is_on_record() {
        Shopper admin = Shopper.admin();
        App app = App.on(aCustomer());
        String path = "/api/v1/admin/users/" + app.owner().userId() + "/second-factor";
        admin.json()
                .get("/api/v1/admin/users?q=" + app.owner().userId())
                .then()
                .body("data.users[0].second_factor", equalTo(true));
        admin.json().delete(path).then().statusCode(200);
        app.owner().asks().get("/api/v1/users/me").then().statusCode(401);
        Customers.signIn(app.owner().email(), PASSWORD);
        new MailsTo(app.owner().email()).newest("Signing in takes no second factor any more", 1);
        admin.json().delete(path).then().statusCode(404);
        assertThat(rows.count(
                        "SELECT count(*) FROM audit_log WHERE action = 'user.second_factor_taken' AND entity_id = ?",
                        "" + app.owner().userId()))
                .isEqualTo(1);
    }

    @Test
    void of_the_shops_people_each_turn_is_on_record_and_nobody_takes_their_own() {
        Customer staff = aCustomer();
        rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", staff.userId());
        App app = App.on(staff);
        // Whoever has an admin's session has neither their password nor their phone.
        staff.asks()
                .delete("/api/v1/admin/users/" + staff.userId() + "/second-factor")
                .then()
                .statusCode(403)
                .body("error.code", equalTo("FORBIDDEN"));
        app.turnOff(PASSWORD, app.code(rows)).then().statusCode(200);
        assertThat(rows.texts("SELECT action FROM audit_log WHERE entity_type = 'user' AND entity_id = '"
                        + staff.userId() + "' ORDER BY audit_id"))
                .containsExactly("user.second_factor_turned_on", "user.second_factor_turned_off");
    }

    @Test
    void it_is_in_the_export_and_gone_with_the_account() {
        App app = App.on(aCustomer());
        app.challenge();
        JsonPath export = app.owner().asks().get("/api/v1/users/me/export").jsonPath();
        assertThat(export.getString("data.account[0].second_factor_since")).isNotNull();
        app.owner()
                .asks()
                .body(Map.of("password", PASSWORD))
                .delete("/api/v1/users/me")
                .then()
                .statusCode(200);
        for (String table : List.of("second_factors", "recovery_codes", "sign_in_challenges")) {
            assertThat(rows.count(
                            "SELECT count(*) FROM " + table + " WHERE user_id = ?",
                            app.owner().userId()))
                    .isZero();
        }
    }
}
