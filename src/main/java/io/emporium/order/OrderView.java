package io.emporium.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.shared.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An order as its customer sees it (low-level-design 4.4.1, 4.4.3).
 *
 * @param expiresAt until when a pending order can be paid
 * @param shipment once it has left with a carrier
 * @param history its steps, the first one first
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
        @Nullable Parcel shipment,
        List<Step> history,
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

    /** @param estimatedDelivery missing where the carrier gave none */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Parcel(
            @Schema(examples = "DHL") String carrier,
            @Schema(examples = "00340434161094042557") String trackingNumber,

            @Nullable @Schema(examples = "2026-12-01") LocalDate estimatedDelivery,

            Instant shippedAt) {
        static Parcel of(Shipment shipment) {
            return new Parcel(
                    shipment.carrier, shipment.trackingNumber, shipment.estimatedDelivery, shipment.shippedAt);
        }
    }

    /**
     * @param status where it came to
     * @param reason why: paid, customer, admin, expired or refunded; missing where the shop moved it along
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Step(OrderStatus status, @Nullable String reason, Instant at) {
        static Step of(StatusChange change) {
            return new Step(change.to, change.reason, change.at);
        }
    }

    /** As it is now. */
    static OrderView of(Order order) {
        return of(order, Shipment.ofOrder(order.orderId()).orElse(null), StatusChange.ofOrder(order.orderId()));
    }

    static OrderView of(Order order, @Nullable Shipment shipment, List<StatusChange> history) {
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
                shipment == null ? null : Parcel.of(shipment),
                history.stream().map(Step::of).toList(),
                order.status() == OrderStatus.PENDING ? order.expiresAt() : null,
                order.cancelReason(),
                order.createdAt(),
                order.updatedAt());
    }
}
