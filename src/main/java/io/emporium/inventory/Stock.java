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
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The stock: how much of each product can be bought. Every change is one UPDATE whose predicate is the guard, with a row
 * of the ledger beside it; nobody reads a quantity, computes, and writes it back (promise 1).
 */
@ApplicationScoped
public class Stock {
    /**
     * The most that can be counted or received. Far below what the column holds, so that goods of orders can always come
     * back: their release must never fail.
     */
    public static final int MOST = 1_000_000_000;

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
        looked(changes, now);
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

    /** In the transaction that changed it: what others have to know. */
    private void looked(List<ShelfWatch.Change> changes, Instant now) {
        shelves.look(changes, now);
        Set<Long> products = changes.stream().map(ShelfWatch.Change::productId).collect(Collectors.toUnmodifiableSet());
        moved.fire(new StockMoved(products, changes.stream().anyMatch(ShelfWatch.Change::emptiesOrFills)));
    }

    /**
     * Changes the stock by so many, as counted or received.
     *
     * @param delta not 0; at least -2,147,483,647
     * @param reason received, adjustment, damaged, lost, found or returned
     * @param actorId who did it, null for the shop itself
     * @return the stock after it
     * @throws Refusal RESOURCE_NOT_FOUND, INSUFFICIENT_STOCK if it would fall below 0, or VALIDATION_ERROR if it would
     *     rise above {@value #MOST}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public int change(long productId, int delta, String reason, @Nullable Long actorId, @Nullable String note) {
        List<Object[]> after = database.createNativeQuery("""
                        UPDATE products SET stock_quantity = stock_quantity + :delta
                         WHERE product_id = :product AND CAST(stock_quantity AS bigint) + :delta >= 0
                           AND (:delta < 0 OR CAST(stock_quantity AS bigint) + :delta <= :most)
                        RETURNING sku, stock_quantity, is_active
                        """, Object[].class)
                .setParameter("delta", delta)
                .setParameter("product", productId)
                .setParameter("most", MOST)
                .getResultList();
        if (after.isEmpty()) {
            int held = quantity(productId);
            throw delta > 0
                    ? StockError.tooMuch()
                    : StockError.insufficientStock(
                            List.of(new StockError.Shortage(productId, Math.negateExact(delta), held)));
        }
        Instant now = clock.instant();
        write(productId, delta, reason, actorId, note, now);
        int left = ((Number) after.getFirst()[1]).intValue();
        looked(
                List.of(new ShelfWatch.Change(
                        productId, (String) after.getFirst()[0], left, delta, (Boolean) after.getFirst()[2])),
                now);
        return left;
    }

    /**
     * Sets the stock to what was counted; the ledger gets the difference. Sales before and after it count as they fall:
     * none is lost, since the old quantity is read and replaced under the row's lock.
     *
     * @param quantity 0 or more
     * @param reason received, import or adjustment
     * @throws Refusal RESOURCE_NOT_FOUND
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void set(long productId, int quantity, String reason, @Nullable Long actorId) {
        List<Object[]> set = database.createNativeQuery("""
                        UPDATE products p SET stock_quantity = :quantity
                          FROM (SELECT product_id, stock_quantity FROM products WHERE product_id = :product FOR NO KEY UPDATE) held
                         WHERE p.product_id = held.product_id
                        RETURNING p.sku, :quantity - held.stock_quantity, p.is_active
                        """, Object[].class)
                .setParameter("quantity", quantity)
                .setParameter("product", productId)
                .getResultList();
        if (set.isEmpty()) {
            throw Refusal.notFound("Product");
        }
        int difference = ((Number) set.getFirst()[1]).intValue();
        if (difference != 0) {
            Instant now = clock.instant();
            write(productId, difference, reason, actorId, null, now);
            looked(
                    List.of(new ShelfWatch.Change(
                            productId, (String) set.getFirst()[0], quantity, difference, (Boolean) set.getFirst()[2])),
                    now);
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
     * Sets many stocks to what was counted, in one statement; the ledger gets the differences.
     *
     * @param counted the quantity, 0 or more, by product id; a product that is not there is passed over
     * @param reason received, import or adjustment
     * @return the products whose stock was another
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Set<Long> setAll(Map<Long, Integer> counted, String reason, @Nullable Long actorId) {
        if (counted.isEmpty()) {
            return Set.of();
        }
        Instant now = clock.instant();
        // Locked in product order, as everywhere.
        List<Object[]> changed = database.createNativeQuery("""
                        WITH counted AS (
                            SELECT * FROM unnest(CAST(:products AS bigint[]), CAST(:quantities AS integer[])) AS c (product_id, quantity)),
                        held AS (
                            SELECT product_id, stock_quantity FROM products
                             WHERE product_id = ANY (CAST(:products AS bigint[])) ORDER BY product_id FOR NO KEY UPDATE),
                        changed AS (
                            UPDATE products p SET stock_quantity = counted.quantity
                              FROM counted JOIN held USING (product_id)
                             WHERE p.product_id = held.product_id AND held.stock_quantity <> counted.quantity
                            RETURNING p.product_id, p.sku, p.stock_quantity, counted.quantity - held.stock_quantity AS delta, p.is_active),
                        written AS (
                            INSERT INTO stock_ledger (product_id, delta, reason, actor_id, created_at)
                            SELECT product_id, delta, :reason, CAST(:actor AS bigint), :now FROM changed)
                        SELECT product_id, sku, stock_quantity, delta, is_active FROM changed
                        """, Object[].class)
                .setParameter("products", counted.keySet().toArray(Long[]::new))
                .setParameter("quantities", counted.values().toArray(Integer[]::new))
                .setParameter("reason", reason)
                .setParameter("actor", actorId)
                .setParameter("now", now)
                .getResultList();
        List<ShelfWatch.Change> changes = changed.stream()
                .map(row -> new ShelfWatch.Change(
                        ((Number) row[0]).longValue(),
                        (String) row[1],
                        ((Number) row[2]).intValue(),
                        ((Number) row[3]).intValue(),
                        (Boolean) row[4]))
                .toList();
        looked(changes, now);
        return changes.stream().map(ShelfWatch.Change::productId).collect(Collectors.toUnmodifiableSet());
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

    private void write(
            long productId, int delta, String reason, @Nullable Long actorId, @Nullable String note, Instant now) {
        database.createNativeQuery("""
                        INSERT INTO stock_ledger (product_id, delta, reason, actor_id, note, created_at)
                        VALUES (:product, :delta, :reason, CAST(:actor AS bigint), CAST(:note AS varchar), :now)
                        """)
                .setParameter("product", productId)
                .setParameter("delta", delta)
                .setParameter("reason", reason)
                .setParameter("actor", actorId)
                .setParameter("note", note)
                .setParameter("now", now)
                .executeUpdate();
    }

    private static List<StockLine> inProductOrder(List<StockLine> lines) {
        return lines.stream()
                .sorted(Comparator.comparingLong(StockLine::productId))
                .toList();
    }
}
