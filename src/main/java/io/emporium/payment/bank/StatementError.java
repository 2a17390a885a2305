package io.emporium.payment.bank;

import io.emporium.shared.Refusal;
import java.util.List;
import java.util.Map;

/** Every way a bank statement is refused as a whole. */
final class StatementError {
    private StatementError() {}

    static Refusal malformed(String why) {
        return new Refusal(Refusal.Code.MALFORMED_REQUEST, "No readable bank statement: " + why);
    }

    /** @param what the element that says whose it is */
    static Refusal otherAccount(String what) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "It is not a statement of the shop's account",
                Map.of("fields", List.of(Map.of("field", what, "message", "must be the account of BANK_IBAN"))));
    }

    static Refusal tooManyEntries(int most) {
        return new Refusal(
                Refusal.Code.PAYLOAD_TOO_LARGE,
                "A statement can have " + most + " entries at most: ask the bank for fewer days",
                Map.of("max_entries", most));
    }
}
