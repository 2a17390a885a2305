package io.emporium.order;

import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of everybody's orders, newest first, as an admin sees it. */
record AdminOrderList(List<Row> orders, Pagination pagination) {
    static AdminOrderList of(Page<Row> page) {
        return new AdminOrderList(page.items(), Pagination.of(page));
    }

    /**
     * @param held whether it waits for somebody to look at it before it is packed
     * @param itemsCount how many lines it has
     */
    record Row(
            @Schema(examples = "1") long orderId,
            @Schema(examples = "ORD-2026-0001") String orderNumber,
            OrderStatus status,
            PaymentStatus paymentStatus,
            PaymentMethod paymentMethod,
            @Schema(examples = "false") boolean held,
            Money totalAmount,
            @Schema(examples = "USD") String currency,
            @Schema(examples = "2") long itemsCount,
            AdminOrderView.Customer customer,
            Instant createdAt,
            Instant updatedAt) {

        /** As {@link OrderFilter#page} selects it. */
        static Row of(Object[] row) {
            String currency = (String) row[6];
            return new Row(
                    ((Number) row[0]).longValue(),
                    (String) row[1],
                    OrderStatus.valueOf(((String) row[2]).toUpperCase(Locale.ROOT)),
                    PaymentStatus.valueOf(((String) row[3]).toUpperCase(Locale.ROOT)),
                    PaymentMethod.valueOf(((String) row[4]).toUpperCase(Locale.ROOT)),
                    (Boolean) row[13],
                    Money.of((BigDecimal) row[5], currency),
                    currency,
                    ((Number) row[12]).longValue(),
                    new AdminOrderView.Customer(
                            ((Number) row[9]).longValue(), (String) row[10], (String) row[11], null),
                    time(row[7]),
                    time(row[8]));
        }

        private static Instant time(Object value) {
            return value instanceof Timestamp at ? at.toInstant() : (Instant) value;
        }
    }
}
