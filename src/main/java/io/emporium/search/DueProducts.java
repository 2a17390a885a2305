package io.emporium.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which products the index still has to learn (table search_documents). A claim ends by itself, should its process
 * die; a product marked while it is being indexed stays due.
 *
 * <p>Rows are locked in product order or not waited for, because a sale that empties a shelf locks them too.
 */
@ApplicationScoped
class DueProducts {
    // Longer than a batch can take: the index is given 15 s.
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final int MARKED_AT_ONCE = 5_000;

    private final EntityManager database;
    private final ObjectMapper json;

    DueProducts(EntityManager database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    /**
     * A product to be indexed as it is now.
     *
     * @param version greater than that of every claim of this product before
     * @param document what the index shall have; null if the product is not sold
     */
    record Claim(long productId, long version, @Nullable Map<String, Object> document) {}

    /** In the transaction of whoever has learnt of a change. */
    @Transactional(Transactional.TxType.MANDATORY)
    void mark(long productId) {
        database.createNativeQuery("SELECT search_mark(:product)", Long.class)
                .setParameter("product", productId)
                .getSingleResult();
    }

    /**
     * Marks the next products on sale by id, so many that it takes a moment only.
     *
     * @param after the last one marked before, 0 at first
     * @return the last one marked, or null if there was none left
     */
    @Transactional
    @Nullable
    Long markNext(long after) {
        return (Long) database.createNativeQuery("""
                        SELECT max(search_mark(product_id))
                          FROM (SELECT product_id FROM products WHERE is_active AND product_id > :after
                                 ORDER BY product_id LIMIT :some) next
                        """, Long.class)
                .setParameter("after", after)
                .setParameter("some", MARKED_AT_ONCE)
                .getSingleResult();
    }

    /** Whether any product waits, be it for a later try. */
    @Transactional
    boolean isAnyDue() {
        return !database.createNativeQuery(
                        "SELECT 1 FROM search_documents WHERE due_at IS NOT NULL LIMIT 1", Integer.class)
                .getResultList()
                .isEmpty();
    }

    @Transactional
    List<Claim> claim(int batch) {
        List<Object[]> claimed = database.createNativeQuery("""
                        WITH due AS (
                            SELECT product_id FROM search_documents WHERE due_at <= clock_timestamp()
                             ORDER BY due_at LIMIT :batch FOR UPDATE SKIP LOCKED)
                        UPDATE search_documents d
                           SET version = GREATEST(d.version + 1, search_version()),
                               due_at = clock_timestamp() + make_interval(secs => :lease)
                          FROM due WHERE d.product_id = due.product_id
                        RETURNING d.product_id, d.version
                        """, Object[].class)
                .setParameter("batch", batch)
                .setParameter("lease", (double) LEASE.toSeconds())
                .getResultList();
        if (claimed.isEmpty()) {
            return List.of();
        }
        List<Long> ids =
                claimed.stream().map(row -> ((Number) row[0]).longValue()).toList();
        // A statement of its own, in this transaction: it sees every change whose mark was just claimed, and whoever
        // claims the product next, with a greater version, waits for our commit and sees at least what we see.
        Map<Long, Map<String, Object>> documents = documents(ids);
        return claimed.stream()
                .map(row -> {
                    long id = ((Number) row[0]).longValue();
                    return new Claim(id, ((Number) row[1]).longValue(), documents.get(id));
                })
                .toList();
    }

    private Map<Long, Map<String, Object>> documents(List<Long> ids) {
        List<Object[]> products = database.createNativeQuery("""
                        SELECT product_id, name, brand, category, regexp_replace(description, '<[^>]*>', ' ', 'g'), sku,
                               CAST(price * 100 AS bigint), stock_quantity > 0,
                               CAST(extract(EPOCH FROM created_at) * 1000000 AS bigint)
                          FROM products WHERE product_id IN (:ids) AND is_active
                        """, Object[].class)
                .setParameter("ids", ids)
                .getResultList();
        return products.stream()
                .map(DueProducts::document)
                .collect(Collectors.toMap(document -> (Long) document.get("product_id"), Function.identity()));
    }

    private static Map<String, Object> document(Object[] product) {
        List<String> fields = List.of(
                "product_id",
                "name",
                "brand",
                "category",
                "description",
                "sku",
                "price_cents",
                "in_stock",
                "created_at");
        Map<String, Object> document = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            if (product[i] != null) {
                document.put(fields.get(i), product[i]);
            }
        }
        return document;
    }

    /** The index has them; what was marked since the claim stays due. */
    @Transactional
    void done(Collection<Claim> claims) {
        settle(claims, "due_at = NULL, attempts = 0");
    }

    /** The index would not have them; each is tried again after a pause that doubles. */
    @Transactional
    void failed(Collection<Claim> claims) {
        settle(
                claims,
                "attempts = d.attempts + 1, due_at = clock_timestamp() + make_interval(secs => LEAST("
                        + LONGEST_PAUSE.toSeconds() + ", 2 ^ LEAST(d.attempts, 20)))");
    }

    /** Nobody could be asked: they are due as they were. */
    @Transactional
    void giveBack(Collection<Claim> claims) {
        settle(claims, "due_at = clock_timestamp()");
    }

    private void settle(Collection<Claim> claims, String change) {
        List<Map<String, Long>> held = new ArrayList<>();
        claims.forEach(claim -> held.add(Map.of("product_id", claim.productId(), "version", claim.version())));
        if (held.isEmpty()) {
            return;
        }
        // Who holds a row now is marking it: it is due anyway.
        database.createNativeQuery("""
                        WITH held AS (
                            SELECT d.product_id
                              FROM search_documents d
                              JOIN jsonb_to_recordset(CAST(:claims AS jsonb)) AS c(product_id bigint, version bigint)
                                ON d.product_id = c.product_id AND d.version = c.version
                             ORDER BY d.product_id FOR UPDATE OF d SKIP LOCKED)
                        UPDATE search_documents d SET %s FROM held WHERE d.product_id = held.product_id
                        """.formatted(change))
                .setParameter("claims", write(held))
                .executeUpdate();
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
