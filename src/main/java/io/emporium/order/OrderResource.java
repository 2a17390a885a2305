package io.emporium.order;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.emporium.web.PlainText;
import io.emporium.web.RateLimits;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Checkout and a customer's orders; moving them along for support and admins (low-level-design 4.4). */
@Path("/api/v1/orders")
@Tag(name = "Orders")
@RunOnVirtualThread
public class OrderResource {
    private final OrderService orders;
    private final Idempotency idempotency;
    private final RateLimits limits;
    private final Caller caller;

    OrderResource(OrderService orders, Idempotency idempotency, RateLimits limits, Caller caller) {
        this.orders = orders;
        this.idempotency = idempotency;
        this.limits = limits;
        this.caller = caller;
    }

    /** @param status where the order shall be */
    public record StatusRequest(
            @NotBlank @Size(max = 20) @PlainText @Schema(examples = "processing")
            String status) {}

    /** Checks the cart out: one order, its stock reserved, the cart empty. */
    @POST
    @Extension(name = ApiDocument.STATUSES, value = "201")
    @ResponseStatus(201)
    @Extension(
            name = ApiDocument.ERRORS,
            value = "INVALID_PAYMENT_METHOD,RESOURCE_NOT_FOUND,CART_EMPTY,INSUFFICIENT_STOCK,PRICE_CHANGED")
    @Operation(
            operationId = "createOrder",
            summary = "Check the cart out",
            description = "Reserves the stock and empties the cart. The order waits 30 minutes for its payment.")
    public Answer<OrderView> create(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @Valid @NotNull CheckoutRequest checkout) {
        long userId = caller.userId();
        limits.check(RateLimits.Kind.ORDERS, userId);
        return idempotency.inOneTransaction(
                new Idempotency.Request(userId, key, "POST /orders", checkout, 201),
                () -> Answer.of("Order created successfully", orders.createOrder(userId, checkout)));
    }

    /** The caller's orders, newest first. */
    @GET
    @Operation(operationId = "getOrders", summary = "Own orders, newest first")
    public Answer<OrderList> list(
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("10") @Min(1) @Max(100) int limit) {
        return Answer.of(orders.getOrders(caller.userId(), page, limit));
    }

    /** One of the caller's orders. */
    @GET
    @Path("/{order_id}")
    @Operation(operationId = "getOrder", summary = "An own order")
    public Answer<OrderView> get(@PathParam("order_id") long orderId) {
        return Answer.of(orders.getOrderById(caller.userId(), orderId));
    }

    /** Cancels until shipped; what was paid is refunded. */
    @POST
    @Path("/{order_id}/cancel")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "cancelOrder",
            summary = "Cancel an own order",
            description = "Until it is shipped. What was paid is refunded.")
    public Answer<OrderView> cancel(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @PathParam("order_id") long orderId) {
        long userId = caller.userId();
        return idempotency.inOneTransaction(
                new Idempotency.Request(userId, key, "POST /orders/" + orderId + "/cancel", "", 200),
                () -> Answer.of("Order cancelled", orders.cancelOrder(userId, orderId)));
    }

    /** Moves an order along its life. */
    @PUT
    @Path("/{order_id}/status")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "updateOrderStatus",
            summary = "Move an order along",
            description =
                    "confirmed → processing → shipped → delivered, or, by an admin, cancelled before it is shipped.")
    public Answer<OrderView> updateStatus(@PathParam("order_id") long orderId, @Valid @NotNull StatusRequest request) {
        return Answer.of(
                "Order status updated",
                orders.updateStatus(caller.userId(), caller.mayInFull(), orderId, request.status()));
    }

    /** Hands the parcel to a carrier: the order is shipped, the customer is told. */
    @POST
    @Path("/{order_id}/shipments")
    @Extension(name = ApiDocument.STATUSES, value = "201")
    @ResponseStatus(201)
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION")
    @Operation(operationId = "shipOrder", summary = "Ship an order")
    public Answer<OrderView> ship(
            @HeaderParam(Idempotency.HEADER) @Nullable String key,
            @PathParam("order_id") long orderId,
            @Valid @NotNull ShipmentRequest shipment) {
        long actorId = caller.userId();
        return idempotency.inOneTransaction(
                new Idempotency.Request(actorId, key, "POST /orders/" + orderId + "/shipments", shipment, 201),
                () -> Answer.of("Order shipped", orders.ship(actorId, orderId, shipment)));
    }
}
