package io.emporium.identity;

import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.Shopper;
import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.UUID;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;
import org.junit.jupiter.api.Test;

/** One's own account, what one wants to hear (low-level-design 4.6.3), one's devices; the keys of our tokens. */
@QuarkusTest
class AccountTest {
    private static final String ME = "/api/v1/users/me";
    private static final String PREFERENCES = "/api/v1/users/preferences/notifications";
    private static final String DEVICES = "/api/v1/users/me/devices";

    @Inject
    Rows rows;

    @Test
    void one_sees_ones_own_account() {
        Customer ann = aCustomer();
        String answer = ann.asks()
                .get(ME)
                .then()
                .statusCode(200)
                .body("data.user_id", equalTo((int) ann.userId()))
                .body("data.email", equalTo(ann.email()))
                .body("data.first_name", equalTo("Ann"))
                .body("data.role", equalTo("customer"))
                .body("data", hasKey("created_at"))
                .extract()
                .asString();
        assertThat(answer).doesNotContain("password", "version", "is_active");
    }

    @Test
    void what_is_missing_in_a_patch_stays() {
        Customer ann = aCustomer();
        patch(ann, "{\"last_name\":\" Smith \",\"phone\":\"+1234567890\"}")
                .statusCode(200)
                .body("data.first_name", equalTo("Ann"))
                .body("data.last_name", equalTo("Smith"))
                .body("data.phone", equalTo("+1234567890"));
        patch(ann, "{\"first_name\":\"Anna\"}")
                .body("data.first_name", equalTo("Anna"))
                .body("data.phone", equalTo("+1234567890"));
        patch(ann, "{\"phone\":\"\"}").body("data.phone", nullValue());
        ann.asks().get(ME).then().body("data.first_name", equalTo("Anna")).body("data.last_name", equalTo("Smith"));
    }

    @Test
    void a_patch_changes_nothing_it_does_not_document() {
        Customer ann = aCustomer();
        patch(
                        ann,
                        "{\"role\":\"admin\",\"user_id\":1,\"email\":\"root@example.com\",\"is_active\":false,\"password\":\"x\"}")
                .statusCode(200)
                .body("data.role", equalTo("customer"))
                .body("data.email", equalTo(ann.email()))
                .body("data.user_id", equalTo((int) ann.userId()));
        ann.asks().get("/api/v1/admin/outbox").then().statusCode(403);
        Customers.signIn(ann.email(), Customers.PASSWORD);
    }

    @Test
    void a_name_cannot_be_emptied() {
        Customer ann = aCustomer();
        patch(ann, "{\"first_name\":\"  \"}").statusCode(400).body("error.details.fields.field", hasItem("first_name"));
        patch(ann, "{\"phone\":\"call me\"}").statusCode(400).body("error.details.fields.field", hasItem("phone"));
    }

    private static ValidatableResponse patch(Customer customer, String body) {
        return customer.asks().body(body).patch(ME).then();
    }

    @Test
    void who_never_chose_gets_no_promotions() {
        aCustomer()
                .asks()
                .get(PREFERENCES)
                .then()
                .statusCode(200)
                .body("data.email_notifications", equalTo(true))
                .body("data.sms_notifications", equalTo(true))
                .body("data.push_notifications", equalTo(true))
                .body("data.promotional_emails", equalTo(false));
    }

    @Test
    void the_designs_example_is_answered_as_written() {
        Customer ann = aCustomer();
        ann.asks()
                .body("""
                        {"email_notifications": true, "sms_notifications": false, "push_notifications": true,
                         "promotional_emails": false}""")
                .put(PREFERENCES)
                .then()
                .statusCode(200)
                .body("success", equalTo(true))
                .body("message", equalTo("Notification preferences updated"))
                .body("data.email_notifications", equalTo(true))
                .body("data.sms_notifications", equalTo(false))
                .body("data.push_notifications", equalTo(true))
                .body("data.promotional_emails", equalTo(false))
                .body("data.size()", equalTo(4));
        ann.asks().get(PREFERENCES).then().body("data.sms_notifications", equalTo(false));
    }

    @Test
    void since_when_one_consents_is_kept_until_it_is_withdrawn() {
        Customer ann = aCustomer();
        prefer(ann, true);
        rows.update("UPDATE user_preferences SET promotional_since = '2020-01-01Z' WHERE user_id = ?", ann.userId());
        prefer(ann, true);
        assertThat(consentsSince2020(ann)).isEqualTo(1);
        prefer(ann, false);
        prefer(ann, true);
        assertThat(consentsSince2020(ann)).isZero();
        ann.asks().get(PREFERENCES).then().body("data.promotional_emails", equalTo(true));
    }

