package io.emporium.notification.delivery;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.Shopper;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Twilio and mail servers say of our messages afterwards. */
@QuarkusTest
class DeliveryNewsTest {
    private static final String TWILIO = "/api/v1/notifications/webhooks/twilio";
    private static final String MAIL = "/api/v1/notifications/webhooks/mail";
    private static final String SID = "SM" + "a".repeat(32);

    @Inject
    Suppressions suppressions;

    @Inject
    EntityManager database;

    private Shopper ada;
    private UUID event;

    @BeforeEach
    void somebody() {
        ada = Shopper.registered();
        event = UUID.randomUUID();
    }

    @Test
    void twilio_says_that_an_sms_has_arrived_and_then_nothing_changes_it() {
        long sms = sent("sms", "+15550001111");
        for (String late : List.of("queued", "delivered", "sent", "delivered", "undelivered", "failed")) {
            callBack(sms, SID, late).then().statusCode(200).body("success", equalTo(true));
        }
        assertThat(state(sms)).isEqualTo("delivered");
        assertThat(error(sms)).isNull();
    }

    @Test
    void twilio_says_why_an_sms_has_not_arrived() {
        long sms = sent("sms", "+15550001111");
        callBack(sms, SID, "undelivered").then().statusCode(200);
        callBack(sms, SID, "delivered").then().statusCode(200);
        assertThat(state(sms)).isEqualTo("undelivered");
        assertThat(error(sms)).contains("30003");
    }

    @Test
    void a_callback_that_comes_before_our_own_note_is_that_note() {
        long sms = sent("sms", "+15550001111");
        sql("UPDATE deliveries SET status = 'pending', sent_at = NULL, provider_id = NULL WHERE delivery_id = " + sms);
        callBack(sms, SID, "sent").then().statusCode(200);
        assertThat(state(sms)).isEqualTo("sent");
        assertThat(one("SELECT provider_id FROM deliveries WHERE delivery_id = " + sms))
                .isEqualTo(SID);
    }

    @Test
    void a_callback_about_another_message_or_none_changes_nothing() {
        long sms = sent("sms", "+15550001111");
        callBack(sms, "SM" + "b".repeat(32), "delivered").then().statusCode(200);
        callBack(sms + 1_000_000, SID, "delivered").then().statusCode(200);
        callBack(sms, SID, "dancing").then().statusCode(200);
        assertThat(state(sms)).isEqualTo("sent");
        long mail = sent("email", ada.email);
        callBack(mail, SID, "delivered").then().statusCode(200);
        assertThat(state(mail)).isEqualTo("sent");
    }

    @Test
    void a_callback_that_twilio_has_not_signed_is_refused() {
        long sms = sent("sms", "+15550001111");
        TreeMap<String, String> form = form(SID, "delivered");
        String query = "delivery=" + sms;
        String right = sign(url() + "?" + query, form);
        for (String wrong :
                List.of("", "x", right.substring(1), sign(url() + "?delivery=1", form), sign(url(), form))) {
            post(query, form, wrong)
                    .then()
                    .statusCode(403)
                    .body("success", equalTo(false))
                    .body("error.code", equalTo("FORBIDDEN"));
        }
        given().contentType("application/x-www-form-urlencoded")
                .body(encoded(form))
                .post(TWILIO + "?" + query)
                .then()
                .statusCode(403);
        given().header("X-Twilio-Signature", right)
                .body("%zz")
                .post(TWILIO + "?" + query)
                .then()
                .statusCode(403);
        TreeMap<String, String> other = form(SID, "undelivered");
        post(query, other, right).then().statusCode(403);
        assertThat(state(sms)).isEqualTo("sent");
        post(query, form, right).then().statusCode(200);
        assertThat(state(sms)).isEqualTo("delivered");
    }

    @Test
    void a_hard_bounce_stops_every_mail_until_an_admin_takes_the_address_off() {
        long mail = sent("email", ada.email);
        for (int again = 0; again < 2; again++) {
            report(bounce(mail, "failed", "5.1.1", "550 5.1.1 no such user"))
                    .then()
                    .statusCode(200);
        }
        assertThat(state(mail)).isEqualTo("bounced");
        assertThat(error(mail)).contains("5.1.1", "no such user");
        assertThat(suppressions.against(ada.email, Purpose.ORDER)).contains(Suppressions.Reason.HARD_BOUNCE);

        long next = write();
        await().atMost(Duration.ofSeconds(60)).until(() -> state(next).equals("skipped"));
        assertThat(error(next)).contains("hard_bounce");

        long id = ((Number) one(
                        "SELECT suppression_id FROM suppressions WHERE address = CAST('" + ada.email + "' AS citext)"))
                .longValue();
        Shopper.admin()
                .request()
                .delete("/api/v1/admin/suppressions/" + id)
                .then()
                .statusCode(200);
        long after = write();
        await().atMost(Duration.ofSeconds(60)).until(() -> state(after).equals("sent"));
    }

