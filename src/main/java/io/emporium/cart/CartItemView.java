package io.emporium.cart;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A line after a change (low-level-design 4.3.2, 4.3.3). */
public record CartItemView(
        @Schema(examples = "1") long cartItemId,
        @Schema(examples = "1") long productId,
        @Schema(examples = "2") int quantity) {
    static CartItemView of(CartItem item) {
        return new CartItemView(item.cartItemId(), item.product().productId(), item.quantity());
    }
}
