package io.emporium.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

    private static final List<String> FIELDS = List.of(
            "product_id", "name", "brand", "category", "description", "sku", "price_cents", "in_stock", "created_at");
    private static final String DOCUMENT = """
            p.product_id, p.name, p.brand, p.category, regexp_replace(p.description, '<[^>]*>', ' ', 'g'), p.sku,
            CAST(p.price * 100 AS bigint), p.stock_quantity > 0, CAST(extract(EPOCH FROM p.created_at) * 1000000 AS bigint)
            """;

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

    /** As {@link #mark}, of many. */
    @Transactional(Transactional.TxType.MANDATORY)
    void markAll(Collection<Long> products) {
        database.createNativeQuery("""
                        INSERT INTO search_documents AS known (product_id, version, due_at)
                        SELECT id, search_version(), clock_timestamp()
                          FROM unnest(CAST(:products AS bigint[])) AS p (id) ORDER BY id
                        ON CONFLICT (product_id) DO UPDATE
                           SET version = GREATEST(known.version + 1, excluded.version), due_at = excluded.due_at, attempts = 0
                        """)
                .setParameter("products", products.toArray(Long[]::new))
                .executeUpdate();
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
                         WHERE d.product_id = ANY (ARRAY (SELECT product_id FROM due))
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
        List<Object[]> products = database.createNativeQuery(
                        "SELECT " + DOCUMENT
                                + " FROM products p WHERE product_id = ANY (CAST(:ids AS bigint[])) AND is_active",
                        Object[].class)
                .setParameter("ids", ids.toArray(Long[]::new))
                .getResultList();
        return products.stream()
                .map(DueProducts::document)
                .collect(Collectors.toMap(document -> (Long) document.get("product_id"), Function.identity()));
    }

    /**
     * The next products on sale as they are now, with the version they have now; claimed by nobody, and as due as before. Read
     * in one statement: a claim that sees more than we do has a greater version than ours.
     *
     * @param after the last product read before, 0 at first
     */
    @Transactional
    List<Claim> onSale(long after, int batch) {
        List<Object[]> products = database.createNativeQuery("SELECT " + DOCUMENT + """
                        , coalesce(d.version, 1)
                          FROM products p LEFT JOIN search_documents d ON d.product_id = p.product_id
                         WHERE p.is_active AND p.product_id > :after
                         ORDER BY p.product_id LIMIT :batch
                        """, Object[].class)
                .setParameter("after", after)
                .setParameter("batch", batch)
                .getResultList();
        return products.stream()
                .map(row -> new Claim(
                        ((Number) row[0]).longValue(), ((Number) row[FIELDS.size()]).longValue(), document(row)))
                .toList();
    }

    /** Whether the index should have something: a product on sale that does not wait for being indexed, nor has just changed. */
    @Transactional
    boolean isAnySettled() {
        return !database.createNativeQuery("""
                        SELECT 1 FROM products p LEFT JOIN search_documents d USING (product_id)
                         WHERE p.is_active AND d.due_at IS NULL AND coalesce(d.version, 0) < search_version() - 10000000
                           AND p.updated_at < clock_timestamp() - interval '10 seconds' LIMIT 1
                        """, Integer.class).getResultList().isEmpty();
    }

    /** Those of the products that have not changed in the last ten seconds and do not wait for being indexed. */
    @Transactional
    Set<Long> settled(Set<Long> products) {
        List<Long> settled = database.createNativeQuery("""
                        SELECT asked.id
                          FROM (SELECT CAST(value AS bigint) AS id FROM jsonb_array_elements_text(CAST(:ids AS jsonb))) asked
                          LEFT JOIN search_documents d ON d.product_id = asked.id
                          LEFT JOIN products p ON p.product_id = asked.id
                         WHERE d.due_at IS NULL AND coalesce(d.version, 0) < search_version() - 10000000
                           AND (p.updated_at IS NULL OR p.updated_at < clock_timestamp() - interval '10 seconds')
                        """, Long.class)
                .setParameter("ids", write(products))
                .getResultList();
        return new TreeSet<>(settled);
    }

    private static Map<String, Object> document(Object[] product) {
        Map<String, Object> document = new LinkedHashMap<>();
        for (int i = 0; i < FIELDS.size(); i++) {
            if (product[i] != null) {
                document.put(FIELDS.get(i), product[i]);
            }
        }
        return document;
    }

    /** The index has them; what was marked since the claim stays due. */
    @Transactional
    void done(Collection<Claim> claims) {
        // We may have been away for so long that the index has forgotten the deletion that overtook us.
        settle(claims, "due_at = NULL, attempts = 0", """
                , overtaken AS (
                    UPDATE search_documents SET due_at = clock_timestamp()
                     WHERE product_id = ANY (ARRAY (
                           SELECT product_id FROM compared WHERE version > claimed_version AND due_at IS NULL)))
                """);
    }

    /** The index would not have them; each is tried again after a pause that doubles. */
    @Transactional
    void failed(Collection<Claim> claims) {
        settle(
                claims,
                "attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => LEAST("
                        + LONGEST_PAUSE.toSeconds() + ", 2 ^ LEAST(attempts, 20)))");
    }

    /** Nobody could be asked: they are due as they were. */
    @Transactional
    void giveBack(Collection<Claim> claims) {
        settle(claims, "due_at = clock_timestamp()");
    }

    private void settle(Collection<Claim> claims, String change) {
        settle(claims, change, "");
    }

    private void settle(Collection<Claim> claims, String change, String besides) {
        if (claims.isEmpty()) {
            return;
        }
        // Who holds a row is marking it, or settles an older claim: it stays due. The rows are named in arrays: what is
        // planned while the table is new, and kept, would look through all of it for each of them.
        database.createNativeQuery("""
                        WITH held AS (
                            SELECT product_id, version, due_at FROM search_documents
                             WHERE product_id = ANY (CAST(:products AS bigint[])) ORDER BY product_id FOR UPDATE SKIP LOCKED),
                        compared AS (
                            SELECT product_id, held.version, claimed.version AS claimed_version, due_at
                              FROM held JOIN unnest(CAST(:products AS bigint[]), CAST(:versions AS bigint[]))
                                   AS claimed (product_id, version) USING (product_id))
                        %s
                        UPDATE search_documents SET %s
                         WHERE product_id = ANY (ARRAY (SELECT product_id FROM compared WHERE version = claimed_version))
                        """.formatted(besides, change))
                .setParameter("products", claims.stream().map(Claim::productId).toArray(Long[]::new))
                .setParameter("versions", claims.stream().map(Claim::version).toArray(Long[]::new))
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
