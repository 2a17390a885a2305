package io.emporium.identity;

import static io.emporium.identity.Customers.PASSWORD;
import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.newEmail;
import static io.emporium.identity.Customers.nobody;
import static io.emporium.identity.Customers.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.emporium.LogLines;
import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** That an address is theirs, and how they get another password (contract.md, Endpoints; docs/accounts.md). */
@QuarkusTest
class AccountMailTest {
    private static final String NEW_PASSWORD = "Quite-Another-Pass-7";

    @Inject
    Rows rows;

    @Inject
    AccountTokens tokens;

    @Inject
    DataSource connections;

    private static Response verify(String token) {
        return nobody().body(Map.of("token", token)).post("/api/v1/auth/email/verify");
    }

    private static Response forgot(String email) {
        return nobody().body(Map.of("email", email)).post("/api/v1/auth/password/forgot");
    }

    private static Response reset(String token, String password) {
        return nobody().body(Map.of("token", token, "password", password)).post("/api/v1/auth/password/reset");
    }

    private static Response resend(Customer customer) {
        return customer.asks().post("/api/v1/auth/email/resend");
    }

    private static Response change(Customer customer, String current, String wanted) {
        return customer.asks()
                .body(Map.of("current_password", current, "new_password", wanted))
                .put("/api/v1/auth/password");
    }

    private static Response login(String email, String password) {
        return nobody().body(Map.of("email", email, "password", password)).post("/api/v1/auth/login");
    }

    private static ValidatableResponse isNoToken(Response answer) {
        return answer.then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"))
                .body("error.details.fields.field", equalTo(List.of("token")));
    }

    private static void isVerified(Customer customer, boolean verified) {
        customer.asks().get("/api/v1/users/me").then().body("data.email_verified", equalTo(verified));
    }

    private static void isRefused(Customer customer) {
        customer.asks().get("/api/v1/users/me").then().statusCode(401);
        nobody().body(Map.of("refresh_token", customer.refreshToken()))
                .post("/api/v1/auth/refresh")
                .then()
                .statusCode(401);
    }

    private static String verifyToken(Customer customer) {
        return new MailsTo(customer.email()).token(MailsTo.VERIFY, 1);
    }

    private static String resetToken(String email, int count) {
        forgot(email).then().statusCode(200);
        return new MailsTo(email).token(MailsTo.RESET, count);
    }

    @Test
    void a_registration_sends_a_token_that_verifies_the_address_once() {
        Customer ann = aCustomer();
        isVerified(ann, false);
        String token = verifyToken(ann);
        verify(token).then().statusCode(200).body("message", equalTo("E-mail address verified"));
        isVerified(ann, true);
        isNoToken(verify(token));
    }

    @Test
    void wrong_used_and_expired_tokens_are_answered_alike() {
        Customer ann = aCustomer();
        String used = verifyToken(ann);
        verify(used).then().statusCode(200);
        Customer bob = aCustomer();
        String expired = verifyToken(bob);
        rows.update(
                "UPDATE account_tokens SET expires_at = now() - interval '1 second' WHERE request_id ="
                        + " (SELECT request_id FROM account_requests WHERE user_id = ?)",
                bob.userId());
        String answer = isNoToken(verify("A".repeat(43))).extract().asString();
        assertThat(isNoToken(verify(used)).extract().asString()).isEqualTo(answer);
        assertThat(isNoToken(verify(expired)).extract().asString()).isEqualTo(answer);
        isNoToken(verify("\ud800"));
        isVerified(bob, false);
        rows.update("UPDATE users SET is_active = false WHERE user_id = ?", bob.userId());
    }

    @Test
    void the_tokens_of_one_purpose_are_none_of_the_other() {
        Customer ann = aCustomer();
        isNoToken(reset(verifyToken(ann), NEW_PASSWORD));
        isNoToken(verify(resetToken(ann.email(), 1)));
        isVerified(ann, false);
        Customers.signIn(ann.email(), PASSWORD);
    }

    @Test
    void of_ten_that_verify_at_once_one_does() throws Exception {
        String token = verifyToken(aCustomer());
        assertThat(AtOnce.times(10, i -> verify(token).statusCode()))
                .containsOnly(200, 400)
                .containsOnlyOnce(200);
    }

