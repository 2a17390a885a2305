package io.emporium.inventory;

import io.emporium.outbox.DomainEvent;
import java.time.Instant;
import java.util.UUID;

/** What happens on the shelves. Told once each time a product on sale gets there from above, whatever takes it there. */
public sealed interface InventoryEvent extends DomainEvent {
    long productId();

    String sku();

    @Override
    default String entityType() {
        return "product";
    }

    @Override
    default long entityId() {
        return productId();
    }

    /**
     * Few are left.
     *
     * @param left how many, at most the threshold; 0 where the last ones went at once
     * @param threshold what counts as few, as it was set then
     */
    record StockRunsLow(UUID id, long productId, String sku, int left, int threshold, Instant at)
            implements InventoryEvent {
        @Override
        public String type() {
            return "inventory.low";
        }
    }

    /** None is left. */
    record StockRanOut(UUID id, long productId, String sku, Instant at) implements InventoryEvent {
        @Override
        public String type() {
            return "inventory.sold_out";
        }
    }
}
