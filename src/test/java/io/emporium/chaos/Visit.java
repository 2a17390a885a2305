package io.emporium.chaos;

import io.emporium.chaos.Client.Answer;
import io.emporium.chaos.Client.Unanswered;
import java.util.Map;
import java.util.UUID;

/** What whoever comes to the shop does, whatever they buy; what goes unanswered is asked again. */
record Visit(Client client, Findings findings) {
    static final String PASSWORD = "Horse-Battery-Staple-9";
    static final long OUTCOME_WITHIN_MILLIS = 150_000;

    /** Answered as nobody should be; noted already: this round is over. */
    static final class Astonished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Astonished(String message) {
            super(message);
        }
    }

    void register(Map<String, ?> account) {
        boolean mayBeDone = false;
        while (true) {
            try {
                Answer answer = client.ask("POST", "/auth/register", null, account, null);
                if (!mayBeDone || !answer.code().equals("DUPLICATE_FIELD")) {
                    expect(answer, 201, "register");
                }
                return;
            } catch (Unanswered broken) {
                mayBeDone = true;
            }
        }
    }

    long address(String token) {
        Map<String, String> address = Map.of(
                "address_line1", "123 Main St",
                "city", "New York",
                "state", "NY",
                "postal_code", "10001",
                "country", "USA");
        while (true) {
            try {
                Answer answer = client.ask("POST", "/addresses", token, address, null);
                expect(answer, 201, "address");
                return answer.data().path("address_id").asLong();
            } catch (Unanswered broken) {
                // A second address does no harm.
            }
        }
    }

    void cancel(String token, long orderId) {
        Answer answer = client.ask(
                "POST",
                "/orders/" + orderId + "/cancel",
                token,
                null,
                UUID.randomUUID().toString());
        expect(answer, 200, "cancelling order " + orderId);
    }

    void expect(Answer answer, int status, String what) {
        if (!answer.is(status)) {
            findings.note(what + " was answered " + answer.status() + " " + answer.body());
            // What follows would only be astonished at the same.
            throw new Astonished(what);
        }
    }
}
