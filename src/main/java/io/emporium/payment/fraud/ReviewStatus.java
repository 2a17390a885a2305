package io.emporium.payment.fraud;

import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a review stands. Once it is not open it stays what it is. */
public enum ReviewStatus {
    OPEN,
    /** The order is free to be packed. */
    APPROVED,
    /** The order was cancelled, the money goes back. */
    REJECTED,
    /** The order was cancelled before anybody had decided. */
    CLOSED;

    /** As the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ReviewStatus> of(String code) {
        return Stream.of(values()).filter(status -> status.code().equals(code)).findFirst();
    }

    /** Lower case in the database. */
    @Converter(autoApply = true)
    static class Column implements AttributeConverter<ReviewStatus, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable ReviewStatus status) {
            return status == null ? null : status.code();
        }

        @Override
        public @Nullable ReviewStatus convertToEntityAttribute(@Nullable String code) {
            return code == null ? null : ReviewStatus.valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
