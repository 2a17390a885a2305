package io.emporium.notification.email;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.emporium.Shopper;
import io.emporium.identity.AccountTokens;
import io.emporium.identity.User;
import io.emporium.notification.delivery.Channel;
import io.emporium.notification.delivery.Deliveries;
import io.emporium.notification.delivery.Delivery;
import io.emporium.notification.delivery.Purpose;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.Engine;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** A mail with a secret, of a shop that has pages for it: the row has a place for the secret, the mail the way to the page. */
@QuarkusTest
class SecretMailTest {
    @Inject
    EntityManager database;

    @Inject
    Engine templates;

    @Inject
    Deliveries deliveries;

    @Inject
    Mails mails;

    @Inject
    AccountTokens secrets;

    @Test
    void the_way_to_the_shops_page_carries_the_secret_where_no_server_sees_it() {
        Shopper ada = Shopper.registered();
        var withLinks = new Mails(deliveries, templates, Optional.of("https://shop.example"));
        UUID event = UUID.randomUUID();
        Object[] row = QuarkusTransaction.requiringNew().call(() -> {
            User user = User.<User>findByIdOptional(ada.userId).orElseThrow();
            withLinks.add(
                    user, event, "password_reset", "Reset", Letter.to(user).withSecret("/reset-password", "Go"));
            Object[] written = (Object[]) database.createNativeQuery(
                            "SELECT body_text, body_html FROM deliveries WHERE event_id = :event", Object[].class)
                    .setParameter("event", event)
                    .getSingleResult();
            // Never sent: nobody has asked for it.
            database.createNativeQuery("DELETE FROM deliveries WHERE event_id = :event")
                    .setParameter("event", event)
                    .executeUpdate();
            return written;
        });
        var mail = new Delivery(
                1,
                Channel.EMAIL,
                Purpose.ACCOUNT,
                ada.userId,
                event,
                "password_reset",
                ada.email,
                "Reset",
                (String) row[0],
                (String) row[1],
                null,
                null,
                null,
                null,
                null,
                null);
        assertThat(MailSender.wantsSecret(mail)).isTrue();
        var whole = MailSender.with("s3cret", mail);
        assertThat(MailSender.wantsSecret(whole)).isFalse();
        assertThat(whole.text()).contains("Go: https://shop.example/reset-password#token=s3cret\n");
        assertThat(whole.html())
                .contains("<a href=\"https://shop.example/reset-password#token=s3cret\"", ">Go</a>")
                .doesNotContain("Your code");
        assertThat(whole.toString()).doesNotContain("s3cret");
    }

    @Test
    void a_mail_that_nobody_waits_for_is_gone_with_its_row() {
        Shopper ada = Shopper.registered();
        UUID event = UUID.randomUUID();
        QuarkusTransaction.requiringNew().run(() -> {
            User user = User.<User>findByIdOptional(ada.userId).orElseThrow();
            Letter letter = Letter.aboutAccount(user).withSecret("/reset-password", "Go");
            mails.add(user, event, "password_reset", "Nobody waits for this", letter);
        });
        await().atMost(Duration.ofSeconds(60)).until(() -> rowsOf(event) == 0);
        String page = ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
        given().queryParam("to", ada.email)
                .get(page)
                .then()
                .body("mails.subject", not(hasItem("Nobody waits for this")));
    }

    /** A mail that waited for so long would bring what was asked for yesterday. */
    @Test
    void a_secret_is_made_for_as_long_as_a_link_would_last_since_it_was_asked_for() {
        Shopper ada = Shopper.registered();
        for (int hours : new int[] {25, 23}) {
            UUID request = QuarkusTransaction.requiringNew().call(() -> (UUID) database.createNativeQuery(
                            "UPDATE account_requests SET asked_at = now() - make_interval(hours => :hours)"
                                    + " WHERE user_id = :user AND purpose = 'verify_email' RETURNING request_id",
                            UUID.class)
                    .setParameter("hours", hours)
                    .setParameter("user", ada.userId)
                    .getSingleResult());
            assertThat(secrets.issue(request).isPresent()).as(hours + " h").isEqualTo(hours < 24);
        }
    }

    private long rowsOf(UUID event) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(
                                        "SELECT count(*) FROM deliveries WHERE event_id = :event", Long.class)
                                .setParameter("event", event)
                                .getSingleResult())
                        .longValue());
    }

    @Test
    void nothing_anybody_types_is_taken_for_the_place_of_a_secret() {
        assertThat(Letter.line("Ann" + Letter.SECRET)).isEqualTo("Ann secret");
    }
}
