package io.emporium.catalog;

import io.emporium.outbox.DomainEvent;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What happens to products. Told with the product's version, so that who follows the catalogue never goes back. */
public sealed interface CatalogEvent extends DomainEvent {
    @Override
    default String entityType() {
        return "product";
    }

    record ProductCreated(UUID id, long productId, long version, Instant at) implements CatalogEvent {
        @Override
        public long entityId() {
            return productId;
        }

        @Override
        public String type() {
            return "product.created";
        }
    }

    record ProductChanged(UUID id, long productId, long version, Instant at) implements CatalogEvent {
        @Override
        public long entityId() {
            return productId;
        }

        @Override
        public String type() {
            return "product.changed";
        }
    }

    /** It is no longer sold. */
    record ProductWithdrawn(UUID id, long productId, long version, Instant at) implements CatalogEvent {
        @Override
        public long entityId() {
            return productId;
        }

        @Override
        public String type() {
            return "product.withdrawn";
        }
    }

    /**
     * Many have been created or changed at once, by a merchant's file: one event, or a million products would be a million.
     *
     * @param products 1 to 500, each once; the event's entity is the first
     */
    record ProductsImported(UUID id, List<Imported> products, Instant at) implements CatalogEvent {
        @Override
        public long entityId() {
            return products.getFirst().productId();
        }

        @Override
        public String type() {
            return "product.imported";
        }
    }

    /** @param isNew whether it was created, not changed */
    record Imported(long productId, long version, boolean isNew) {}
}
