package io.emporium.search;

import io.emporium.catalog.CatalogEvent.Imported;
import io.emporium.catalog.CatalogEvent.ProductChanged;
import io.emporium.catalog.CatalogEvent.ProductCreated;
import io.emporium.catalog.CatalogEvent.ProductWithdrawn;
import io.emporium.catalog.CatalogEvent.ProductsImported;
import io.emporium.outbox.EventConsumer;
import io.emporium.outbox.Inbox;
import io.emporium.outbox.ReceivedEvent;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Hears of products. Whatever happened, the product is looked at again; so events may be late, twice or out of order.
 */
@ApplicationScoped
class SearchConsumer implements EventConsumer {
    private final DueProducts due;
    private final Inbox inbox;

    SearchConsumer(DueProducts due, Inbox inbox) {
        this.due = due;
        this.inbox = inbox;
    }

    @Incoming("search")
    @RunOnVirtualThread
    void receive(byte[] message) {
        inbox.take(this, message);
    }

    @Override
    public String name() {
        return "search";
    }

    @Override
    public List<String> types() {
        return List.of("product.*");
    }

    @Override
    public void on(ReceivedEvent event) {
        switch (event.type()) {
            case "product.created" -> due.mark(event.as(ProductCreated.class).productId());
            case "product.changed" -> due.mark(event.as(ProductChanged.class).productId());
            case "product.withdrawn" ->
                due.mark(event.as(ProductWithdrawn.class).productId());
            case "product.imported" ->
                due.markAll(event.as(ProductsImported.class).products().stream()
                        .map(Imported::productId)
                        .toList());
            default -> {
                // A product's event that changes nothing that can be found.
            }
        }
    }
}
