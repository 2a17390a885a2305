package io.emporium.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.shared.Money;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order as its customer sees it (low-level-design 4.4.1, 4.4.3).
 *
 * @param expiresAt until when a pending order can be paid
 * @param cancelReason customer, admin, expired or refunded
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OrderView(
        long orderId,
        String orderNumber,
        OrderStatus status,
        Money totalAmount,
        String currency,
        PaymentMethod paymentMethod,
        PaymentStatus paymentStatus,
        ShipTo shippingAddress,
        List<Line> items,
        @Nullable Instant expiresAt,
        @Nullable String cancelReason,
        Instant createdAt,
        Instant updatedAt) {

    /** @param price of one, as it was at checkout */
    public record Line(long productId, String productName, String sku, int quantity, Money price, Money subtotal) {
        static Line of(OrderItem item) {
            return new Line(
                    item.productId(), item.productName(), item.sku(), item.quantity(), item.price(), item.subtotal());
        }
    }

    static OrderView of(Order order) {
        return new OrderView(
                order.orderId(),
                order.orderNumber(),
                order.status(),
                order.total(),
                order.total().currency().getCurrencyCode(),
                order.paymentMethod(),
                order.paymentStatus(),
                order.shipTo(),
                order.items().stream().map(Line::of).toList(),
                order.status() == OrderStatus.PENDING ? order.expiresAt() : null,
                order.cancelReason(),
                order.createdAt(),
                order.updatedAt());
    }
}