    @Test
    void a_mail_sent_again_ends_the_one_before() {
        Customer ann = aCustomer();
        String first = verifyToken(ann);
        resend(ann).then().statusCode(200).body("message", equalTo("A mail is on its way"));
        isNoToken(verify(first));
        verify(new MailsTo(ann.email()).token(MailsTo.VERIFY, 2)).then().statusCode(200);
        resend(ann).then().statusCode(200).body("message", equalTo("The e-mail address is verified already"));
        assertThat(rows.count(
                        "SELECT count(*) FROM outbox WHERE type = 'user.verification_requested' AND entity_id = ?",
                        ann.userId()))
                .isEqualTo(1);
        nobody().post("/api/v1/auth/email/resend").then().statusCode(401);
    }

    @Test
    void a_mail_that_nobody_waits_for_is_not_sent_and_of_one_sent_twice_either_token_is_good_but_once() {
        Customer ann = aCustomer();
        UUID before = request(ann, "verify_email");
        resend(ann).then().statusCode(200);
        assertThat(tokens.issue(before)).isEmpty();
        UUID after = request(ann, "verify_email");
        String first = tokens.issue(after).orElseThrow();
        String again = tokens.issue(after).orElseThrow();
        verify(first).then().statusCode(200);
        isNoToken(verify(again));
        assertThat(tokens.issue(after)).isEmpty();
    }

    private UUID request(Customer customer, String purpose) {
        return rows.uuid(
                "SELECT request_id FROM account_requests WHERE user_id = ? AND purpose = ?",
                customer.userId(),
                purpose);
    }

    @Test
    void a_request_that_is_heard_of_late_does_not_end_a_newer_one() {
        Customer ann = aCustomer();
        String token = resetToken(ann.email(), 1);
        rows.update(
                "INSERT INTO forgotten_passwords (request_id, email, asked_at) VALUES (gen_random_uuid(), ?, now() - interval '1 minute')",
                ann.email());
        untilLookedUp(ann.email());
        reset(token, NEW_PASSWORD).then().statusCode(200);
    }

