package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a payment stands, and where it can go from there: the life cycle drawn in this package's description. */
public enum TransactionStatus {
    PENDING,
    PROCESSING,
    REQUIRES_ACTION,
    PENDING_VERIFICATION,
    COMPLETED,
    FAILED,
    CANCELLED;

    /** Never back from completed; and money that came after all is never denied. */
    Set<TransactionStatus> next() {
        return switch (this) {
            case PENDING -> EnumSet.of(PROCESSING, REQUIRES_ACTION, PENDING_VERIFICATION, COMPLETED, FAILED, CANCELLED);
            case PROCESSING -> EnumSet.of(REQUIRES_ACTION, PENDING_VERIFICATION, COMPLETED, FAILED, CANCELLED);
            case REQUIRES_ACTION -> EnumSet.of(PROCESSING, COMPLETED, FAILED, CANCELLED);
            case PENDING_VERIFICATION -> EnumSet.of(COMPLETED, FAILED, CANCELLED);
            case FAILED, CANCELLED -> EnumSet.of(COMPLETED);
            case COMPLETED -> EnumSet.noneOf(TransactionStatus.class);
        };
    }

    /** Whether it is, or may yet become, money: an order has one such payment at most. */
    boolean isLive() {
        return this != FAILED && this != CANCELLED;
    }

    /** Whether it is the customer's turn: to confirm, or to transfer the money. */
    boolean isTheCustomers() {
        return this == REQUIRES_ACTION || this == PENDING_VERIFICATION;
    }

    /** As the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<TransactionStatus> of(String code) {
        return Stream.of(values()).filter(status -> status.code().equals(code)).findFirst();
    }

    /** Lower case in the database, as in the design. */
    @Converter(autoApply = true)
    static class Column implements AttributeConverter<TransactionStatus, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable TransactionStatus status) {
            return status == null ? null : status.code();
        }

        @Override
        public @Nullable TransactionStatus convertToEntityAttribute(@Nullable String code) {
            return code == null ? null : TransactionStatus.valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
