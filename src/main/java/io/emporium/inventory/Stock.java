package io.emporium.inventory;

import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The stock: how much of each product can be bought. Every change is one UPDATE whose predicate is the guard, with a row
 * of the ledger beside it; nobody reads a quantity, computes, and writes it back (promise 1).
 */
@ApplicationScoped
public class Stock {
    private final EntityManager database;
    private final ShelfWatch shelves;
    private final Event<StockMoved> moved;
    private final Clock clock;

    Stock(EntityManager database, ShelfWatch shelves, Event<StockMoved> moved, Clock clock) {
        this.database = database;
        this.shelves = shelves;
        this.moved = moved;
        this.clock = clock;
    }

    /**
     * Takes the lines' goods for an order, all of them or, by the refusal that undoes the transaction, none.
     *
     * @param lines a product at most once
     * @throws Refusal INSUFFICIENT_STOCK, naming every line that is short
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void reserve(long orderId, List<StockLine> lines) {
        Instant now = clock.instant();
        List<StockError.Shortage> short_ = new ArrayList<>();
        List<ShelfWatch.Change> changes = new ArrayList<>();
        for (StockLine line : inProductOrder(lines)) {
            // Still the guard when everything around it is wrong: no row where there is not enough.
            List<Object[]> taken = database.createNativeQuery("""
                            WITH taken AS (
                                UPDATE products SET stock_quantity = stock_quantity - :quantity
                                 WHERE product_id = :product AND is_active AND stock_quantity >= :quantity
                                RETURNING product_id, sku, stock_quantity),
                            written AS (
                                INSERT INTO stock_ledger (product_id, delta, reason, order_id, created_at)
                                SELECT product_id, -:quantity, 'reserved', :order, :now FROM taken)
                            SELECT sku, stock_quantity FROM taken
                            """, Object[].class)
                    .setParameter("quantity", line.quantity())
                    .setParameter("product", line.productId())
                    .setParameter("order", orderId)
                    .setParameter("now", now)
                    .getResultList();
            if (taken.isEmpty()) {
                short_.add(new StockError.Shortage(line.productId(), line.quantity(), available(line.productId())));
            } else {
                changes.add(new ShelfWatch.Change(
                        line.productId(),
                        (String) taken.getFirst()[0],
                        ((Number) taken.getFirst()[1]).intValue(),
                        -line.quantity(),
                        true));
            }
        }
        if (!short_.isEmpty()) {
            throw StockError.insufficientStock(short_);
        }
        shelves.look(changes, now);
    }

    /** Gives back what an order has taken; what is back already stays so. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void release(long orderId) {
        // Locked in product order, as reserve does it, so that the two never wait for each other in a circle.
        List<Object[]> held = database.createNativeQuery("""
                        SELECT l.product_id, -l.delta FROM stock_ledger l JOIN products p USING (product_id)
                         WHERE l.order_id = :order AND l.reason = 'reserved'
                           AND NOT EXISTS (SELECT 1 FROM stock_ledger r WHERE r.order_id = l.order_id
                                              AND r.product_id = l.product_id AND r.reason = 'released')
                         ORDER BY l.product_id FOR NO KEY UPDATE OF p
                        """, Object[].class)
                .setParameter("order", orderId)
                .getResultList();
        Set<Long> freed = new TreeSet<>();
        boolean isFilled = false;
        for (Object[] row : held) {
            freed.add(((Number) row[0]).longValue());
            // Another release of this order may have gone first while this one waited: then its ledger row is there.
            List<Boolean> filled = database.createNativeQuery("""
                            WITH freed AS (
                                INSERT INTO stock_ledger (product_id, delta, reason, order_id, created_at)
                                VALUES (:product, :quantity, 'released', :order, :now)
                                ON CONFLICT (order_id, product_id, reason) WHERE order_id IS NOT NULL DO NOTHING
                                RETURNING product_id, delta)
                            UPDATE products p SET stock_quantity = p.stock_quantity + freed.delta
                              FROM freed WHERE p.product_id = freed.product_id
                            RETURNING p.stock_quantity = freed.delta
                            """, Boolean.class)
                    .setParameter("quantity", ((Number) row[1]).intValue())
                    .setParameter("product", ((Number) row[0]).longValue())
                    .setParameter("order", orderId)
                    .setParameter("now", clock.instant())
                    .getResultList();
            isFilled |= filled.contains(true);
        }
        if (!freed.isEmpty()) {
            moved.fire(new StockMoved(freed, isFilled));
        }
    }

    /** How many can be bought now; 0 for a product that is not sold. A look, not a promise: only reserving is one. */
    public int available(long productId) {
        List<Integer> stock = database.createNativeQuery(
                        "SELECT stock_quantity FROM products WHERE product_id = :product AND is_active", Integer.class)
                .setParameter("product", productId)
                .getResultList();
        return stock.isEmpty() ? 0 : stock.getFirst();
    }

    /**
     * How many there are, of one that is no longer sold too.
     *
     * @throws Refusal RESOURCE_NOT_FOUND
     */
    int quantity(long productId) {
        List<Integer> stock = database.createNativeQuery(
                        "SELECT stock_quantity FROM products WHERE product_id = :product", Integer.class)
                .setParameter("product", productId)
                .getResultList();
        if (stock.isEmpty()) {
            throw Refusal.notFound("Product");
        }
        return stock.getFirst();
    }

    private static List<StockLine> inProductOrder(List<StockLine> lines) {
        return lines.stream()
                .sorted(Comparator.comparingLong(StockLine::productId))
                .toList();
    }
}
