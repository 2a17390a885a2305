package io.emporium.inventory;

import io.emporium.shared.Page;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Reads what became of the stock. */
@ApplicationScoped
class StockLedger {
    /** From this on nothing counts as low. */
    static final int HIGHEST_THRESHOLD = 100;

    /** How many of a product's entries are shown. */
    static final int RECENT = 50;

    // The step is in an index and the quantity is not (V2__catalog_and_stock.sql), so the order is by step.
    static final String LOW = """
            SELECT product_id, sku, name, stock_quantity FROM products
             WHERE is_active AND stock_band < 6 AND stock_band <= ?1 AND stock_quantity <= ?2
             ORDER BY stock_band, product_id LIMIT ?3 OFFSET ?4
            """;
    static final String LOW_COUNT = """
            SELECT count(*) FROM products WHERE is_active AND stock_band < 6 AND stock_band <= ?1 AND stock_quantity <= ?2
            """;

    private final EntityManager database;
    private final Stock stock;

    StockLedger(EntityManager database, Stock stock) {
        this.database = database;
        this.stock = stock;
    }

    /** A change of the stock. */
    record Entry(
            long entryId,
            int delta,
            String reason,
            @Nullable Long orderId,
            @Nullable Long actorId,
            @Nullable String note,
            Instant createdAt) {}

    /** How much of a product there is, and the latest changes, latest first. */
    record Account(long productId, int stockQuantity, List<Entry> entries) {}

    /** A product that runs out. */
    record LowStock(
            @Schema(examples = "1") long productId,
            @Schema(examples = "ELE-LAP-001") String sku,
            @Schema(examples = "Kestrel 14 Laptop") String name,
            @Schema(examples = "3") int stockQuantity) {}

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND */
    @Transactional
    Account of(long productId) {
        int quantity = stock.quantity(productId);
        List<Object[]> rows = database.createNativeQuery("""
                        SELECT entry_id, delta, reason, order_id, actor_id, note, created_at FROM stock_ledger
                         WHERE product_id = :product ORDER BY entry_id DESC LIMIT :recent
                        """, Object[].class)
                .setParameter("product", productId)
                .setParameter("recent", RECENT)
                .getResultList();
        return new Account(
                productId, quantity, rows.stream().map(StockLedger::entry).toList());
    }

    /**
     * What is on sale and has at most so many left; emptiest first, in the steps 0, 5, 10, 20, 50, 100.
     *
     * @param threshold 0–100
     */
    @Transactional
    Page<LowStock> low(int threshold, int page, int limit) {
        List<Object[]> rows = database.createNativeQuery(LOW, Object[].class)
                .setParameter(1, band(threshold))
                .setParameter(2, threshold)
                .setParameter(3, limit)
                .setParameter(4, Page.offset(page, limit))
                .getResultList();
        long total = ((Number) database.createNativeQuery(LOW_COUNT, Long.class)
                        .setParameter(1, band(threshold))
                        .setParameter(2, threshold)
                        .getSingleResult())
                .longValue();
        return new Page<>(
                rows.stream()
                        .map(row -> new LowStock(
                                ((Number) row[0]).longValue(),
                                (String) row[1],
                                (String) row[2],
                                ((Number) row[3]).intValue()))
                        .toList(),
                page,
                limit,
                total);
    }

    /** The step of a quantity, as the column stock_band has it. */
    static int band(int quantity) {
        if (quantity == 0) {
            return 0;
        }
        int[] upTo = {5, 10, 20, 50, 100};
        int band = 1;
        while (band <= upTo.length && quantity > upTo[band - 1]) {
            band++;
        }
        return band;
    }

    private static Entry entry(Object[] row) {
        return new Entry(
                ((Number) row[0]).longValue(),
                ((Number) row[1]).intValue(),
                (String) row[2],
                row[3] == null ? null : Long.valueOf(((Number) row[3]).longValue()),
                row[4] == null ? null : Long.valueOf(((Number) row[4]).longValue()),
                (String) row[5],
                row[6] instanceof Timestamp at ? at.toInstant() : (Instant) row[6]);
    }
}
