package io.emporium.payment.fraud;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.identity.User;
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
 * What an admin decides on.
 *
 * @param reasons the rules that were met
 * @param decidedBy the admin; absent while it is open, and where the order was cancelled before
 * @param note what the admin wrote
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReviewView(
        @Schema(examples = "1") long reviewId,
        @Schema(examples = "open") ReviewStatus status,
        @Schema(examples = "1") long orderId,
        @Schema(examples = "ORD-2026-0001") String orderNumber,
        OrderStatus orderStatus,

        @Schema(type = SchemaType.NUMBER, examples = "999.99")
        Money amount,

        Customer customer,
        List<Reason> reasons,
        Instant openedAt,
        @Nullable Instant decidedAt,
        @Nullable Long decidedBy,
        @Nullable String note) {

    /** Whose order it is. */
    record Customer(
            long userId,
            @Schema(examples = "ada@example.com") String email,
            String name) {}

    /** A page of them. */
    record Listed(List<ReviewView> reviews, Pagination pagination) {
        static Listed of(Page<ReviewView> page) {
            return new Listed(page.items(), Pagination.of(page));
        }
    }

    /** What of it stays in the log of what admins have done. */
    record Logged(
            ReviewStatus status,
            OrderStatus orderStatus,
            @Nullable String note) {}

    Logged forTheLog() {
        return new Logged(status, orderStatus, note);
    }

    static ReviewView of(Review review, List<Reason> reasons, Order order, User customer) {
        return new ReviewView(
                review.reviewId(),
                review.status(),
                order.orderId(),
                order.orderNumber(),
                order.status(),
                order.total(),
                new Customer(customer.userId(), customer.email(), customer.fullName()),
                reasons,
                review.openedAt,
                review.decidedAt,
                review.decidedBy,
                review.note);
    }
}
