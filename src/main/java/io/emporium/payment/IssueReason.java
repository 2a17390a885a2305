package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a person has to look at a payment or refund. */
public enum IssueReason {
    /** The provider took, or gave back, another amount than it was asked to. */
    AMOUNT_MISMATCH,
    /** The provider took money twice under one reference. */
    CAPTURED_TWICE,
    /** What became of it is not known after a day of asking. */
    UNSETTLED,
    /** The customer has not got what was to be given back. */
    REFUND_FAILED,
    /** Money on the bank account that names no payment of ours; or money from it, for no refund. */
    UNKNOWN_REFERENCE,
    /** A transfer in another currency than the order's. */
    WRONG_CURRENCY,
    /** The bank has taken a transfer back. */
    REVERSED;

    /** As the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Lower case in the database. */
    @Converter(autoApply = true)
    static class Column implements AttributeConverter<IssueReason, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable IssueReason reason) {
            return reason == null ? null : reason.code();
        }

        @Override
        public @Nullable IssueReason convertToEntityAttribute(@Nullable String code) {
            return code == null ? null : IssueReason.valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
