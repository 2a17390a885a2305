package io.emporium.cart;

import io.emporium.shared.Money;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A cart as its customer sees it (low-level-design 4.3.1), at the prices of now.
 *
 * @param totalItems how many lines
 */
public record CartView(
        @Schema(examples = "1") long cartId,
        @Schema(examples = "1") long userId,
        List<Line> items,
        @Schema(examples = "1") int totalItems,
        @Schema(examples = "999.99") Money totalAmount) {

    /**
     * @param available how many of the product can be bought now; less than quantity means that checkout would refuse
     */
    public record Line(
            long cartItemId,
            long productId,
            String productName,
            Money price,
            int quantity,
            Money subtotal,
            @Nullable String imageUrl,
            int available) {

        static Line of(CartItem item) {
            var product = item.product();
            return new Line(
                    item.cartItemId(),
                    product.productId(),
                    product.name(),
                    product.price(),
                    item.quantity(),
                    item.subtotal(),
                    product.imageUrl(),
                    product.isActive() ? product.stockQuantity() : 0);
        }
    }

    static CartView of(Cart cart, List<CartItem> items, Money total) {
        return new CartView(
                cart.cartId(), cart.userId(), items.stream().map(Line::of).toList(), items.size(), total);
    }
}