    private static void prefer(Customer customer, boolean promotions) {
        customer.asks()
                .body(Map.of(
                        "email_notifications", true,
                        "sms_notifications", true,
                        "push_notifications", true,
                        "promotional_emails", promotions))
                .put(PREFERENCES)
                .then()
                .statusCode(200);
    }

    private long consentsSince2020(Customer customer) {
        return rows.count(
                "SELECT count(*) FROM user_preferences WHERE user_id = ? AND promotional_since = '2020-01-01Z'",
                customer.userId());
    }

    @Test
    void preferences_are_all_four_or_none() {
        aCustomer()
                .asks()
                .body("{\"email_notifications\":true,\"sms_notifications\":null}")
                .put(PREFERENCES)
                .then()
                .statusCode(400)
                .body("error.details.fields.field", hasItem("sms_notifications"))
                .body("error.details.fields.field", hasItem("promotional_emails"));
    }

    @Test
    void a_device_belongs_to_whoever_signed_in_there_last() {
        Customer ann = aCustomer();
        Customer bob = aCustomer();
        Map<String, String> phone = Map.of("fcm_token", "app:" + UUID.randomUUID());
        ann.asks().body(phone).put(DEVICES).then().statusCode(200);
        ann.asks().body(phone).put(DEVICES).then().statusCode(200);
        assertThat(devices(ann)).isEqualTo(1);
        bob.asks().body(phone).delete(DEVICES).then().statusCode(404);
        assertThat(devices(ann)).isEqualTo(1);
        bob.asks().body(phone).put(DEVICES).then().statusCode(200);
        assertThat(devices(ann)).isZero();
        assertThat(devices(bob)).isEqualTo(1);
        bob.asks().body(phone).delete(DEVICES).then().statusCode(200);
        assertThat(devices(bob)).isZero();
    }

    @Test
    void of_many_devices_the_last_twenty_are_kept() {
        Customer ann = aCustomer();
        rows.update(
                "INSERT INTO devices (user_id, fcm_token, last_seen_at) SELECT ?, 'old-' || gen_random_uuid(),"
                        + " now() - interval '1 day' FROM generate_series(1, 20)",
                ann.userId());
        String newest = "new-" + UUID.randomUUID();
        ann.asks().body(Map.of("fcm_token", newest)).put(DEVICES).then().statusCode(200);
        assertThat(devices(ann)).isEqualTo(20);
        ann.asks().body(Map.of("fcm_token", newest)).delete(DEVICES).then().statusCode(200);
    }

    @Test
    void what_is_no_device_token_is_refused() {
        Customer ann = aCustomer();
        for (String bad : new String[] {"", "a\\b", "a b", "x".repeat(4097), "a\u0000"}) {
            ann.asks().body(Map.of("fcm_token", bad)).put(DEVICES).then().statusCode(400);
        }
        ann.asks()
                .body(Map.of("fcm_token", UUID.randomUUID() + "x".repeat(4060)))
                .put(DEVICES)
                .then()
                .statusCode(200);
    }

    private long devices(Customer customer) {
        return rows.count("SELECT count(*) FROM devices WHERE user_id = ?", customer.userId());
    }

    @Test
    void a_gateway_can_check_our_tokens_with_the_published_keys() throws Exception {
        Customer ann = aCustomer();
        String published = nobody().get("/.well-known/jwks.json")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(published).doesNotContain("\"d\"", "\"p\"", "\"q\"", "success");
        var signature = new JsonWebSignature();
        signature.setCompactSerialization(ann.token());
        var key = new JsonWebKeySet(published).findJsonWebKey(signature.getKeyIdHeaderValue(), "RSA", "sig", "RS256");
        signature.setKey(key.getKey());
        assertThat(signature.verifySignature()).isTrue();
        assertThat(signature.getHeader("typ")).isEqualTo("at+jwt");
    }

    @Test
    void the_first_admin_is_there_once() {
        Customer admin = Customers.signIn("admin@example.com", Shopper.adminPassword());
        admin.asks().get(ME).then().body("data.role", equalTo("admin"));
        admin.asks().get("/api/v1/admin/outbox").then().statusCode(200);
        assertThat(rows.count(
                        "SELECT count(*) FROM audit_log WHERE action = 'user.created' AND entity_id = ?",
                        Long.toString(admin.userId())))
                .isEqualTo(1);
    }
}
