package io.emporium.identity;

import static io.emporium.identity.Customers.PASSWORD;
import static io.emporium.identity.Customers.newEmail;
import static io.emporium.identity.Customers.nobody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening an account (low-level-design 4.1.1). */
@QuarkusTest
class RegistrationTest {
    @Inject
    Rows rows;

    private static Map<String, Object> ann() {
        return new HashMap<>(
                Map.of("email", newEmail(), "password", PASSWORD, "first_name", "Ann", "last_name", "Lee"));
    }

    private static Response register(Map<String, Object> body) {
        return nobody().body(body).post("/api/v1/auth/register");
    }

    @Test
    void the_designs_example_is_answered_as_written() {
        rows.update("DELETE FROM users WHERE email = CAST(? AS citext)", "user@example.com");
        String answer = nobody().body("""
                        {"email": "user@example.com", "password": "SecurePass123!", "first_name": "John", "last_name": "Doe",
                         "phone": "+1234567890"}""")
                .post("/api/v1/auth/register")
                .then()
                .statusCode(201)
                .body("success", equalTo(true))
                .body("message", equalTo("User registered successfully"))
                .body("data.email", equalTo("user@example.com"))
                .body("data.first_name", equalTo("John"))
                .body("data.last_name", equalTo("Doe"))
                .body("data.size()", equalTo(4))
                .body("data", hasKey("user_id"))
                .extract()
                .asString();
        assertThat(answer).doesNotContain("password");
    }

    @Test
    void a_registration_is_told_once_and_kept_hashed() {
        long userId = Customers.register(newEmail());
        assertThat(rows.count("SELECT count(*) FROM outbox WHERE type = 'user.registered' AND entity_id = ?", userId))
                .isEqualTo(1);
        assertThat(rows.count("SELECT count(*) FROM users WHERE user_id = ? AND password_hash LIKE '$2_$1%'", userId))
                .isEqualTo(1);
    }

    @Test
    void an_address_made_of_a_uuid_is_no_card_number_but_one_with_a_card_number_is_refused() {
        Map<String, Object> body = ann();
        // Read over its dashes, sixteen digits of a card scheme with the right check digit.
        body.put("email", "40128888-8888-1881-" + body.get("email"));
        register(body).then().statusCode(201);
        body.put("email", "4012888888881881" + newEmail());
        register(body).then().statusCode(400).body("error.details.fields.field", hasItem("email"));
    }

    @Test
    void an_address_has_one_account_whatever_its_case() {
        Map<String, Object> body = ann();
        register(body).then().statusCode(201);
        body.put("email", "  " + body.get("email").toString().toUpperCase(Locale.ROOT) + " ");
        register(body)
                .then()
                .statusCode(409)
                .body("error.code", equalTo("DUPLICATE_FIELD"))
                .body("error.details.field", equalTo("email"));
    }

    @Test
    void of_eight_who_register_one_address_at_once_one_gets_it() throws Exception {
        Map<String, Object> body = ann();
        List<Integer> statuses = AtOnce.times(8, i -> register(body).statusCode());
        assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
    }

    @Test
    void nobody_chooses_their_own_role_or_number() {
        Map<String, Object> body = ann();
        body.putAll(Map.of("role", "admin", "user_id", 1, "is_active", false, "password_hash", "x", "version", 9));
        long userId = register(body).then().statusCode(201).extract().jsonPath().getLong("data.user_id");
        assertThat(userId).isNotEqualTo(1);
        Customers.signIn((String) body.get("email"), PASSWORD)
                .asks()
                .get("/api/v1/users/me")
                .then()
                .body("data.role", equalTo("customer"))
                .body("data.user_id", equalTo((int) userId));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short-pass1", // 11 characters
                "password1234",
                "P@ssw0rd1234",
                "PASSWORD2024",
                "qwertyuiop12",
                "aaaaaaaaaaaaaaaa",
                "abababababababab",
                "correcthorsebatterystaple"
            })
    void a_password_that_is_easily_guessed_is_refused(String password) {
        Map<String, Object> body = ann();
        body.put("password", password);
        refusedFor(body, "password");
    }

    @Test
    void a_password_of_73_bytes_is_refused_and_of_72_taken() {
        Map<String, Object> body = ann();
        body.put("password", "é1!Az".repeat(12) + "x");
        assertThat(body.get("password").toString().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .hasSize(73);
        refusedFor(body, "password");
        String longest = "é1!Az".repeat(12);
        body.put("password", longest);
        register(body).then().statusCode(201);
        // Bcrypt would read the first 72 bytes only and call this one right.
        nobody().body(Map.of("email", body.get("email"), "password", longest + "and more"))
                .post("/api/v1/auth/login")
                .then()
                .statusCode(401)
                .body("error.code", equalTo("INVALID_CREDENTIALS"));
        Customers.signIn((String) body.get("email"), longest);
    }

    @Test
    void the_address_itself_is_no_password() {
        Map<String, Object> body = ann();
        body.put("password", body.get("email").toString().toUpperCase(Locale.ROOT));
        refusedFor(body, "password");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ann",
                "ann@",
                "@example.com",
                "ann@example",
                "ann@@example.com",
                "ann lee@example.com",
                "ann@example..com",
                ".ann@example.com",
                "ann@-example.com",
                "ann@example.com\\r\\nBcc: x@y.zz",
                "\\\"ann\\\"@example.com",
                "ann@[127.0.0.1]",
                "änn@example.com",
                "ann@example.com,bob@example.com"
            })
    void what_is_no_address_is_refused(String email) {
        nobody().body("{\"email\":\"" + email
                        + "\",\"password\":\"SecurePass123!\",\"first_name\":\"Ann\",\"last_name\":\"Lee\"}")
                .post("/api/v1/auth/register")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"))
                .body("error.details.fields.field", hasItem("email"));
    }

    @ParameterizedTest
    @CsvSource({"first_name,''", "last_name,'  '", "phone,12345", "phone,+1 555", "phone,'+12345678901234567'"})
    void what_is_out_of_bounds_is_refused_by_name(String field, String value) {
        Map<String, Object> body = ann();
        body.put(field, value);
        refusedFor(body, field);
    }

    @Test
    void a_name_takes_100_characters_of_one_line() {
        Map<String, Object> body = ann();
        body.put("first_name", "x".repeat(101));
        refusedFor(body, "first_name");
        body.put("first_name", "Ann\r\nBcc: x@example.com");
        refusedFor(body, "first_name");
        body.put("first_name", "Ann\u0000");
        refusedFor(body, "first_name");
        body.put("first_name", "x".repeat(100));
        register(body).then().statusCode(201);
    }

    private static void refusedFor(Map<String, Object> body, String field) {
        register(body)
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"))
                .body("error.details.fields.field", hasItem(field))
                .body("error.details", not(hasKey("value")));
    }
}
