package io.emporium.order;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How an order's payment stands (contract.md "Payments"); the payment module says so, the order shows it. */
public enum PaymentStatus {
    PENDING,
    PROCESSING,
    REQUIRES_ACTION,
    PENDING_VERIFICATION,
    COMPLETED,
    FAILED,
    PARTIALLY_REFUNDED,
    REFUNDED;

    /** Whether money may be under way: such an order does not expire, the payment is settled or cancelled first. */
    boolean isUnderWay() {
        return this == PROCESSING || this == REQUIRES_ACTION || this == PENDING_VERIFICATION;
    }

    /** As the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<PaymentStatus> of(String code) {
        return Stream.of(values()).filter(status -> status.code().equals(code)).findFirst();
    }
}
