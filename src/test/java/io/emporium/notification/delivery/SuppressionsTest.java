package io.emporium.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.Shopper;
import io.emporium.identity.Consent;
import io.emporium.notification.delivery.Suppressions.Reason;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** To whom no mail is sent, and who has said so. */
@QuarkusTest
class SuppressionsTest {
    private static final String LIST = "/api/v1/admin/suppressions";
    private static final String PREFERENCES = "/api/v1/users/preferences/notifications";

    @Inject
    Suppressions suppressions;

    @Inject
    Consent consent;

    @Inject
    EntityManager database;

    private final String address = "S" + UUID.randomUUID() + "@Example.com";

    @Test
    void a_hard_bounce_stops_every_mail_and_the_other_reasons_stop_promotion() {
        add(address, Reason.COMPLAINT);
        assertThat(suppressions.against(address, Purpose.PROMOTION)).contains(Reason.COMPLAINT);
        assertThat(suppressions.against(address, Purpose.ORDER)).isEmpty();

        add(address, Reason.HARD_BOUNCE);
        add(address.toUpperCase(java.util.Locale.ROOT), Reason.HARD_BOUNCE);

        for (Purpose purpose : Purpose.values()) {
            assertThat(suppressions.against(address.toLowerCase(java.util.Locale.ROOT), purpose))
                    .contains(Reason.HARD_BOUNCE);
        }
        assertThat(suppressions.against("x" + address, Purpose.PROMOTION)).isEmpty();
    }

    @Test
    void an_admin_sees_the_list_and_takes_an_address_off() {
        add(address, Reason.HARD_BOUNCE);
        Shopper admin = Shopper.admin();
        admin.request()
                .get(LIST)
                .then()
                .statusCode(200)
                .body("data.suppressions[0].address", equalTo(address))
                .body("data.suppressions[0].reason", equalTo("hard_bounce"))
                .body("data.suppressions[0].detail", equalTo("5.1.1 no such user"));
        int id = admin.request().get(LIST).path("data.suppressions[0].suppression_id");
        Shopper.registered().request().delete(LIST + "/" + id).then().statusCode(403);

        admin.request().delete(LIST + "/" + id).then().statusCode(200);

        assertThat(suppressions.against(address, Purpose.ORDER)).isEmpty();
        admin.request().delete(LIST + "/" + id).then().statusCode(404);
        assertThat(one("SELECT count(*) FROM audit_log WHERE action = 'suppression.removed' AND entity_id = '" + id
                        + "'"))
                .isEqualTo(1L);
    }

    @Test
    void an_admin_puts_an_address_on_the_list_and_it_gets_no_promotion() {
        Shopper admin = Shopper.admin();
        String whose = "SELECT count(*) FROM audit_log WHERE action = 'suppression.added' AND entity_id = '";
        Map<String, Object> body = Map.of("address", address, "note", "Asked for it by telephone");
        int id = admin.json()
                .body(body)
                .post(LIST)
                .then()
                .statusCode(201)
                .body("data.address", equalTo(address))
                .body("data.reason", equalTo("admin"))
                .body("data.detail", equalTo("Asked for it by telephone"))
                .extract()
                .path("data.suppression_id");
        assertThat(suppressions.against(address, Purpose.PROMOTION)).contains(Reason.ADMIN);
        assertThat(suppressions.against(address, Purpose.ORDER)).isEmpty();
        assertThat(suppressions.against(address, Purpose.ACCOUNT)).isEmpty();

        // Again, and in another case: the same entry, and no second record.
        admin.json()
                .body(Map.of("address", address.toLowerCase(java.util.Locale.ROOT), "note", "Another"))
                .post(LIST)
                .then()
                .statusCode(201)
                .body("data.suppression_id", equalTo(id))
                .body("data.detail", equalTo("Asked for it by telephone"));
        assertThat(one(whose + id + "'")).isEqualTo(1L);
        assertThat(one("SELECT count(*) FROM audit_log WHERE CAST(after AS text) ILIKE '%" + address + "%'"))
                .isEqualTo(0L);

        Shopper.registered().json().body(body).post(LIST).then().statusCode(403);
        admin.request().delete(LIST + "/" + id).then().statusCode(200);
        assertThat(suppressions.against(address, Purpose.PROMOTION)).isEmpty();
    }

    @Test
    void what_is_no_address_comes_on_no_list() {
        Shopper admin = Shopper.admin();
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of(),
                Map.of("address", ""),
                Map.of("address", "jane"),
                Map.of("address", "jane@example.com\r\nBcc: x@example.com"),
                Map.of("address", "j".repeat(250) + "@example.com"),
                Map.of("address", address, "note", "x".repeat(201)),
                Map.of("address", address, "note", "two\nlines"),
                Map.of("address", address, "note", "\u0000"))) {
            admin.json().body(wrong).post(LIST).then().statusCode(400).body("error.code", equalTo("VALIDATION_ERROR"));
        }
        assertThat(suppressions.against(address, Purpose.PROMOTION)).isEmpty();
    }

    @Test
    void consent_that_is_withdrawn_says_since_when_and_until_when_it_held() {
        Shopper ada = Shopper.registered();
        assertThat(withdraw(ada)).isFalse();
        prefer(ada, true);

        assertThat(withdraw(ada)).isTrue();
        assertThat(withdraw(ada)).isFalse();

        String held = "SELECT promotional_since <= promotional_withdrawn_at FROM user_preferences WHERE user_id = ";
        ada.request().get(PREFERENCES).then().body("data.promotional_emails", equalTo(false));
        assertThat(one(held + ada.userId)).isEqualTo(true);
        Object until = one("SELECT promotional_withdrawn_at FROM user_preferences WHERE user_id = " + ada.userId);
        prefer(ada, false);
        assertThat(one("SELECT promotional_withdrawn_at FROM user_preferences WHERE user_id = " + ada.userId))
                .isEqualTo(until);
        prefer(ada, true);
        assertThat(one("SELECT promotional_withdrawn_at FROM user_preferences WHERE user_id = " + ada.userId))
                .isNull();
        prefer(ada, false);
        assertThat(one(held + ada.userId)).isEqualTo(true);
    }

    private void add(String to, Reason reason) {
        QuarkusTransaction.requiringNew().run(() -> suppressions.add(to, reason, "5.1.1 no such user"));
    }

    private boolean withdraw(Shopper shopper) {
        return QuarkusTransaction.requiringNew().call(() -> consent.withdraw(shopper.userId));
    }

    private static void prefer(Shopper shopper, boolean promotions) {
        shopper.json()
                .body(Map.of(
                        "email_notifications", true,
                        "sms_notifications", true,
                        "push_notifications", true,
                        "promotional_emails", promotions))
                .put(PREFERENCES)
                .then()
                .statusCode(200);
    }

    private Object one(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(query).getSingleResult());
    }
}
