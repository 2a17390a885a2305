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

/** Where a refund stands, and where it can go from there. */
public enum RefundStatus {
    PENDING_APPROVAL,
    PROCESSING,
    PENDING,
    SUCCEEDED,
    FAILED,
    REJECTED;

    Set<RefundStatus> next() {
        return switch (this) {
            case PENDING_APPROVAL -> EnumSet.of(PROCESSING, REJECTED);
            case PROCESSING -> EnumSet.of(PENDING, SUCCEEDED, FAILED);
            case PENDING -> EnumSet.of(SUCCEEDED, FAILED);
            // The customer's bank can send the money back weeks later.
            case SUCCEEDED -> EnumSet.of(FAILED);
            // Called so before the provider had named it, and made all the same by a call that was under way.
            case FAILED -> EnumSet.of(PENDING, SUCCEEDED);
            case REJECTED -> EnumSet.noneOf(RefundStatus.class);
        };
    }

    /** As the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<RefundStatus> of(String code) {
        return Stream.of(values()).filter(status -> status.code().equals(code)).findFirst();
    }

    /** Lower case in the database. */
    @Converter(autoApply = true)
    static class Column implements AttributeConverter<RefundStatus, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable RefundStatus status) {
            return status == null ? null : status.code();
        }

        @Override
        public @Nullable RefundStatus convertToEntityAttribute(@Nullable String code) {
            return code == null ? null : RefundStatus.valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
