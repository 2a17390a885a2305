package io.emporium.inventory;

import io.emporium.outbox.Outbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Notices what runs low. It is given what the statement that changed the stock has returned, so that a sale which leaves
 * enough on the shelf costs nothing more; and as quantities change under the row's lock, each crossing is seen by exactly
 * one transaction.
 */
@ApplicationScoped
class ShelfWatch {
    private final Outbox outbox;
    private final Event<StockMoved> moved;
    private final InventorySettings settings;

    ShelfWatch(Outbox outbox, Event<StockMoved> moved, InventorySettings settings) {
        this.outbox = outbox;
        this.moved = moved;
        this.settings = settings;
    }

    /**
     * How a product's stock has changed.
     *
     * @param left how many there are now
     * @param delta how many more than before
     * @param isOnSale whether anybody could buy them
     */
    record Change(long productId, String sku, int left, int delta, boolean isOnSale) {
        /** Whether it can be bought now and could not before, or the other way round. */
        boolean emptiesOrFills() {
            return left == 0 || (long) left - delta == 0;
        }

        /** @return whether it was above and no longer is */
        private boolean fallsTo(int threshold) {
            // In long: what goods came back may have lifted the stock above what an integer of the difference holds.
            return left <= threshold && (long) left - delta > threshold;
        }
    }

    /** Tells of what has moved, and of what has just run low or out, in the transaction that changed it. */
    void look(List<Change> changes, Instant now) {
        List<InventoryEvent> events = new ArrayList<>();
        for (Change change : changes) {
            if (!change.isOnSale()) {
                continue;
            }
            if (change.fallsTo(settings.lowStock())) {
                events.add(new InventoryEvent.StockRunsLow(
                        UUID.randomUUID(), change.productId(), change.sku(), change.left(), settings.lowStock(), now));
            }
            if (change.fallsTo(0)) {
                events.add(new InventoryEvent.StockRanOut(UUID.randomUUID(), change.productId(), change.sku(), now));
            }
        }
        outbox.appendAll(events);
        Set<Long> products = changes.stream().map(Change::productId).collect(Collectors.toUnmodifiableSet());
        moved.fire(new StockMoved(products, changes.stream().anyMatch(Change::emptiesOrFills)));
    }
}
