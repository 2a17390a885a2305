package io.emporium.order;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Statuses and methods are lower case in the database, as in the design. */
final class Codes {
    private Codes() {}

    @Converter(autoApply = true)
    static class OrderStatusCode extends Code<OrderStatus> {
        OrderStatusCode() {
            super(OrderStatus.class);
        }
    }

    @Converter(autoApply = true)
    static class PaymentStatusCode extends Code<PaymentStatus> {
        PaymentStatusCode() {
            super(PaymentStatus.class);
        }
    }

    @Converter(autoApply = true)
    static class PaymentMethodCode extends Code<PaymentMethod> {
        PaymentMethodCode() {
            super(PaymentMethod.class);
        }
    }

    abstract static class Code<E extends Enum<E>> implements AttributeConverter<E, String> {
        private final Class<E> type;

        Code(Class<E> type) {
            this.type = type;
        }

        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable E value) {
            return value == null ? null : value.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public @Nullable E convertToEntityAttribute(@Nullable String code) {
            return code == null ? null : Enum.valueOf(type, code.toUpperCase(Locale.ROOT));
        }
    }
}
