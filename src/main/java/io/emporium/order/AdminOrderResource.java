package io.emporium.order;

import io.emporium.web.Answer;
import io.emporium.web.PlainText;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Everybody's orders, for support and admins (contract.md, GET /admin/orders). They are moved along at {@link OrderResource}. */
@Path("/api/v1/admin/orders")
@Tag(name = "Orders")
@RunOnVirtualThread
class AdminOrderResource {
    private final OrderSearch search;
    private final OrderService orders;

    AdminOrderResource(OrderSearch search, OrderService orders) {
        this.search = search;
        this.orders = orders;
    }

    /** Filters combine. */
    @GET
    @Operation(
            operationId = "findOrders",
            summary = "Everybody's orders, newest first",
            description =
                    "`status` and `payment_status` as an order has them. `from` and `to` are days in UTC, both meant"
                            + " whole (`2026-01-31`), or moments, up to but without the second (`2026-01-31T10:00:00Z`). `held=true`:"
                            + " those that wait for somebody to look at them before they are packed. `q` is an"
                            + " order number or its beginning, a customer's e-mail address, or exactly a SKU or a tracking number;"
                            + " of a text that finds more than 10,000 orders it is the newest 10,000. Filters combine. Reaches the"
                            + " first 100,000 orders of a list; `total_items` counts no further.")
    public Answer<AdminOrderList> find(
            @QueryParam("status") @Size(max = 20) @PlainText @Nullable String status,
            @QueryParam("payment_status") @Size(max = 30) @PlainText @Nullable String paymentStatus,
            @QueryParam("from") @Size(max = 40) @PlainText @Nullable String from,
            @QueryParam("to") @Size(max = 40) @PlainText @Nullable String to,
            @Parameter(schema = @Schema(type = SchemaType.BOOLEAN))
                    @QueryParam("held")
                    @Pattern(regexp = "(true|false)?", message = "must be true or false")
                    @Nullable
                    String held,
            @QueryParam("q") @Size(max = 254) @PlainText @Nullable String text,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(OrderSearch.DEEPEST) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        String wanted = orNull(status);
        String paid = orNull(paymentStatus);
        String waits = orNull(held);
        return Answer.of(AdminOrderList.of(search.find(
                wanted == null ? null : OrderStatus.of(wanted).orElseThrow(OrderError::unknownStatus),
                paid == null ? null : PaymentStatus.of(paid).orElseThrow(OrderError::unknownPaymentStatus),
                Period.of(orNull(from), orNull(to)),
                waits == null ? null : Boolean.valueOf(waits),
                orNull(text),
                page,
                limit)));
    }

    /** Whoever's it is. */
    @GET
    @Path("/{order_id}")
    @Operation(
            operationId = "getAnyOrder",
            summary = "An order, with its customer and history",
            description = "Who moved it, when and why. A step without an actor was the shop's own.")
    public Answer<AdminOrderView> get(@PathParam("order_id") long orderId) {
        return Answer.of(orders.getForAdmin(orderId));
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
