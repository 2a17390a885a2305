package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.emporium.LogLines;
import io.emporium.Shopper;
import io.quarkus.logging.Log;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With the client secret whoever has it finishes the payment: it is the paying customer's, for as long as they need it. */
@QuarkusTest
class ClientSecretTest extends PaymentScene {

    @Test
    void it_is_told_to_nobody_but_the_customer_and_forgotten_when_the_payment_is_over() {
        try (LogLines log = LogLines.listen()) {
            long orderId = order();
            var asked = pay(orderId, "pm_card_threeDSecure2Required").jsonPath();
            String secret = asked.getString("data.client_secret");
            String reference = asked.getString("data.transaction_reference");
            String intent = asked.getString("data.transaction_id");
            assertThat(secret).startsWith(intent + "_secret_");

            String transactions = "/api/v1/orders/" + orderId + "/transactions";
            shopper.request().get(transactions).then().body(containsString(secret));
            Shopper other = Shopper.registered();
            for (String path : List.of(
                    transactions,
                    "/api/v1/payments/" + reference,
                    "/api/v1/payments/" + intent,
                    "/api/v1/orders/" + orderId)) {
                other.request().get(path).then().statusCode(404).body(not(containsString("secret")));
                admin.request().get(path).then().body(not(containsString("secret")));
            }
            assertThat(where(secret)).containsExactly("transactions.client_secret");

            FakeStripe.authenticate(intent, "succeed");

            waitForPayment(orderId, "completed");
            shopper.request()
                    .get("/api/v1/payments/" + reference)
                    .then()
                    .body("data.status", equalTo("completed"))
                    .body(not(containsString("secret")));
            assertThat(where(secret)).isEmpty();
            Log.info("the end of what was listened to");
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("the end of what was listened to"))
                    .noneMatch(line -> line.contains("_secret_"));
        }
    }

    /** The columns, of all tables, that have it in them: the webhooks' payloads, the outbox and the inbox among them. */
    private List<String> where(String secret) {
        List<String> found = new ArrayList<>();
        for (Object[] column : textColumns()) {
            if (number("SELECT count(*) FROM \"%1$s\" WHERE position('%3$s' IN CAST(\"%2$s\" AS text)) > 0"
                            .formatted(column[0], column[1], secret))
                    > 0) {
                found.add(column[0] + "." + column[1]);
            }
        }
        return found;
    }
}
