package io.emporium.payment.bank;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the shop's account as a statement has it; of a batch that the bank has booked as one, a payment in it.
 *
 * @param bankReference the bank's own name for it (AcctSvcrRef), at most 110 characters; where the bank gives none, one made of
 *     all that it says, the same in every statement
 * @param isCredit money came; else it went
 * @param isReversal it takes an earlier entry back, in the other direction
 * @param isBooked the money is there; else it is announced, and may stay away
 * @param amount not negative, at most 18 digits, 5 of them decimals
 * @param currency ISO 4217
 * @param bookedOn the day; null where the bank does not say
 * @param texts all in which somebody may have written a reference
 * @param remittance what was written, for people; may be empty
 * @param counterparty who has paid, or was; null where the bank does not say
 * @param counterpartyIban their account; null where it is no IBAN
 */
public record StatementEntry(
        String account,
        String bankReference,
        boolean isCredit,
        boolean isReversal,
        boolean isBooked,
        BigDecimal amount,
        String currency,
        @Nullable LocalDate bookedOn,
        List<String> texts,
        String remittance,
        @Nullable String counterparty,
        @Nullable String counterpartyIban)
        implements StatementLine {
    private static final Pattern REFUND = Pattern.compile("REF([0-9A-F]{32})");

    public StatementEntry {
        texts = List.copyOf(texts);
    }

    /** What may be our references of payments, however they were written; most of it is none of ours. */
    public Set<String> creditorReferences() {
        Set<String> found = new LinkedHashSet<>();
        texts.forEach(text -> found.addAll(CreditorReference.in(letters(text))));
        return found;
    }

    /** Our references of refunds; banks know no underscore, so with or without it. */
    public Set<String> refundReferences() {
        Set<String> found = new LinkedHashSet<>();
        for (String text : texts) {
            Matcher refund = REFUND.matcher(letters(text));
            while (refund.find()) {
                found.add("ref_" + refund.group(1).toLowerCase(Locale.ROOT));
            }
        }
        return found;
    }

    /** Spaces, case and punctuation get lost on the way through the banks. */
    private static String letters(String text) {
        return text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
    }
}
