package io.emporium.local.bank;

import io.emporium.local.provider.Given;
import io.emporium.local.provider.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lasting switches, in memory only: a restart or a reset puts them back. See the package's documentation. */
final class Settings {
    static final List<String> REFERENCES = List.of("as_given", "spaced", "lower_case", "in_text", "dropped");
    private static final Settings.Now USUAL = new Now("as_given", false, true, BigDecimal.ZERO, null);

    private volatile Now now = USUAL;

    /** What holds for what is transferred at this moment. */
    record Now(String reference, boolean late, boolean named, BigDecimal amountOff, String currency) {
        Map<String, Object> view() {
            return Json.object(
                    "reference", reference,
                    "booking", late ? "late" : "at_once",
                    "bank_reference", named,
                    "amount_off", amountOff.toPlainString(),
                    "currency", currency);
        }
    }

    Now now() {
        return now;
    }

    void reset() {
        now = USUAL;
    }

    /** Takes over what is given and leaves the rest. Throws IllegalArgumentException for an unknown value. */
    synchronized void change(Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("reference", "booking", "bank_reference", "amount_off", "currency"));
        now = new Now(
                Given.oneOf(given, "reference", now.reference(), REFERENCES),
                Given.oneOf(given, "booking", now.late() ? "late" : "at_once", List.of("at_once", "late"))
                        .equals("late"),
                given.containsKey("bank_reference") ? Json.flag(given, "bank_reference") : now.named(),
                given.containsKey("amount_off") ? new BigDecimal(Json.text(given, "amount_off")) : now.amountOff(),
                given.containsKey("currency") ? Json.text(given, "currency") : now.currency());
    }
}
