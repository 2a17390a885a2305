package io.emporium.notification;

import io.emporium.shared.Page;
import io.emporium.shared.Refusal;
import io.emporium.web.Answer;
import io.emporium.web.Caller;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the shop has told the caller (low-level-design 4.6). */
@Path("/api/v1/notifications")
@Tag(name = "Notifications")
@RunOnVirtualThread
public class NotificationResource {
    private final UnreadCounts unread;
    private final Event<UnreadCounts.Changed> changes;
    private final Caller caller;

    NotificationResource(UnreadCounts unread, Event<UnreadCounts.Changed> changes, Caller caller) {
        this.unread = unread;
        this.changes = changes;
        this.caller = caller;
    }

    /** The caller's notifications, newest first. */
    @GET
    @Operation(operationId = "getNotifications", summary = "Own notifications, newest first")
    public Answer<NotificationList> list(
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit,
            @QueryParam("unread_only") @DefaultValue("false") boolean unreadOnly) {
        long userId = caller.userId();
        Page<Notification> told = Notification.pageOf(userId, unreadOnly, page, limit);
        return Answer.of(NotificationList.of(told, unread.of(userId)));
    }

    /** Marks one as read; again is the same. */
    @PUT
    @Path("/{notification_id}/read")
    @Transactional
    @Operation(operationId = "readNotification", summary = "Mark a notification as read")
    public Answer<Void> read(@PathParam("notification_id") long notificationId) {
        long userId = caller.userId();
        if (!Notification.read(notificationId, userId)) {
            throw Refusal.notFound("Notification");
        }
        changes.fire(new UnreadCounts.Changed(userId));
        return Answer.done("Notification marked as read");
    }

    /** Marks all of them as read. */
    @PUT
    @Path("/read")
    @Transactional
    @Operation(operationId = "readAllNotifications", summary = "Mark all notifications as read")
    public Answer<Void> readAll() {
        long userId = caller.userId();
        Notification.readAll(userId);
        changes.fire(new UnreadCounts.Changed(userId));
        return Answer.done("Notifications marked as read");
    }
}
