package io.emporium.cart;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** The signed-in customer's cart (low-level-design 4.3). */
@Path("/api/v1/cart")
@Tag(name = "Cart")
@RunOnVirtualThread
public class CartResource {
    private final CartService carts;
    private final Idempotency idempotency;
    private final Caller caller;

    CartResource(CartService carts, Idempotency idempotency, Caller caller) {
        this.carts = carts;
        this.idempotency = idempotency;
        this.caller = caller;
    }

    /**
     * @param productId a product that is sold
     * @param quantity 1–999
     */
    public record AddItem(
            @NotNull @Schema(examples = "1") Long productId,

            @NotNull @Min(1) @Max(CartService.MOST_OF_A_PRODUCT) @Schema(examples = "2")
            Integer quantity) {}

    /** @param quantity 1–999 */
    public record ChangeItem(
            @NotNull @Min(1) @Max(CartService.MOST_OF_A_PRODUCT) @Schema(examples = "3")
            Integer quantity) {}

    /** The cart at the prices of now; an empty one for who has not put anything in. */
    @GET
    @Operation(operationId = "getCart", summary = "The cart", description = "At the prices of now.")
    public Answer<CartView> get() {
        return Answer.of(carts.getCart(caller.userId()));
    }

    /** Empties the cart. */
    @DELETE
    @Operation(operationId = "clearCart", summary = "Empty the cart")
    public Answer<Void> clear() {
        carts.clearCart(caller.userId());
        return Answer.done("Cart cleared");
    }

    /** Adds to what is in the cart already; the sum of a line is checked against the stock. */
    @POST
    @Path("/items")
    @Extension(name = ApiDocument.STATUSES, value = "201")
    @ResponseStatus(201)
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND,INSUFFICIENT_STOCK")
    @Operation(
            operationId = "addCartItem",
            summary = "Put a product into the cart",
            description = "Adds to a line that is there; its sum is 1–999 and at most the stock. At most 100 lines.")
    public Answer<CartItemView> add(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @Valid @NotNull AddItem item) {
        long userId = caller.userId();
        return idempotency.inOneTransaction(
                new Idempotency.Request(userId, key, "POST /cart/items", item, 201),
                () -> Answer.of("Item added to cart", carts.addItem(userId, item.productId(), item.quantity())));
    }

    /** Sets a line's quantity. */
    @PUT
    @Path("/items/{cart_item_id}")
    @Extension(name = ApiDocument.ERRORS, value = "INSUFFICIENT_STOCK")
    @Operation(operationId = "updateCartItem", summary = "Change how many of a line are wanted")
    public Answer<CartItemView> update(@PathParam("cart_item_id") long cartItemId, @Valid @NotNull ChangeItem change) {
        return Answer.of("Cart item updated", carts.updateItem(caller.userId(), cartItemId, change.quantity()));
    }

    /** Takes a line out. */
    @DELETE
    @Path("/items/{cart_item_id}")
    @Operation(operationId = "removeCartItem", summary = "Take a line out of the cart")
    public Answer<Void> remove(@PathParam("cart_item_id") long cartItemId) {
        carts.removeItem(caller.userId(), cartItemId);
        return Answer.done("Item removed from cart");
    }
}
