package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.order.Order;
import io.emporium.order.OrderStatus;
import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A dispute, for those who run the shop.
 *
 * @param providerReference Stripe's or PayPal's name for it: there it is answered
 * @param orderStatus goods that have not left yet need not leave
 * @param status in Stripe's words, of PayPal's too; won: the money is the shop's again; lost: it is gone
 * @param evidenceDueBy until when the shop can answer
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DisputeView(
        @Schema(examples = "1") long disputeId,
        @Schema(examples = "dp_1234567890") String providerReference,
        @Schema(examples = "1") long orderId,
        @Schema(examples = "ORD-2026-0001") String orderNumber,
        OrderStatus orderStatus,
        @Schema(examples = "pay_0b9e2f6c") String transactionReference,

        @Schema(type = SchemaType.NUMBER, examples = "999.99")
        Money amount,

        @Schema(examples = "USD") String currency,
        @Schema(examples = "fraudulent") String reason,
        DisputeStatus status,
        @Nullable Instant evidenceDueBy,
        Instant createdAt,
        @Nullable Instant closedAt) {

    /** A page of them. */
    record Listed(List<DisputeView> disputes, Pagination pagination) {
        static Listed of(Page<DisputeView> page) {
            return new Listed(page.items(), Pagination.of(page));
        }
    }

    DisputeView(Dispute dispute, Transaction payment, Order order) {
        this(
                dispute.disputeId(),
                dispute.providerReference,
                order.orderId(),
                order.orderNumber(),
                order.status(),
                payment.transactionReference(),
                dispute.amount(),
                dispute.currency,
                dispute.reason,
                dispute.status(),
                dispute.evidenceDueBy,
                dispute.createdAt,
                dispute.closedAt);
    }
}
