package io.emporium.inventory;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Singleton;

/** How often a product ran out, or low: {@code stock_sold_out_total}, {@code stock_low_total}. */
@Singleton
class StockMeters {
    private final MeterRegistry meters;

    StockMeters(MeterRegistry meters) {
        this.meters = meters;
        // Told from the start: what was never counted has no rate.
        meters.counter("stock.sold.out");
        meters.counter("stock.low");
    }

    void moved(@Observes(during = TransactionPhase.AFTER_SUCCESS) InventoryEvent event) {
        switch (event) {
            case InventoryEvent.StockRanOut _ ->
                meters.counter("stock.sold.out").increment();
            case InventoryEvent.StockRunsLow _ -> meters.counter("stock.low").increment();
        }
    }
}
