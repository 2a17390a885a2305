package io.emporium.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.shared.Page;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of what a customer was told, newest first (low-level-design 4.6.1). */
record NotificationList(List<NotificationView> notifications, Position pagination) {

    static NotificationList of(Page<Notification> page, long unread) {
        return new NotificationList(
                page.items().stream().map(NotificationView::of).toList(),
                new Position(page.number(), page.totalPages(), page.totalItems(), page.limit(), unread));
    }

    /** @param unreadCount of all of the customer's notifications, whatever the list is narrowed to */
    record Position(int currentPage, int totalPages, long totalItems, int itemsPerPage, long unreadCount) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record NotificationView(
            @Schema(examples = "1") long notificationId,
            @Schema(examples = "order_confirmation") String type,
            @Schema(examples = "Order Confirmed") String title,

            @Schema(examples = "Your order ORD-2026-0001 has been confirmed")
            String message,

            boolean isRead,
            @Schema(examples = "order") @Nullable String relatedEntityType,
            @Schema(examples = "1") @Nullable Long relatedEntityId,
            Instant createdAt) {

        static NotificationView of(Notification notification) {
            return new NotificationView(
                    notification.notificationId,
                    notification.type,
                    notification.title,
                    notification.message,
                    notification.isRead,
                    notification.relatedEntityType,
                    notification.relatedEntityId,
                    notification.createdAt);
        }
    }
}
