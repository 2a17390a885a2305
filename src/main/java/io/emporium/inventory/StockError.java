package io.emporium.inventory;

import io.emporium.shared.Refusal;
import java.util.List;
import java.util.Map;

/** Every way the stock says no. */
public final class StockError {
    private StockError() {}

    /**
     * What is short of what was asked for.
     *
     * @param available how many can be bought; 0 also for a product that is no longer sold
     */
    public record Shortage(long productId, int requested, int available) {
        Map<String, Object> details() {
            return Map.of("product_id", productId, "requested", requested, "available", available);
        }
    }

    public static Refusal insufficientStock(List<Shortage> items) {
        return new Refusal(
                Refusal.Code.INSUFFICIENT_STOCK,
                "Insufficient stock",
                Map.of("items", items.stream().map(Shortage::details).toList()));
    }

    static Refusal tooMuch() {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Validation failed",
                Map.of(
                        "fields",
                        List.of(Map.of("field", "delta", "message", "the stock would be above 1,000,000,000"))));
    }
}
