package io.emporium.inventory;

import java.util.List;

/** Hands the low-stock list's statement to the test that has a big table. */
public final class LowStockPlan {
    public static final String SQL = StockLedger.LOW;

    private LowStockPlan() {}

    public static List<Object> arguments(int threshold, int limit) {
        return List.of(StockLedger.band(threshold), threshold, limit, 0);
    }
}
