package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why money goes back. */
public enum RefundCause {
    /** The customer or an admin asked for it. */
    REQUESTED,
    /** The paid order was cancelled. */
    CANCELLED,
    /** The payment succeeded when the order could no longer take it. */
    LATE_PAYMENT,
    /** Somebody has made it at the provider, in its dashboard say. */
    PROVIDER,
    /** The customer's bank, or PayPal, has given it back: the shop has lost a dispute. */
    DISPUTE;

    /** Whether nobody asked for it, so that nobody would miss it: what the shop must not keep. */
    boolean isByItself() {
        return this == CANCELLED || this == LATE_PAYMENT;
    }

    /** As the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Lower case in the database. */
    @Converter(autoApply = true)
    static class Column implements AttributeConverter<RefundCause, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable RefundCause cause) {
            return cause == null ? null : cause.code();
        }

        @Override
        public @Nullable RefundCause convertToEntityAttribute(@Nullable String code) {
            return code == null ? null : RefundCause.valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
