package io.emporium.cart;

import io.emporium.inventory.StockError;
import io.emporium.shared.Refusal;
import java.util.List;
import java.util.Map;

/** Every way the cart says no. */
final class CartError {
    private CartError() {}

    static Refusal productNotFound() {
        return Refusal.notFound("Product");
    }

    static Refusal itemNotFound() {
        return Refusal.notFound("Cart item");
    }

    static Refusal insufficientStock(long productId, int requested, int available) {
        return StockError.insufficientStock(List.of(new StockError.Shortage(productId, requested, available)));
    }

    static Refusal lineTooLarge() {
        return invalid("quantity", "at most " + CartService.MOST_OF_A_PRODUCT + " of a product");
    }

    static Refusal tooManyLines() {
        return invalid("product_id", "at most " + CartService.MOST_LINES + " different products a cart");
    }

    private static Refusal invalid(String field, String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "The cart holds " + message,
                Map.of("fields", List.of(Map.of("field", field, "message", message))));
    }
}