    @ParameterizedTest
    @CsvSource({
        // What, then what becomes of the mail, and whether the address is written to no more.
        "failed, 4.2.2, bounced, false",
        "failed, 4.4.7, bounced, false",
        "delayed, 4.4.1, sent, false",
        "failed, 5.2.2, bounced, false",
        "failed, 5.7.1, bounced, false",
        "failed, 5.4.4, bounced, false",
        "failed, 5.1.0, bounced, false",
        "failed, 5.0.0, bounced, false",
        "failed, 5.1.2, bounced, true",
        "delivered, 2.1.5, delivered, false",
    })
    void what_is_no_hard_bounce_suppresses_nobody(String action, String status, String becomes, boolean suppressed) {
        long mail = sent("email", ada.email);
        report(bounce(mail, action, status, "250 or not")).then().statusCode(200);
        assertThat(state(mail)).isEqualTo(becomes);
        assertThat(suppressions.against(ada.email, Purpose.PROMOTION).isPresent())
                .isEqualTo(suppressed);
    }

    @Test
    void a_report_that_is_not_signed_or_not_from_now_is_refused() {
        long mail = sent("email", ada.email);
        byte[] report = bounce(mail, "failed", "5.1.1", "no such user");
        String now = Long.toString(Instant.now().getEpochSecond());
        String old = Long.toString(Instant.now().minusSeconds(600).getEpochSecond());
        String future = Long.toString(Instant.now().plusSeconds(600).getEpochSecond());
        for (String time : List.of(old, future, "yesterday", "")) {
            report(report, time, hmac(time, report)).then().statusCode(403).body("error.code", equalTo("FORBIDDEN"));
        }
        report(report, now, "00").then().statusCode(403);
        report(report, now, hmac(old, report)).then().statusCode(403);
        report("another".getBytes(StandardCharsets.UTF_8), now, hmac(now, report))
                .then()
                .statusCode(403);
        given().body(report).post(MAIL).then().statusCode(403);
        assertThat(state(mail)).isEqualTo("sent");
        assertThat(suppressions.against(ada.email, Purpose.PROMOTION)).isEmpty();
    }

    @Test
    void what_is_no_report_or_of_no_mail_of_ours_is_passed_over() {
        long mail = sent("email", ada.email);
        report("Subject: On holiday\r\n\r\nBack on Monday\r\n".getBytes(StandardCharsets.UTF_8))
                .then()
                .statusCode(200);
        report(new byte[] {0, 1, 2, (byte) 0xff}).then().statusCode(200);
        // The number is ours, the event is not.
        UUID mine = event;
        event = UUID.randomUUID();
        report(bounce(mail, "failed", "5.1.1", "no such user")).then().statusCode(200);
        event = mine;
        assertThat(state(mail)).isEqualTo("sent");
        // Nor is who has left, and whose rows are gone with them, written down again.
        assertThat(suppressions.against("forwarded@elsewhere.example", Purpose.PROMOTION))
                .isEmpty();
    }

