package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.payment.bank.StatementEntry;
import io.emporium.payment.bank.StatementLine.Unreadable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What became of a bank statement.
 *
 * @param entries in the statement's order; of a batch its payments
 * @param counts how many of each outcome there are
 */
record StatementReport(
        List<Line> entries,

        @Schema(type = SchemaType.OBJECT, examples = "{\"confirmed\": 3, \"unknown_reference\": 1}")
        Map<String, Integer> counts) {

    /**
     * @param bankReference the bank's own name for it; hash:… where it gives none
     * @param direction credit or debit
     * @param bookedOn the day; absent where the bank does not say
     * @param takenAs what became of it when it was taken first; absent where that is now
     * @param transactionReference the payment or refund that it names; absent where it names none
     * @param problem what the bank does not say; only of an unreadable one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Line(
            @Nullable @Schema(examples = "FB0123456789ABCD") String bankReference,

            @Nullable @Schema(examples = "credit") String direction,

            @Nullable @Schema(type = SchemaType.NUMBER, examples = "999.99")
            BigDecimal amount,

            @Nullable @Schema(examples = "USD") String currency,
            @Nullable LocalDate bookedOn,
            EntryOutcome outcome,
            @Nullable EntryOutcome takenAs,
            @Nullable @Schema(examples = "pay_0b9e2f6c") String transactionReference,
            @Nullable @Schema(examples = "1") Long orderId,
            @Nullable String problem) {

        static Line of(Unreadable unreadable) {
            return new Line(
                    unreadable.bankReference(),
                    null,
                    null,
                    null,
                    null,
                    EntryOutcome.UNREADABLE,
                    null,
                    null,
                    null,
                    unreadable.why());
        }

        static Line of(StatementEntry said, EntryOutcome outcome) {
            return of(said, outcome, null, null);
        }

        static Line of(
                StatementEntry said,
                EntryOutcome outcome,
                @Nullable EntryOutcome takenAs,
                @Nullable Transaction named) {
            return new Line(
                    said.bankReference(),
                    said.isCredit() ? "credit" : "debit",
                    said.amount(),
                    said.currency(),
                    said.bookedOn(),
                    outcome,
                    takenAs,
                    named == null ? null : named.transactionReference(),
                    named == null ? null : named.orderId,
                    null);
        }

        @JsonIgnore
        boolean isTaken() {
            return switch (outcome) {
                case ALREADY_TAKEN, NOT_BOOKED, UNREADABLE, FAILED, NOT_REACHED -> false;
                default -> true;
            };
        }
    }

    static StatementReport of(List<Line> lines) {
        Map<String, Integer> counts = new TreeMap<>();
        lines.forEach(line -> counts.merge(line.outcome().code(), 1, Integer::sum));
        return new StatementReport(lines, counts);
    }

    /** For a person. */
    @JsonIgnore
    String message() {
        return "Took " + entries.stream().filter(Line::isTaken).count() + " of " + entries.size() + " entries";
    }
}
