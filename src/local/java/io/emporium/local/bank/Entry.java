package io.emporium.local.bank;

import io.emporium.local.provider.Json;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;

/**
 * An entry of the account.
 *
 * @param id the bank's own reference (AcctSvcrRef)
 * @param made the day it was sent
 * @param booked the day it was booked; null while it is pending
 * @param amount above 0, in whichever direction
 * @param remittance as it was given
 * @param name whose money it is, or is to be
 * @param iban their account; may be null
 * @param shown how a statement shows the remittance, one of {@link Settings#REFERENCES}
 * @param named whether a statement tells the bank's reference
 * @param reverses which entry it takes back; null for what is none
 * @param repeated a statement has it twice, whatever days it is about
 * @param key the Idempotency-Key it was sent with; may be null
 */
record Entry(
        String id,
        LocalDate made,
        LocalDate booked,
        boolean credit,
        BigDecimal amount,
        String currency,
        String remittance,
        String name,
        String iban,
        String shown,
        boolean named,
        String reverses,
        boolean repeated,
        String key) {

    boolean isBooked() {
        return booked != null;
    }

    BigDecimal signed() {
        return credit ? amount : amount.negate();
    }

    Entry bookedOn(LocalDate day) {
        return new Entry(
                id, made, day, credit, amount, currency, remittance, name, iban, shown, named, reverses, repeated, key);
    }

    Entry seenTwice() {
        return new Entry(
                id, made, booked, credit, amount, currency, remittance, name, iban, shown, named, reverses, true, key);
    }

    /** What takes it back. */
    Entry reversal(String id, LocalDate day) {
        return new Entry(
                id, day, day, !credit, amount, currency, remittance, name, iban, shown, named, this.id, false, null);
    }

    /** As the oracle and the answers have it, and the journal. */
    Map<String, Object> state() {
        return Json.object(
                "id", id,
                "direction", credit ? "credit" : "debit",
                "status", isBooked() ? "booked" : "pending",
                "amount", amount.toPlainString(),
                "currency", currency,
                "remittance", remittance,
                "name", name,
                "iban", iban,
                "made", made.toString(),
                "booked", isBooked() ? booked.toString() : null,
                "shown", shown,
                "named", named,
                "reverses", reverses,
                "repeated", repeated,
                "key", key);
    }

    static Entry from(Map<String, Object> state) {
        String booked = Json.text(state, "booked");
        return new Entry(
                Json.text(state, "id"),
                LocalDate.parse(Json.text(state, "made")),
                booked == null ? null : LocalDate.parse(booked),
                "credit".equals(Json.text(state, "direction")),
                new BigDecimal(Json.text(state, "amount")),
                Json.text(state, "currency"),
                Json.text(state, "remittance"),
                Json.text(state, "name"),
                Json.text(state, "iban"),
                Json.text(state, "shown"),
                Json.flag(state, "named"),
                Json.text(state, "reverses"),
                Json.flag(state, "repeated"),
                Json.text(state, "key"));
    }
}
