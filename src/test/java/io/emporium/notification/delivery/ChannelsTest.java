package io.emporium.notification.delivery;

import static io.emporium.notification.PhoneProviders.FCM;
import static io.emporium.notification.PhoneProviders.TWILIO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emporium.LocalServerSwitch;
import io.emporium.Shopper;
import io.emporium.notification.PhoneProviders;
import io.emporium.notification.delivery.Message.About;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SMS and push messages leave, whatever the provider does, and only to those who want them. */
@QuarkusTest
class ChannelsTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Inject
    Deliveries deliveries;

    @Inject
    Suppressions suppressions;

    @Inject
    EntityManager database;

    private Shopper ada;
    private String phone;
    private String device;

    @BeforeEach
    void aCustomerWithAPhone() {
        PhoneProviders.heal();
        ada = Shopper.registered();
        phone = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 10_000_000);
        device = "device:" + UUID.randomUUID();
        call(ada, phone);
        carry(ada, device);
    }

    @AfterEach
    void heal() {
        PhoneProviders.heal();
    }

    @Test
    void an_order_is_told_on_the_phone_as_it_goes_on() {
        Shopper admin = Shopper.admin();
        long product = admin.createProduct("10.00", 5);
        long order = ada.paidOrder(product, 1);
        admin.json()
                .body(Map.of("status", "processing"))
                .put("/api/v1/orders/" + order + "/status")
                .then()
                .statusCode(200);
        admin.json()
                .body(Map.of("carrier", "UPS", "tracking_number", "1Z999"))
                .post("/api/v1/orders/" + order + "/shipments")
                .then()
                .statusCode(201);
        admin.json()
                .body(Map.of("status", "delivered"))
                .put("/api/v1/orders/" + order + "/status")
                .then()
                .statusCode(200);
        String number = ada.request().get("/api/v1/orders/" + order).path("data.order_number");

        await().atMost(LONG).untilAsserted(() -> {
            assertThat(PhoneProviders.of(phone))
                    .extracting(sms -> sms.get("text"))
                    .containsExactlyInAnyOrder(
                            "Your order " + number + " has been shipped. Tracking: 1Z999",
                            "Your order " + number + " has been delivered");
            assertThat(PhoneProviders.of(device))
                    .extracting(push -> push.get("title"))
                    .containsExactlyInAnyOrder("Order Confirmed", "Order Shipped", "Order Delivered");
        });
        assertThat(PhoneProviders.of(device))
                .allSatisfy(push -> assertThat(push.get("data"))
                        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                        .containsEntry("order_id", Long.toString(order)));
        await().atMost(LONG)
                .until(() -> states("sms").equals(List.of("delivered", "delivered"))
                        && states("push").equals(List.of("sent", "sent", "sent")));
    }

    @Test
    void a_payment_that_failed_and_a_refund_are_told_too() {
        Shopper admin = Shopper.admin();
        long product = admin.createProduct("10.00", 5);
        ada.pay(ada.order(product, 1), "pm_card_chargeDeclined").then().statusCode(402);
        long order = ada.paidOrder(product, 1);
        admin.json()
                .body(Map.of("order_id", order, "amount", 4, "reason", "scratched"))
                .post("/api/v1/payments/refund")
                .then()
                .statusCode(200);

        await().atMost(LONG).untilAsserted(() -> {
            assertThat(PhoneProviders.of(phone))
                    .singleElement()
                    .satisfies(sms -> assertThat((String) sms.get("text")).contains("did not go through"));
            assertThat(PhoneProviders.of(device))
                    .extracting(push -> push.get("title"))
                    .containsExactlyInAnyOrder("Payment Failed", "Order Confirmed", "Refund Issued");
        });
    }

    @Test
    void a_number_without_a_country_code_is_skipped_and_one_with_brackets_is_not() {
        sql("UPDATE users SET phone = '(555) 123-4567' WHERE user_id = " + ada.userId);
        Shopper bob = Shopper.registered();
        String bobs = phone.substring(0, 2) + " (" + phone.substring(2, 5) + ") " + phone.substring(5);
        sql("UPDATE users SET phone = '" + bobs + "' WHERE user_id = " + bob.userId);
        long product = Shopper.admin().createProduct("10.00", 5);
        for (Shopper shopper : List.of(ada, bob)) {
            shopper.pay(shopper.order(product, 1), "pm_card_chargeDeclined")
                    .then()
                    .statusCode(402);
        }
        await().atMost(LONG).untilAsserted(() -> {
            assertThat(states("sms")).containsExactly("skipped");
            assertThat(PhoneProviders.of(phone)).hasSize(1);
        });
    }

    @Test
    void a_number_that_is_none_is_not_tried_again() {
        call(ada, "+15005550001");
        long sms = sms("+15005550001", "number " + UUID.randomUUID());
        awaitState(sms, "undelivered");
        assertThat(one("SELECT attempts FROM deliveries WHERE delivery_id = " + sms))
                .isEqualTo(1);
        assertThat(error(sms)).contains("21211");
    }

    @Test
    void what_twilio_does_not_want_is_parked_after_five_tries_and_sent_when_replayed() {
        PhoneProviders.fault(TWILIO, "before", "http_422", 5);
        long sms = sms(phone, "unwanted");
        await().atMost(LONG).pollInterval(Duration.ofMillis(300)).until(() -> {
            sql(
                    "UPDATE deliveries SET next_try_at = now() WHERE status = 'pending' AND attempts > 0 AND claimed_at IS NULL"
                            + " AND delivery_id = " + sms);
            return state(sms).equals("parked");
        });
        assertThat(one("SELECT attempts FROM deliveries WHERE delivery_id = " + sms))
                .isEqualTo(5);
        Shopper.admin()
                .json()
                .post("/api/v1/admin/outbox/parked/" + sms + "/replay")
                .then()
                .statusCode(200);
        awaitState(sms, "delivered");
        assertThat(PhoneProviders.of(phone)).hasSize(1);
    }

    @Test
    void twilio_that_has_enough_is_left_alone_and_nothing_is_a_try() {
        PhoneProviders.fault(TWILIO, "before", "http_429", 1);
        long sms = sms(phone, "too many");
        awaitState(sms, "delivered");
        assertThat(one("SELECT attempts FROM deliveries WHERE delivery_id = " + sms))
                .isIn(0, 1);
        assertThat(PhoneProviders.of(phone)).hasSize(1);
    }

    @Test
    void an_sms_whose_answer_was_lost_is_not_sent_twice() {
        PhoneProviders.twilioSays("off");
        for (String kind : List.of("cut", "http_500", "hang")) {
            PhoneProviders.fault(TWILIO, "after", kind, 1);
            String text = kind + " " + UUID.randomUUID();
            long sms = sms(phone, text);
            awaitState(sms, "sent");
            assertThat(one("SELECT provider_id FROM deliveries WHERE delivery_id = " + sms))
                    .asString()
                    .startsWith("SM");
            assertThat(PhoneProviders.of(phone)).filteredOn("text", text).hasSize(1);
        }
    }

    @Test
    void an_sms_of_a_process_that_died_before_it_noted_it_is_not_sent_twice() {
        PhoneProviders.twilioSays("off");
        long sms = sms(phone, "once");
        awaitState(sms, "sent");
        sql("UPDATE deliveries SET status = 'pending', sent_at = NULL, provider_id = NULL, next_try_at = now(),"
                + " claimed_at = now() - interval '2 seconds' WHERE delivery_id = " + sms);
        awaitState(sms, "sent");
        assertThat(PhoneProviders.of(phone)).hasSize(1);
    }

    @Test
    void an_sms_of_which_nobody_knows_does_not_pass_for_its_twin() {
        PhoneProviders.twilioSays("off");
        long first = sms(phone, "the same");
        awaitState(first, "sent");
        long second = later(Channel.SMS, Purpose.ORDER, phone, "the same");
        sql("UPDATE deliveries SET next_try_at = now(), claimed_at = now() - interval '2 seconds' WHERE delivery_id = "
                + second);
        awaitState(second, "sent");
        assertThat(PhoneProviders.of(phone)).hasSize(2);
        assertThat(one("SELECT count(DISTINCT provider_id) FROM deliveries WHERE delivery_id IN (" + first + ", "
                        + second + ")"))
                .isEqualTo(2L);
    }

    /** Before V23 rows did not say what they are for. */
    @Test
    void an_old_mail_about_an_account_is_turned_off_by_nobody() {
        ada.json()
                .body(Map.of(
                        "email_notifications", false,
                        "sms_notifications", true,
                        "push_notifications", true,
                        "promotional_emails", false))
                .put("/api/v1/users/preferences/notifications")
                .then()
                .statusCode(200);
        for (String type : List.of("verify_email", "password_reset", "password_changed")) {
            long mail = later(Channel.EMAIL, Purpose.ORDER, ada.email, "old");
            sql("UPDATE deliveries SET type = '" + type + "', next_try_at = now() WHERE delivery_id = " + mail);
            awaitState(mail, "sent");
        }
    }

    @Test
    void a_push_sent_again_takes_the_firsts_place() {
        PhoneProviders.fault(FCM, "after", "cut", 1);
        long push = push(device, "twice");
        awaitState(push, "sent");
        assertThat(PhoneProviders.of(device))
                .hasSize(2)
                .extracting(it -> it.get("tag"))
                .containsOnly("delivery-" + push);
    }

    @Test
    void one_channel_away_holds_up_no_other_and_its_messages_wait() {
        var twilio = new LocalServerSwitch("twilio");
        twilio.stop();
        long sms;
        try {
            sms = sms(phone, "waits");
            await().atMost(LONG).until(() -> Objects.toString(error(sms)).contains("no answer"));
            awaitState(push(device, "goes"), "sent");
        } finally {
            twilio.start();
        }
        awaitState(sms, "delivered");
        assertThat(PhoneProviders.of(phone)).hasSize(1);
    }

    @Test
    void one_channel_slow_holds_up_no_other() {
        PhoneProviders.fault(
                TWILIO,
                Map.of(
                        "method",
                        "POST",
                        "path",
                        "/2010-04-01/**",
                        "when",
                        "before",
                        "kind",
                        "hang",
                        "delay_ms",
                        20_000,
                        "count",
                        1));
        long sms = sms(phone, "slow");
        awaitState(push(device, "quick"), "sent");
        awaitState(sms, "delivered");
        assertThat(PhoneProviders.of(phone)).hasSize(1);
    }

    @Test
    void a_device_that_is_gone_is_forgotten_and_another_projects_is_not() {
        for (String dead : List.of("gone:", "broken:")) {
            String token = dead + UUID.randomUUID();
            carry(ada, token);
            awaitState(push(token, "dead"), "undelivered");
            await().atMost(LONG).until(() -> devices(token) == 0);
        }
        String foreign = "foreign:" + UUID.randomUUID();
        carry(ada, foreign);
        long push = push(foreign, "foreign");
        await().atMost(LONG).until(() -> Objects.toString(error(push)).contains("SENDER_ID_MISMATCH"));
        assertThat(devices(foreign)).isEqualTo(1);
        assertThat(devices(device)).isEqualTo(1);
        sql("DELETE FROM deliveries WHERE delivery_id = " + push);
    }

    /** Told as 401 too; more of them than refusals or failures that would shut the channel. */
    @Test
    void devices_that_fcm_has_no_key_for_hold_up_no_others() {
        String apple = "apple:" + UUID.randomUUID();
        carry(ada, apple);
        List<Long> barred = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            barred.add(push(apple, "barred"));
        }
        awaitState(push(device, "goes"), "sent");
        await().atMost(LONG).pollInterval(Duration.ofMillis(300)).until(() -> {
            sql(
                    "UPDATE deliveries SET next_try_at = now() WHERE status = 'pending' AND attempts > 0 AND claimed_at IS NULL"
                            + " AND user_id = " + ada.userId);
            return barred.stream().allMatch(each -> state(each).equals("parked"));
        });
        assertThat(error(barred.getFirst())).contains("401 THIRD_PARTY_AUTH_ERROR");
        assertThat(devices(apple)).isEqualTo(1);
        sql("DELETE FROM deliveries WHERE status = 'parked' AND user_id = " + ada.userId);
    }

    @Test
    void fcm_that_is_busy_is_asked_again() {
        PhoneProviders.fault(FCM, "before", "http_503", 2);
        awaitState(push(device, "later"), "sent");
        assertThat(PhoneProviders.of(device)).hasSize(1);
        assertThat(devices(device)).isEqualTo(1);
    }

    @Test
    void an_access_token_that_was_called_back_is_fetched_anew() {
        awaitState(push(device, "first"), "sent");
        PhoneProviders.takeTokensBack();
        awaitState(push(device, "second"), "sent");
        assertThat(PhoneProviders.of(device)).hasSize(2);
    }

    @Test
    void an_access_token_is_kept() {
        for (int i = 0; i < 3; i++) {
            awaitState(push(device, "kept " + i), "sent");
        }
        assertThat(PhoneProviders.calls(FCM, "assertion=").size())
                .isLessThan(PhoneProviders.calls(FCM, "\"notification\"").size());
    }

    @Test
    void who_turned_a_channel_off_after_the_row_was_made_gets_nothing_by_it() {
        long sms = later(Channel.SMS, Purpose.ORDER, phone, "off");
        long push = later(Channel.PUSH, Purpose.ORDER, device, "off");
        long account = later(Channel.SMS, Purpose.ACCOUNT, phone, "asked for");
        prefer(false, false);
        for (long each : List.of(sms, push, account)) {
            now(each);
        }
        awaitState(sms, "skipped");
        awaitState(push, "skipped");
        // What they asked for themselves no preference turns off.
        awaitState(account, "delivered");
        assertThat(error(sms)).contains("turned the channel off");
        assertThat(PhoneProviders.of(phone)).extracting(it -> it.get("text")).containsExactly("asked for");
        assertThat(PhoneProviders.of(device)).isEmpty();
    }

    @Test
    void who_has_left_after_the_row_was_made_gets_nothing() {
        nobodyIsToldAfter(() -> sql("UPDATE users SET is_active = FALSE WHERE user_id = " + ada.userId));
    }

    @Test
    void a_phone_that_has_another_owner_now_gets_nothing_of_the_old_one() {
        nobodyIsToldAfter(() -> {
            call(ada, "+15551234567");
            carry(Shopper.registered(), device);
        });
    }

    private void nobodyIsToldAfter(Runnable change) {
        long sms = later(Channel.SMS, Purpose.ORDER, phone, "too late");
        long push = later(Channel.PUSH, Purpose.ORDER, device, "too late");
        change.run();
        now(sms);
        now(push);
        awaitState(sms, "skipped");
        awaitState(push, "skipped");
        assertThat(PhoneProviders.of(phone)).isEmpty();
        assertThat(PhoneProviders.of(device)).isEmpty();
    }

    @Test
    void no_promotion_without_consent_whatever_the_channel() {
        long refused = add(Channel.PUSH, Purpose.PROMOTION, device, "Buy!");
        awaitState(refused, "skipped");
        prefer(true, true);
        long wanted = add(Channel.PUSH, Purpose.PROMOTION, device, "Buy more!");
        awaitState(wanted, "sent");
        assertThat(PhoneProviders.of(device)).extracting(it -> it.get("text")).containsExactly("Buy more!");
    }

    @Test
    void an_address_that_bounces_gets_no_mail_until_an_admin_takes_it_off() {
        QuarkusTransaction.requiringNew()
                .run(() -> suppressions.add(ada.email, Suppressions.Reason.HARD_BOUNCE, "5.1.1"));
        long skipped = add(Channel.EMAIL, Purpose.ORDER, ada.email, "to nobody");
        awaitState(skipped, "skipped");
        assertThat(error(skipped)).contains("hard_bounce");
        QuarkusTransaction.requiringNew().run(() -> suppressions.remove(ada.email, Suppressions.Reason.HARD_BOUNCE));
        awaitState(add(Channel.EMAIL, Purpose.ORDER, ada.email, "to somebody"), "sent");
    }

    @Test
    void a_message_written_twice_is_one() {
        UUID event = UUID.randomUUID();
        for (int i = 0; i < 2; i++) {
            QuarkusTransaction.requiringNew()
                    .run(() -> deliveries.add(message(Channel.SMS, Purpose.ORDER, event, phone, "once")));
        }
        await().atMost(LONG).until(() -> states("sms").equals(List.of("delivered")));
        assertThat(PhoneProviders.of(phone)).hasSize(1);
    }

    @Test
    void what_has_waited_for_too_long_is_old_news_and_does_not_leave() {
        long sms = later(Channel.SMS, Purpose.ORDER, phone, "old");
        long mail = later(Channel.EMAIL, Purpose.ORDER, ada.email, "not yet");
        sql("UPDATE deliveries SET send_by = send_by - interval '2 days' WHERE delivery_id IN (" + sms + ", " + mail
                + ")");
        now(sms);
        now(mail);
        awaitState(sms, "skipped");
        assertThat(error(sms)).contains("too late");
        awaitState(mail, "sent");
        assertThat(PhoneProviders.of(phone)).isEmpty();
    }

    /** Nobody takes them in hand and asks. */
    @Test
    void nor_does_that_of_a_channel_that_was_off_for_so_long() {
        long old = later(Channel.SMS, Purpose.ORDER, phone, "old");
        long inHand = later(Channel.SMS, Purpose.ORDER, phone, "in hand");
        long young = later(Channel.SMS, Purpose.ORDER, phone, "young");
        QuarkusTransaction.begin();
        try {
            database.createNativeQuery(
                            "UPDATE deliveries SET send_by = send_by - interval '2 days' WHERE delivery_id IN (:all)")
                    .setParameter("all", List.of(old, inHand))
                    .executeUpdate();
            database.createNativeQuery("UPDATE deliveries SET next_try_at = now() WHERE delivery_id IN (:all)")
                    .setParameter("all", List.of(old, young))
                    .executeUpdate();
            deliveries.giveUp(1_000);
            assertThat(database.createNativeQuery(
                                    "SELECT status FROM deliveries WHERE delivery_id IN (:all) ORDER BY delivery_id",
                                    String.class)
                            .setParameter("all", List.of(old, inHand, young))
                            .getResultList())
                    .containsExactly("skipped", "pending", "pending");
        } finally {
            QuarkusTransaction.rollback();
        }
        sql("DELETE FROM deliveries WHERE user_id = " + ada.userId);
    }

    /** Whoever replays it wants it sent. */
    @Test
    void what_an_admin_replays_is_news_again() {
        long mail = later(Channel.EMAIL, Purpose.ORDER, ada.email, "replayed");
        sql("UPDATE deliveries SET status = 'parked', send_by = now() - interval '1 day' WHERE delivery_id = " + mail);
        Shopper.admin()
                .json()
                .post("/api/v1/admin/outbox/parked/" + mail + "/replay")
                .then()
                .statusCode(200);
        awaitState(mail, "sent");
    }

    /** Whoever has them sent: what is another account's, a campaign's or skipped makes no difference. */
    @Test
    void nobody_is_written_more_in_an_hour_than_anybody_needs() {
        for (int i = 0; i < 10; i++) {
            later(Channel.SMS, Purpose.ORDER, phone, "flood");
        }
        Shopper bob = Shopper.registered();
        call(bob, phone);
        Shopper first = ada;
        ada = bob;
        long skipped = later(Channel.SMS, Purpose.ORDER, phone, "eleventh");
        assertThat(state(skipped)).isEqualTo("skipped");
        assertThat(error(skipped)).isEqualTo("more than 10 in an hour");
        assertThat(state(later(Channel.SMS, Purpose.ACCOUNT, phone, "asked for")))
                .isEqualTo("pending");
        ada = first;

        for (int i = 0; i < 20; i++) {
            later(Channel.EMAIL, Purpose.ORDER, ada.email, "flood");
        }
        assertThat(state(later(Channel.EMAIL, Purpose.ORDER, ada.email, "too many")))
                .isEqualTo("skipped");
        sql("UPDATE users SET email_verified_at = now() WHERE user_id = " + ada.userId);
        assertThat(state(later(Channel.EMAIL, Purpose.ORDER, ada.email, "theirs")))
                .isEqualTo("pending");
        sql("UPDATE users SET email_verified_at = NULL WHERE user_id = " + ada.userId);
        sql("UPDATE deliveries SET created_at = now() - interval '1 hour' WHERE user_id = " + ada.userId);
        assertThat(state(later(Channel.EMAIL, Purpose.ORDER, ada.email, "an hour later")))
                .isEqualTo("pending");
        sql("DELETE FROM deliveries WHERE user_id IN (" + ada.userId + ", " + bob.userId + ")");
    }

    private long sms(String to, String text) {
        return add(Channel.SMS, Purpose.ORDER, to, text);
    }

    private long push(String to, String text) {
        return add(Channel.PUSH, Purpose.ORDER, to, text);
    }

    private long add(Channel channel, Purpose purpose, String to, String text) {
        return add(channel, purpose, to, text, "now()");
    }

    /** It waits until it is told to go. */
    private long later(Channel channel, Purpose purpose, String to, String text) {
        return add(channel, purpose, to, text, "now() + interval '1 day'");
    }

    private long add(Channel channel, Purpose purpose, String to, String text, String when) {
        UUID event = UUID.randomUUID();
        return QuarkusTransaction.requiringNew().call(() -> {
            deliveries.add(message(channel, purpose, event, to, text));
            database.createNativeQuery(
                            "UPDATE deliveries SET next_try_at = " + when + " WHERE event_id = '" + event + "'")
                    .executeUpdate();
            return ((Number) database.createNativeQuery(
                                    "SELECT delivery_id FROM deliveries WHERE event_id = '" + event + "'")
                            .getSingleResult())
                    .longValue();
        });
    }

    private Message message(Channel channel, Purpose purpose, UUID event, String to, String text) {
        return new Message(
                channel,
                purpose,
                ada.userId,
                event,
                "test",
                to,
                channel == Channel.SMS ? null : "Title",
                text,
                null,
                channel == Channel.SMS ? 1 : null,
                new About("order", 1));
    }

    private void now(long delivery) {
        sql("UPDATE deliveries SET next_try_at = now() WHERE delivery_id = " + delivery);
    }

    private void prefer(boolean phones, boolean promotions) {
        ada.json()
                .body(Map.of(
                        "email_notifications", true,
                        "sms_notifications", phones,
                        "push_notifications", phones,
                        "promotional_emails", promotions))
                .put("/api/v1/users/preferences/notifications")
                .then()
                .statusCode(200);
    }

    private static void call(Shopper shopper, String at) {
        shopper.json()
                .body(Map.of("phone", at))
                .patch("/api/v1/users/me")
                .then()
                .statusCode(200);
    }

    private static void carry(Shopper shopper, String token) {
        shopper.json()
                .body(Map.of("fcm_token", token))
                .put("/api/v1/users/me/devices")
                .then()
                .statusCode(200);
    }

    private long devices(String token) {
        return ((Number) one("SELECT count(*) FROM devices WHERE fcm_token = '" + token + "'")).longValue();
    }

    private void awaitState(long delivery, String state) {
        await().atMost(LONG).until(() -> state.equals(state(delivery)));
    }

    private String state(long delivery) {
        return (String) one("SELECT status FROM deliveries WHERE delivery_id = " + delivery);
    }

    private String error(long delivery) {
        return (String) one("SELECT last_error FROM deliveries WHERE delivery_id = " + delivery);
    }

    private List<String> states(String channel) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "SELECT status FROM deliveries WHERE user_id = " + ada.userId + " AND channel = '"
                                        + channel + "' ORDER BY delivery_id",
                                String.class)
                        .getResultList());
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
