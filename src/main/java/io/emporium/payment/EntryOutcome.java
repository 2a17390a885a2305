package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of a line of a bank statement. */
public enum EntryOutcome {
    /** The transfer that an order waited for. */
    CONFIRMED,
    /** It came when its order could wait no longer, and is to be transferred back as a refund. */
    CAME_TOO_LATE,
    /** The transfer of which an admin had said that it came. */
    ALREADY_CONFIRMED,
    /** Another amount than is awaited, or than the refund is of. */
    WRONG_AMOUNT,
    WRONG_CURRENCY,
    /** Of a payment or refund whose money had come, or gone, before. */
    PAID_TWICE,
    /** Money that came, or a refund that went, under no reference of ours, or under several. */
    UNKNOWN_REFERENCE,
    /** The bank takes an earlier entry back. */
    REVERSED,
    /** A refund is on its way to the customer. */
    REFUND_TRANSFERRED,
    /** The refund of which an admin had said that it was transferred. */
    REFUND_ALREADY_TRANSFERRED,
    /** What the shop paid for other things. */
    OTHER_DEBIT,
    /** It was taken from an earlier statement, or from this one. */
    ALREADY_TAKEN,
    /** Announced and not booked: it is taken when it is. */
    NOT_BOOKED,
    /** The bank does not say of it what it must. */
    UNREADABLE,
    /** Something went wrong on our side with this one. */
    FAILED,
    /** There was no time for it: the statement is to be sent again. */
    NOT_REACHED;

    /** Why a person has to look at it; nothing where nobody has to. */
    Optional<IssueReason> issue() {
        return switch (this) {
            case WRONG_AMOUNT -> Optional.of(IssueReason.AMOUNT_MISMATCH);
            case WRONG_CURRENCY -> Optional.of(IssueReason.WRONG_CURRENCY);
            case PAID_TWICE -> Optional.of(IssueReason.CAPTURED_TWICE);
            case UNKNOWN_REFERENCE -> Optional.of(IssueReason.UNKNOWN_REFERENCE);
            case REVERSED -> Optional.of(IssueReason.REVERSED);
            case CONFIRMED,
                    CAME_TOO_LATE,
                    ALREADY_CONFIRMED,
                    REFUND_TRANSFERRED,
                    REFUND_ALREADY_TRANSFERRED,
                    OTHER_DEBIT,
                    ALREADY_TAKEN,
                    NOT_BOOKED,
                    UNREADABLE,
                    FAILED,
                    NOT_REACHED -> Optional.empty();
        };
    }

    /** As the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Lower case in the database. */
    @Converter(autoApply = true)
    static class Column implements AttributeConverter<EntryOutcome, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable EntryOutcome outcome) {
            return outcome == null ? null : outcome.code();
        }

        @Override
        public @Nullable EntryOutcome convertToEntityAttribute(@Nullable String code) {
            return code == null ? null : EntryOutcome.valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
