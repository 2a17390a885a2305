package io.emporium.identity;

import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.newEmail;
import static io.emporium.identity.Customers.nobody;
import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Statements;
import io.emporium.identity.Customers.Customer;
import io.quarkus.arc.ClientProxy;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Who has an account is learnt neither from what is answered nor from when. What takes the time is counted here; how long it takes
 * is for {@link EnumerationBench}, for a timing is no test.
 */
@QuarkusTest
class EnumerationTest {
    private static final String WRONG = "Another-Pass-99";
    private static final int TIMES = 10;
    private static final Pattern OF_ACCOUNTS = Pattern.compile(
            "(?i)\\b(users|sessions|refresh_tokens|account_\\w+|second_factors|recovery_codes|sign_in_challenges|audit_\\w+|devices)\\b");

    @Inject
    Passwords passwords;

    @Inject
    Rows rows;

    static Response login(String email) {
        return nobody().body(Map.of("email", email, "password", WRONG)).post("/api/v1/auth/login");
    }

    static Response forgot(String email) {
        return nobody().body(Map.of("email", email)).post("/api/v1/auth/password/forgot");
    }

    private long hashed() {
        return ClientProxy.unwrap(passwords).hashing.getTaskCount();
    }

    @Test
    void each_sign_in_takes_one_look_at_a_password_whoever_it_is_of() {
        Customer known = aCustomer();
        Customer inactive = aCustomer();
        rows.update("UPDATE users SET is_active = FALSE WHERE user_id = ?", inactive.userId());
        App second = App.on(aCustomer());
        for (String email : List.of(
                known.email(),
                known.email().toUpperCase(Locale.ROOT),
                inactive.email(),
                second.owner().email(),
                newEmail(),
                "no address at all",
                "ann\u0130@example.com")) {
            long before = hashed();
            String answer = login(email).then().statusCode(401).extract().asString();
            assertThat(answer).isEqualTo(login(newEmail()).asString());
            assertThat(hashed() - before).as(email).isEqualTo(2);
        }
    }

    @Test
    void each_sign_in_that_fails_asks_the_database_the_same_whoever_it_is_of() {
        Customer inactive = aCustomer();
        rows.update("UPDATE users SET is_active = FALSE WHERE user_id = ?", inactive.userId());
        Map<String, Integer> ofNobody = asked(newEmail());
        assertThat(ofNobody).hasSize(1);
        assertThat(asked(aCustomer().email())).isEqualTo(ofNobody);
        assertThat(asked(inactive.email())).isEqualTo(ofNobody);
        assertThat(asked(App.on(aCustomer()).owner().email())).isEqualTo(ofNobody);
    }

    /** What of accounts is asked and written for ten failed sign-ins: whatever the workers do meanwhile they do less often. */
    private static Map<String, Integer> asked(String email) {
        Map<String, Integer> statements = Statements.counted(() -> {
            for (int i = 0; i < TIMES; i++) {
                login(email).then().statusCode(401);
            }
        });
        statements
                .entrySet()
                .removeIf(each -> each.getValue() < TIMES
                        || !OF_ACCOUNTS.matcher(each.getKey()).find());
        return statements;
    }

    @Test
    void asking_for_a_reset_looks_at_no_password_and_no_account() {
        Customer known = aCustomer();
        long before = hashed();
        assertThat(forgot(known.email()).asString())
                .isEqualTo(forgot(newEmail()).asString());
        assertThat(hashed()).isEqualTo(before);
    }
}
