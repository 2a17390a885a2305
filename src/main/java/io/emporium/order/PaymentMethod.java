package io.emporium.order;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How an order is paid, chosen at checkout. */
public enum PaymentMethod {
    CREDIT_CARD,
    PAYPAL,
    BANK_TRANSFER;

    /** As the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<PaymentMethod> of(String code) {
        return Stream.of(values()).filter(method -> method.code().equals(code)).findFirst();
    }
}
