package io.emporium.order;

import io.emporium.shared.Money;
import java.math.BigDecimal;
import java.time.Instant;

/** An order in a list (low-level-design 4.4.2). */
public record OrderSummary(
        long orderId,
        String orderNumber,
        OrderStatus status,
        PaymentStatus paymentStatus,
        Money totalAmount,
        Instant createdAt,
        long itemsCount) {

    /** As the list's query selects it. */
    public OrderSummary(
            Long orderId,
            String orderNumber,
            OrderStatus status,
            PaymentStatus paymentStatus,
            BigDecimal total,
            String currency,
            Instant createdAt,
            Long itemsCount) {
        this(orderId, orderNumber, status, paymentStatus, Money.of(total, currency), createdAt, itemsCount);
    }
}
