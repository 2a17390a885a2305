package io.emporium.inventory;

import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the shop's people count, receive and lose of the {@link Stock}, and what an import says of it. Every change has its row
 * of the ledger, as those of orders have.
 */
@ApplicationScoped
public class StockCount {
    /**
     * The most that can be counted or received. Far below what the column holds, so that goods of orders can always come
     * back: their release must never fail.
     */
    public static final int MOST = 1_000_000_000;

    /**
     * The column of what a new product begins with, for the statement that makes many: written afterwards, every index of
     * the product would be written twice. {@link #opened} in the same transaction writes the ledger.
     */
    public static final String OPENING = "stock_quantity";

    private final EntityManager database;
    private final Stock stock;
    private final ShelfWatch shelves;
    private final Event<StockMoved> moved;
    private final Clock clock;

    StockCount(EntityManager database, Stock stock, ShelfWatch shelves, Event<StockMoved> moved, Clock clock) {
        this.database = database;
        this.stock = stock;
        this.shelves = shelves;
        this.moved = moved;
        this.clock = clock;
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
            int held = stock.quantity(productId);
            throw delta > 0
                    ? StockError.tooMuch()
                    : StockError.insufficientStock(
                            List.of(new StockError.Shortage(productId, Math.negateExact(delta), held)));
        }
        Instant now = clock.instant();
        write(productId, delta, reason, actorId, note, now);
        int left = ((Number) after.getFirst()[1]).intValue();
        shelves.look(
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
            shelves.look(
                    List.of(new ShelfWatch.Change(
                            productId, (String) set.getFirst()[0], quantity, difference, (Boolean) set.getFirst()[2])),
                    now);
        }
    }

    /**
     * Enters what new products began with into the ledger: for each what its row has, so that the two cannot differ.
     *
     * @param products made in this transaction with {@link #OPENING}
     * @param reason received, import or adjustment
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void opened(Collection<Long> products, String reason, @Nullable Long actorId) {
        int entered = database.createNativeQuery("""
                        INSERT INTO stock_ledger (product_id, delta, reason, actor_id, created_at)
                        SELECT product_id, stock_quantity, :reason, CAST(:actor AS bigint), :now FROM products
                         WHERE product_id = ANY (CAST(:products AS bigint[])) AND stock_quantity > 0
                        """)
                .setParameter("products", products.toArray(Long[]::new))
                .setParameter("reason", reason)
                .setParameter("actor", actorId)
                .setParameter("now", clock.instant())
                .executeUpdate();
        if (entered > 0) {
            // None of them has been shown to anybody, but the lists they belong to have.
            moved.fire(new StockMoved(Set.of(), true));
        }
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
        shelves.look(changes, now);
        return changes.stream().map(ShelfWatch.Change::productId).collect(Collectors.toUnmodifiableSet());
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
}