    private void untilLookedUp(String email) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> rows.count("SELECT count(*) FROM forgotten_passwords WHERE email = ?", email) == 0);
    }

    @Test
    void who_has_an_account_is_answered_like_who_has_none() {
        Customer ann = aCustomer();
        Customer gone = aCustomer();
        rows.update("UPDATE users SET is_active = false WHERE user_id = ?", gone.userId());
        String unknown = newEmail();
        String toUnknown = same(forgot(unknown));
        assertThat(same(forgot(ann.email()))).isEqualTo(toUnknown);
        assertThat(same(forgot(gone.email()))).isEqualTo(toUnknown);
        for (String email : List.of(unknown, ann.email(), gone.email())) {
            untilLookedUp(email);
        }
        new MailsTo(ann.email()).newest(MailsTo.RESET, 1);
        assertThat(rows.count(
                        "SELECT count(*) FROM account_requests WHERE user_id = ? AND purpose = 'reset_password'",
                        gone.userId()))
                .isZero();
    }

    /** The answer without what differs between any two. */
    private static String same(Response answer) {
        Map<String, String> headers = new HashMap<>();
        answer.then().statusCode(200);
        answer.headers().forEach(header -> headers.put(header.getName(), header.getValue()));
        headers.keySet().removeAll(List.of("X-Request-Id", "Date"));
        return headers + answer.asString();
    }

    @Test
    void a_reset_ends_every_session_and_is_told_by_mail() {
        Customer ann = aCustomer();
        Customer elsewhere = Customers.signIn(ann.email(), PASSWORD);
        String token = resetToken(ann.email().toUpperCase(Locale.ROOT), ann);
        reset(token, NEW_PASSWORD).then().statusCode(200);
        isRefused(ann);
        isRefused(elsewhere);
        login(ann.email(), PASSWORD).then().statusCode(401);
        // Who read the mail has shown that the address is theirs.
        isVerified(Customers.signIn(ann.email(), NEW_PASSWORD), true);
        isNoToken(reset(token, "And-A-Third-One-99"));
        assertThat(new MailsTo(ann.email()).newest(MailsTo.CHANGED, 1).getString("text"))
                .contains("The password of your account was changed on", "UTC");
    }

    private static String resetToken(String asTyped, Customer customer) {
        forgot(asTyped).then().statusCode(200);
        return new MailsTo(customer.email()).token(MailsTo.RESET, 1);
    }

    @Test
    void a_password_that_will_not_do_leaves_the_token_good() {
        Customer ann = aCustomer();
        String token = resetToken(ann.email(), 1);
        for (String bad : new String[] {"short", "password1234", ann.email(), "x".repeat(73)}) {
            reset(token, bad).then().statusCode(400).body("error.details.fields.field", equalTo(List.of("password")));
        }
        Customers.signIn(ann.email(), PASSWORD);
        reset(token, NEW_PASSWORD).then().statusCode(200);
    }

    @Test
    void an_expired_reset_token_and_one_that_was_followed_by_another_are_refused() {
        Customer ann = aCustomer();
        String first = resetToken(ann.email(), 1);
        String second = resetToken(ann.email(), 2);
        isNoToken(reset(first, NEW_PASSWORD));
        rows.update(
                "UPDATE account_tokens SET expires_at = now() - interval '1 second' WHERE request_id = ?",
                request(ann, "reset_password"));
        isNoToken(reset(second, NEW_PASSWORD));
        Customers.signIn(ann.email(), PASSWORD);
    }

    @Test
    void of_many_resets_at_once_one_holds() throws Exception {
        Customer ann = aCustomer();
        String token = resetToken(ann.email(), 1);
        List<Integer> statuses = new ArrayList<>();
        // A busy machine refuses to hash for all of them: those may try again.
        while (!statuses.contains(200)) {
            int before = statuses.size();
            statuses.addAll(AtOnce.times(
                    4, i -> reset(token, NEW_PASSWORD + (before + i)).statusCode()));
        }
        assertThat(statuses).containsOnlyOnce(200).isSubsetOf(200, 400, 503);
        Customers.signIn(ann.email(), NEW_PASSWORD + statuses.indexOf(200));
    }

    @Test
    void a_reset_token_is_not_guessed_from_what_it_is_like() {
        Customer ann = aCustomer();
        String token = resetToken(ann.email(), 1);
        String tail = token.substring(1);
        for (String guess : List.of(
                "A".repeat(43),
                tail,
                (token.charAt(0) == 'A' ? "B" : "A") + tail,
                token + "A",
                token.substring(0, 42),
                Character.toString(token.charAt(0) ^ 0x20) + tail,
                token + " OR 1=1",
                "%" + tail,
                "")) {
            reset(guess, NEW_PASSWORD).then().statusCode(400).body("error.code", equalTo("VALIDATION_ERROR"));
        }
        Customers.signIn(ann.email(), PASSWORD);
        reset(token, NEW_PASSWORD).then().statusCode(200);
    }

    @Test
    void a_reset_token_opens_no_other_account_and_no_inactive_one() {
        Customer ann = aCustomer();
        Customer bob = aCustomer();
        String token = resetToken(ann.email(), 1);
        rows.update("UPDATE users SET is_active = false WHERE user_id = ?", ann.userId());
        isNoToken(reset(token, NEW_PASSWORD));
        Customers.signIn(bob.email(), PASSWORD);
    }

    @Test
    void who_knows_the_old_password_chooses_another_and_every_other_session_ends() {
        Customer ann = aCustomer();
        Customer elsewhere = Customers.signIn(ann.email(), PASSWORD);
        String mailed = resetToken(ann.email(), 1);
        change(ann, "Wrong-Wrong-Wrong-1", NEW_PASSWORD)
                .then()
                .statusCode(401)
                .body("error.code", equalTo("INVALID_CREDENTIALS"));
        for (String bad : new String[] {"short", PASSWORD, ann.email()}) {
            change(ann, PASSWORD, bad)
                    .then()
                    .statusCode(400)
                    .body("error.details.fields.field", hasItem("new_password"));
        }
        elsewhere.asks().get("/api/v1/users/me").then().statusCode(200);
        change(ann, PASSWORD, NEW_PASSWORD).then().statusCode(200);
        ann.asks().get("/api/v1/users/me").then().statusCode(200);
        isRefused(elsewhere);
        login(ann.email(), PASSWORD).then().statusCode(401);
        Customers.signIn(ann.email(), NEW_PASSWORD);
        // Whoever asked for it before had the old one in mind.
        isNoToken(reset(mailed, "And-A-Third-One-99"));
        new MailsTo(ann.email()).newest(MailsTo.CHANGED, 1);
    }

    @Test
    void of_two_who_change_a_password_at_once_one_is_refused() throws Exception {
        Customer ann = aCustomer();
        assertThat(whileItIsChanged(ann, "UPDATE users SET password_hash", () -> change(ann, PASSWORD, NEW_PASSWORD)))
                .isEqualTo(401);
        Customers.signIn(ann.email(), PASSWORD);
    }

    @Test
    void a_sign_in_that_looked_at_the_old_password_begins_no_session_after_it_was_changed() throws Exception {
        Customer ann = aCustomer();
        assertThat(whileItIsChanged(ann, "INSERT INTO sessions", () -> login(ann.email(), PASSWORD)))
                .isEqualTo(401);
        assertThat(rows.count("SELECT count(*) FROM sessions WHERE user_id = ?", ann.userId()))
                .isEqualTo(1);
    }

    /** Asks something that has looked at the password when it is changed, and waits at a statement for what comes of that. */
    private int whileItIsChanged(Customer customer, String waitsAt, Supplier<Response> question) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (var connection = connections.getConnection()) {
            connection.setAutoCommit(false);
            try (var changing =
                    connection.prepareStatement("UPDATE users SET password_changed_at = now() WHERE user_id = ?")) {
                changing.setLong(1, customer.userId());
                changing.executeUpdate();
            }
            Thread asking =
                    Thread.ofPlatform().start(() -> statuses.add(question.get().statusCode()));
            try {
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> rows.count(
                                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                                + " AND query LIKE ? AND datname = current_database()",
                                        "%" + waitsAt + "%")
                                == 1);
            } finally {
                connection.commit();
            }
            asking.join();
        }
        return statuses.getFirst();
    }

    @Test
    void a_strangers_name_is_no_message_to_the_owner_of_the_address() {
        String email = newEmail();
        String name = "You won! http://evil.example <b>";
        nobody().body(Map.of("email", email, "password", PASSWORD, "first_name", name, "last_name", "Lee"))
                .post("/api/v1/auth/register")
                .then()
                .statusCode(201);
        var mails = new MailsTo(email);
        var mail = mails.newest(MailsTo.VERIFY, 1);
        assertThat(mail.getString("text")).contains("Dear customer,").doesNotContain("evil");
        assertThat(mail.getString("html")).doesNotContain("evil", "<script");
        verify(mails.token(MailsTo.VERIFY, 1)).then().statusCode(200);
        forgot(email).then().statusCode(200);
        // Once it is theirs, so is the name.
        assertThat(mails.newest(MailsTo.RESET, 1).getString("html"))
                .contains("Dear You won! http://evil.example &lt;b&gt;,")
                .doesNotContain("&amp;lt;");
    }

    @Test
    void no_preference_turns_off_what_an_account_depends_on() {
        Customer ann = aCustomer();
        ann.asks()
                .body(Map.of(
                        "email_notifications", false,
                        "sms_notifications", false,
                        "push_notifications", false,
                        "promotional_emails", false))
                .put("/api/v1/users/preferences/notifications")
                .then()
                .statusCode(200);
        reset(resetToken(ann.email(), 1), NEW_PASSWORD).then().statusCode(200);
        new MailsTo(ann.email()).newest(MailsTo.CHANGED, 1);
    }

    @Test
    void a_secret_is_in_its_mail_and_nowhere_else() {
        Customer ann = aCustomer();
        try (LogLines log = LogLines.listen()) {
            String verifying = verifyToken(ann);
            String resetting = resetToken(ann.email(), 1);
            isNowhere(verifying);
            isNowhere(resetting);
            verify(verifying).then().statusCode(200);
            reset(resetting, NEW_PASSWORD).then().statusCode(200);
            isNoToken(verify(verifying));
            new MailsTo(ann.email()).newest(MailsTo.CHANGED, 1);
            isNowhere(verifying);
            isNowhere(resetting);
            assertThat(log.lines())
                    .noneMatch(line ->
                            line.contains(verifying) || line.contains(resetting) || line.contains(NEW_PASSWORD));
        }
    }

    private void isNowhere(String secret) {
        assertThat(rows.columnsWith(secret)).isEmpty();
    }

    @Test
    void nobody_gets_a_token_by_asking_with_get() {
        nobody().get("/api/v1/auth/email/verify").then().statusCode(405);
        nobody().get("/api/v1/auth/password/reset").then().statusCode(405);
        with("x").post("/api/v1/auth/email/resend").then().statusCode(401);
    }
}
