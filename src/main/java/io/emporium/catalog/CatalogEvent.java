package io.emporium.catalog;

import io.emporium.outbox.DomainEvent;
import java.time.Instant;
import java.util.UUID;

/** What happens to products. Told with the product's version, so that who follows the catalogue never goes back. */
public sealed interface CatalogEvent extends DomainEvent {
    long productId();

    long version();

    @Override
    default String entityType() {
        return "product";
    }

    @Override
    default long entityId() {
        return productId();
    }

    record ProductCreated(UUID id, long productId, long version, Instant at) implements CatalogEvent {
        @Override
        public String type() {
            return "product.created";
        }
    }

    record ProductChanged(UUID id, long productId, long version, Instant at) implements CatalogEvent {
        @Override
        public String type() {
            return "product.changed";
        }
    }

    /** It is no longer sold. */
    record ProductWithdrawn(UUID id, long productId, long version, Instant at) implements CatalogEvent {
        @Override
        public String type() {
            return "product.withdrawn";
        }
    }
}
