package io.emporium.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.identity.User;
import io.emporium.shared.Money;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An order as an admin sees it: what its customer sees, who that is, and who moved it.
 *
 * @param held whether it waits for somebody to look at it before it is packed; its customer is not told
 * @param history its steps, the first one first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AdminOrderView(
        long orderId,
        String orderNumber,
        OrderStatus status,
        Money totalAmount,
        String currency,
        PaymentMethod paymentMethod,
        PaymentStatus paymentStatus,
        boolean held,
        Customer customer,
        ShipTo shippingAddress,
        List<OrderView.Line> items,
        OrderView.@Nullable Parcel shipment,
        List<Step> history,
        @Nullable Instant expiresAt,
        @Nullable String cancelReason,
        Instant createdAt,
        Instant updatedAt) {

    /** Who bought, and how to reach them; the list has no phone. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Customer(
            @Schema(examples = "7") long userId,
            @Schema(examples = "Ada Lovelace") String name,
            @Schema(examples = "ada@example.com") String email,
            @Nullable String phone) {
        static Customer of(User user) {
            return new Customer(user.userId(), user.fullName(), user.email(), user.phone());
        }
    }

    /**
     * @param from where it was, missing for the first
     * @param reason why: paid, customer, admin, expired or refunded; missing where somebody of the shop moved it along
     * @param actor who moved it; missing where the shop did, or they are gone
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Step(
            @Nullable OrderStatus from,
            OrderStatus status,
            @Nullable String reason,
            @Nullable Actor actor,
            Instant at) {}

    /** @param role customer, support, catalog_manager or admin, as it is now */
    record Actor(
            @Schema(examples = "7") long userId,
            @Schema(examples = "Ada Lovelace") String name,
            @Schema(examples = "admin") String role) {
        static Actor of(User user) {
            return new Actor(user.userId(), user.fullName(), user.role().code());
        }
    }

    static AdminOrderView of(OrderView order, boolean held, User customer, List<Step> history) {
        return new AdminOrderView(
                order.orderId(),
                order.orderNumber(),
                order.status(),
                order.totalAmount(),
                order.currency(),
                order.paymentMethod(),
                order.paymentStatus(),
                held,
                Customer.of(customer),
                order.shippingAddress(),
                order.items(),
                order.shipment(),
                history,
                order.expiresAt(),
                order.cancelReason(),
                order.createdAt(),
                order.updatedAt());
    }
}
