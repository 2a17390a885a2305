package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a dispute stands, in Stripe's words; of PayPal's too. */
public enum DisputeStatus {
    /** An inquiry: the bank asks, and holds no money yet. */
    WARNING_NEEDS_RESPONSE,
    WARNING_UNDER_REVIEW,
    WARNING_CLOSED,
    /** The bank has taken the money back until it has decided. */
    NEEDS_RESPONSE,
    UNDER_REVIEW,
    WON,
    LOST,
    PREVENTED,
    /** A word of Stripe's that is newer than this code. */
    OTHER;

    /** Whether it is over: what is over does not begin again. */
    boolean isClosed() {
        return this == WARNING_CLOSED || this == WON || this == LOST || this == PREVENTED;
    }

    /** Whether the bank has the money until it has decided, so that it cannot be refunded as well. */
    boolean holdsTheMoney() {
        return this == NEEDS_RESPONSE || this == UNDER_REVIEW;
    }

    /** As Stripe, the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<DisputeStatus> of(String code) {
        return Stream.of(values()).filter(status -> status.code().equals(code)).findFirst();
    }

    /** Lower case in the database. */
    @Converter(autoApply = true)
    static class Column implements AttributeConverter<DisputeStatus, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable DisputeStatus status) {
            return status == null ? null : status.code();
        }

        @Override
        public @Nullable DisputeStatus convertToEntityAttribute(@Nullable String code) {
            return code == null ? null : DisputeStatus.valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