    /** Whoever knows the shop's address could write such a thing. */
    @Test
    void a_report_without_the_mail_it_is_about_suppresses_nobody() {
        String whole = new String(bounce(1, "failed", "5.1.1", "no such user"), StandardCharsets.UTF_8)
                .replace("forwarded@elsewhere.example", ada.email);
        String bare = whole.substring(0, whole.indexOf("--B/1\r\nContent-Type: message/rfc822")) + "--B/1--\r\n";
        String foreign = whole.replaceAll("Message-ID: <[^>]*@emporium.example>", "Message-ID: <1@elsewhere.example>");
        for (String report : List.of(bare, foreign)) {
            assertThat(report).contains("Final-Recipient: rfc822; " + ada.email);
            report(report.getBytes(StandardCharsets.UTF_8)).then().statusCode(200);
            assertThat(suppressions.against(ada.email, Purpose.ORDER)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "abuse, true",
        "Fraud (as the reader says), true",
        "opt-out, true",
        "not-spam, false",
        "virus, false",
        "auth-failure, false",
        "other, false",
        "'', false",
    })
    void who_calls_a_mail_spam_gets_no_promotion_any_more(String feedback, boolean suppressed) {
        for (boolean wholeMail : List.of(true, false)) {
            long mail = sent("email", ada.email);
            for (int again = 0; again < 2; again++) {
                report(complaint(mail, feedback, wholeMail)).then().statusCode(200);
            }
            assertThat(suppressions.against(ada.email, Purpose.PROMOTION))
                    .isEqualTo(suppressed ? Optional.of(Suppressions.Reason.COMPLAINT) : Optional.empty());
            assertThat(suppressions.against(ada.email, Purpose.ORDER)).isEmpty();
            assertThat(suppressions.against(ada.email, Purpose.ACCOUNT)).isEmpty();
            // It has arrived, or nobody could complain of it.
            assertThat(state(mail)).isEqualTo("sent");
            // Whom the report names is whom anybody could name.
            assertThat(suppressions.against("somebody@elsewhere.example", Purpose.PROMOTION))
                    .isEmpty();
            sql("DELETE FROM suppressions WHERE address = CAST('" + ada.email + "' AS citext)");
            event = UUID.randomUUID();
        }
    }

    @Test
    void a_complaint_that_is_not_signed_or_not_about_a_mail_of_ours_suppresses_nobody() {
        long mail = sent("email", ada.email);
        byte[] complaint = complaint(mail, "abuse", true);
        String now = Long.toString(Instant.now().getEpochSecond());
        String old = Long.toString(Instant.now().minusSeconds(600).getEpochSecond());
        report(complaint, now, "00").then().statusCode(403);
        report(complaint, old, hmac(old, complaint)).then().statusCode(403);
        String whole = new String(complaint, StandardCharsets.UTF_8).replace("somebody@elsewhere.example", ada.email);
        for (String other : List.of(
                whole.replace(event.toString(), UUID.randomUUID().toString()),
                whole.replace("@emporium.example>", "@emporium.example"),
                whole.substring(0, whole.lastIndexOf("--B/2\r\nContent-Type")) + "--B/2--\r\n")) {
            report(other.getBytes(StandardCharsets.UTF_8)).then().statusCode(200);
        }
        assertThat(suppressions.against(ada.email, Purpose.PROMOTION)).isEmpty();
        report(complaint).then().statusCode(200);
        assertThat(suppressions.against(ada.email, Purpose.PROMOTION)).isPresent();
    }

    /** As mailbox providers write it (RFC 5965), with the mail or with its head only. */
    private byte[] complaint(long delivery, String feedback, boolean wholeMail) {
        return """
                From: feedback@mx.example.com
                Message-ID: <20260101.2@mx.example.com>
                Subject: FW: Your order
                MIME-Version: 1.0
                Content-Type: multipart/report; report-type=feedback-report; boundary="B/2"

                --B/2
                Content-Type: text/plain; charset=US-ASCII

                This is an email abuse report.

                --B/2
                Content-Type: message/feedback-report

                Feedback-Type: %s
                User-Agent: SomeGenerator/1.0
                Version: 1
                Original-Rcpt-To: <somebody@elsewhere.example>
                Reported-Domain: emporium.example

                --B/2
                Content-Type: %s

                From: shop@emporium.example
                Message-ID: <%s.%d@emporium.example>
                Subject: Your order

                Hello

                --B/2--
                """.formatted(feedback, wholeMail ? "message/rfc822" : "text/rfc822-headers", event, delivery)
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void the_reason_of_a_bounce_names_nobody() {
        long mail = sent("email", ada.email);
        report(bounce(mail, "failed", "5.1.1", "550 5.1.1 <" + ada.email + "> or forwarded@elsewhere.example unknown"))
                .then()
                .statusCode(200);
        assertThat(error(mail)).contains("5.1.1", "unknown").doesNotContain(ada.email, "forwarded@");
        assertThat(one("SELECT detail FROM suppressions WHERE address = CAST('" + ada.email + "' AS citext)"))
                .asString()
                .contains("unknown")
                .doesNotContain(ada.email, "forwarded@");
    }

    private Response callBack(long delivery, String sid, String status) {
        TreeMap<String, String> form = form(sid, status);
        String query = "delivery=" + delivery;
        return post(query, form, sign(url() + "?" + query, form));
    }

    private static TreeMap<String, String> form(String sid, String status) {
        TreeMap<String, String> form = new TreeMap<>(Map.of(
                "MessageSid",
                sid,
                "MessageStatus",
                status,
                "To",
                "+1 555",
                "From",
                "+15005550006",
                "Body",
                "für & Co"));
        if (status.equals("undelivered")) {
            form.put("ErrorCode", "30003");
        }
        return form;
    }

    private static Response post(String query, Map<String, String> form, String signature) {
        return given().contentType("application/x-www-form-urlencoded")
                .header("X-Twilio-Signature", signature)
                .body(encoded(form))
                .post(TWILIO + "?" + query);
    }

    private static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String url() {
        return setting("TWILIO_CALLBACK_URL");
    }

    private static String sign(String url, TreeMap<String, String> form) {
        StringBuilder signed = new StringBuilder(url);
        form.forEach((name, value) -> signed.append(name).append(value));
        return Base64.getEncoder()
                .encodeToString(mac(
                        "HmacSHA1",
                        setting("TWILIO_AUTH_TOKEN"),
                        signed.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static Response report(byte[] report) {
        String now = Long.toString(Instant.now().getEpochSecond());
        return report(report, now, hmac(now, report));
    }

    private static Response report(byte[] report, String time, String signature) {
        return given().contentType("message/rfc822")
                .header("X-Emporium-Timestamp", time)
                .header("X-Emporium-Signature", signature)
                .body(report)
                .post(MAIL);
    }

    private static String hmac(String time, byte[] report) {
        byte[] head = (time + ".").getBytes(StandardCharsets.UTF_8);
        byte[] signed = new byte[head.length + report.length];
        System.arraycopy(head, 0, signed, 0, head.length);
        System.arraycopy(report, 0, signed, head.length, report.length);
        return HexFormat.of().formatHex(mac("HmacSHA256", setting("MAIL_BOUNCE_SECRET"), signed));
    }

    private static byte[] mac(String algorithm, String secret, byte[] text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            return mac.doFinal(text);
        } catch (java.security.GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String setting(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }

    /** As Postfix writes it. */
    private byte[] bounce(long delivery, String action, String status, String diagnostic) {
        return """
                Return-Path: <>
                Message-ID: <20260101.1@mx.example.com>
                From: MAILER-DAEMON@mx.example.com
                Subject: Undelivered Mail Returned to Sender
                MIME-Version: 1.0
                Content-Type: multipart/report; report-type=delivery-status; boundary="B/1"

                --B/1
                Content-Type: text/plain

                I'm sorry to have to inform you.

                --B/1
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mx.example.com
                Arrival-Date: Thu, 1 Jan 2026 00:00:00 +0000

                Final-Recipient: rfc822; forwarded@elsewhere.example
                Action: %s
                Status: %s
                Diagnostic-Code: smtp;
                    %s

                --B/1
                Content-Type: message/rfc822

                From: shop@emporium.example
                Message-ID: <%s.%d@emporium.example>
                Subject: Your order

                Hello

                --B/1--
                """.formatted(action, status, diagnostic, event, delivery)
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A message that its provider has taken. */
    private long sent(String channel, String recipient) {
        String sid = channel.equals("sms") ? "'" + SID + "'" : "NULL";
        return ((Number) one("INSERT INTO deliveries (user_id, channel, type, event_id, recipient, subject, body_text,"
                        + " provider_id, status, sent_at) VALUES (" + ada.userId + ", '" + channel + "', 'test', '"
                        + event
                        + "', '" + recipient + "', 'x', 'x', " + sid + ", 'sent', now()) RETURNING delivery_id"))
                .longValue();
    }

    /** A mail that waits for its turn. */
    private long write() {
        return ((Number) one(
                        "INSERT INTO deliveries (user_id, channel, type, event_id, recipient, subject, body_text) VALUES ("
                                + ada.userId + ", 'email', 'test', gen_random_uuid(), '" + ada.email
                                + "', 'x', 'x') RETURNING delivery_id"))
                .longValue();
    }

    private String state(long delivery) {
        return (String) one("SELECT status FROM deliveries WHERE delivery_id = " + delivery);
    }

    private String error(long delivery) {
        return (String) one("SELECT last_error FROM deliveries WHERE delivery_id = " + delivery);
    }

    private Object one(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(query).getSingleResult());
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }
}
