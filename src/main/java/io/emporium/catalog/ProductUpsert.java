package io.emporium.catalog;

import io.emporium.catalog.CatalogEvent.Imported;
import io.emporium.catalog.CatalogEvent.ProductsImported;
import io.emporium.inventory.StockCount;
import io.emporium.outbox.Outbox;
import io.emporium.web.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Writes some hundred rows of an import with a handful of statements in one transaction: products, stock, ledger and an event.
 *
 * <p>Nobody waits in a circle: existing products are locked first, by id as orders do it; new ones are inserted in the
 * order of their SKUs, and one that somebody else inserts at that moment is passed over without a lock, to be an
 * existing product in another round.
 */
@ApplicationScoped
class ProductUpsert {
    private final DataSource database;
    private final StockCount stockCount;
    private final Outbox outbox;
    private final Event<ProductsChanged> news;
    private final AuditLog audit;
    private final Clock clock;
    private final String currency;

    ProductUpsert(
            DataSource database,
            StockCount stockCount,
            Outbox outbox,
            Event<ProductsChanged> news,
            AuditLog audit,
            Clock clock,
            @ConfigProperty(name = "emporium.currency") String currency) {
        this.database = database;
        this.stockCount = stockCount;
        this.outbox = outbox;
        this.news = news;
        this.audit = audit;
        this.clock = clock;
        this.currency = Currency.getInstance(currency).getCurrencyCode();
    }

    /**
     * @param withdrawn rows whose product is not sold: changed, but not put back on sale
     * @param again rows whose product appeared meanwhile: to be written once more
     */
    record Outcome(
            int created, int updated, int unchanged, List<ImportRow.Good> withdrawn, List<ImportRow.Good> again) {}

    private record Existing(long productId, ProductDraft draft, boolean hasImages, boolean active, long version) {}

    /**
     * @param rows each SKU once
     * @param by whose doing it is; what nobody does, the shop itself has done, and is not in the audit log
     */
    @Transactional
    Outcome write(Collection<ImportRow.Good> rows, AuditLog.Origin by) {
        List<ImportRow.Good> inOrder =
                rows.stream().sorted(Comparator.comparing(ImportRow.Good::sku)).toList();
        Instant now = clock.instant();
        try (Connection connection = database.getConnection()) {
            Map<String, Existing> existing = lock(connection, inOrder);
            List<Imported> told = new ArrayList<>();
            Map<Long, Integer> counted = new HashMap<>();
            List<ImportRow.Good> fresh = new ArrayList<>();
            List<ImportRow.Good> withdrawn = new ArrayList<>();
            Map<Long, ProductDraft> edits = new HashMap<>();
            Map<Long, ProductDraft> edited = new HashMap<>();
            Set<Long> seen = new HashSet<>();
            for (ImportRow.Good row : inOrder) {
                Existing held = existing.get(row.sku());
                if (held == null) {
                    fresh.add(row);
                    continue;
                }
                seen.add(held.productId());
                count(row, held.productId(), counted);
                if (!held.active()) {
                    withdrawn.add(row);
                }
                ProductDraft wanted = row.onto(held.draft());
                if (held.hasImages()) {
                    // As Product.edit does it.
                    wanted = wanted.withImageUrl(held.draft().imageUrl());
                }
                if (!wanted.equals(held.draft())) {
                    edits.put(held.productId(), wanted);
                    edited.put(held.productId(), held.draft());
                    told.add(new Imported(held.productId(), held.version() + 1, false));
                }
            }
            update(connection, edits, now);
            Map<String, Long> created = insert(connection, fresh, now);
            List<ImportRow.Good> again = new ArrayList<>();
            for (ImportRow.Good row : fresh) {
                Long productId = created.get(row.sku());
                if (productId == null) {
                    again.add(row);
                } else {
                    told.add(new Imported(productId, 0, true));
                }
            }
            stockCount.opened(created.values(), "import", by.actorId());
            Set<Long> changed = new HashSet<>(stockCount.setAll(counted, "import", by.actorId()));
            if (by.actorId() != null && !(created.isEmpty() && edits.isEmpty() && changed.isEmpty())) {
                audit.record(
                        by,
                        "products.imported",
                        "product",
                        "import",
                        new Recorded(List.of(), lines(edited), List.of()),
                        new Recorded(List.copyOf(created.values()), lines(edits), List.copyOf(changed)));
            }
            changed.addAll(edits.keySet());
            changed.retainAll(seen);
            if (!told.isEmpty()) {
                outbox.append(new ProductsImported(UUID.randomUUID(), told, now));
            }
            // Those that are as they should be, too: whoever sends a file again was perhaps not answered the first
            // time.
            news.fire(new ProductsChanged(Set.copyOf(seen)));
            return new Outcome(created.size(), changed.size(), seen.size() - changed.size(), withdrawn, again);
        } catch (SQLException fault) {
            throw new IllegalStateException("the import's batch failed: " + fault.getSQLState(), fault);
        }
    }

    /**
     * What the audit log has of a batch.
     *
     * @param restocked those whose stock was set to another: how many, the stock ledger has
     */
    private record Recorded(List<Long> created, List<Line> updated, List<Long> restocked) {}

    private record Line(long productId, String name, BigDecimal price) {}

    private static List<Line> lines(Map<Long, ProductDraft> drafts) {
        return drafts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(draft -> new Line(
                        draft.getKey(),
                        draft.getValue().name(),
                        draft.getValue().price()))
                .toList();
    }

    private static void count(ImportRow.Good row, long productId, Map<Long, Integer> counted) {
        Integer quantity = row.product().stockQuantity();
        if (quantity != null) {
            counted.put(productId, quantity);
        }
    }

    private static Map<String, Existing> lock(Connection connection, List<ImportRow.Good> rows) throws SQLException {
        String sql = """
                SELECT product_id, name, description, price, category, brand, sku, image_url, images <> '[]' AS has_images, is_active, version
                  FROM products WHERE sku = ANY (?) ORDER BY product_id FOR NO KEY UPDATE
                """;
        Map<String, Existing> existing = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setArray(1, texts(connection, rows, ImportRow.Good::sku));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ProductDraft draft = new ProductDraft(
                            row.getString("name"),
                            row.getString("description"),
                            row.getBigDecimal("price"),
                            row.getString("category"),
                            row.getString("brand"),
                            row.getString("sku"),
                            row.getString("image_url"));
                    existing.put(
                            draft.sku(),
                            new Existing(
                                    row.getLong("product_id"),
                                    draft,
                                    row.getBoolean("has_images"),
                                    row.getBoolean("is_active"),
                                    row.getLong("version")));
                }
            }
        }
        return existing;
    }

    private static void update(Connection connection, Map<Long, ProductDraft> edits, Instant now) throws SQLException {
        if (edits.isEmpty()) {
            return;
        }
        String sql = """
                UPDATE products p
                   SET name = n.name, description = n.description, price = n.price, category = n.category, brand = n.brand,
                       image_url = n.image_url, updated_at = ?, version = p.version + 1
                  FROM unnest(?::bigint[], ?::text[], ?::text[], ?::numeric[], ?::text[], ?::text[], ?::text[])
                       AS n (product_id, name, description, price, category, brand, image_url)
                 WHERE p.product_id = n.product_id
                """;
        List<Map.Entry<Long, ProductDraft>> entries = List.copyOf(edits.entrySet());
        List<ProductDraft> drafts = entries.stream().map(Map.Entry::getValue).toList();
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setTimestamp(1, Timestamp.from(now));
            update.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint", entries.stream().map(Map.Entry::getKey).toArray()));
            update.setArray(3, texts(connection, drafts, ProductDraft::name));
            update.setArray(4, texts(connection, drafts, ProductDraft::description));
            update.setArray(5, prices(connection, drafts));
            update.setArray(6, texts(connection, drafts, ProductDraft::category));
            update.setArray(7, texts(connection, drafts, ProductDraft::brand));
            update.setArray(8, texts(connection, drafts, ProductDraft::imageUrl));
            update.executeUpdate();
        }
    }

    /** Answers the ids of those that were not there, by SKU. */
    private Map<String, Long> insert(Connection connection, List<ImportRow.Good> rows, Instant now)
            throws SQLException {
        Map<String, Long> created = new HashMap<>();
        if (rows.isEmpty()) {
            return created;
        }
        String sql = """
                INSERT INTO products (name, description, price, currency, category, brand, sku, image_url, created_at, updated_at, %s)
                SELECT name, description, price, ?, category, brand, sku, image_url, ?, ?, opening
                  FROM unnest(?::text[], ?::text[], ?::numeric[], ?::text[], ?::text[], ?::text[], ?::text[], ?::integer[])
                       AS n (name, description, price, category, brand, sku, image_url, opening)
                ON CONFLICT (sku) DO NOTHING
                RETURNING product_id, sku
                """.formatted(StockCount.OPENING);
        List<ProductDraft> drafts =
                rows.stream().map(row -> row.product().draft()).toList();
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, currency);
            insert.setTimestamp(2, Timestamp.from(now));
            insert.setTimestamp(3, Timestamp.from(now));
            insert.setArray(4, texts(connection, drafts, ProductDraft::name));
            insert.setArray(5, texts(connection, drafts, ProductDraft::description));
            insert.setArray(6, prices(connection, drafts));
            insert.setArray(7, texts(connection, drafts, ProductDraft::category));
            insert.setArray(8, texts(connection, drafts, ProductDraft::brand));
            insert.setArray(9, texts(connection, drafts, ProductDraft::sku));
            insert.setArray(10, texts(connection, drafts, ProductDraft::imageUrl));
            insert.setArray(
                    11,
                    connection.createArrayOf(
                            "integer",
                            rows.stream()
                                    .map(row -> Objects.requireNonNullElse(
                                            row.product().stockQuantity(), 0))
                                    .toArray()));
            try (ResultSet row = insert.executeQuery()) {
                while (row.next()) {
                    created.put(row.getString("sku"), row.getLong("product_id"));
                }
            }
        }
        return created;
    }

    private static <T> Array texts(Connection connection, List<T> items, Function<T, @Nullable String> text)
            throws SQLException {
        return connection.createArrayOf("text", items.stream().map(text).toArray());
    }

    private static Array prices(Connection connection, List<ProductDraft> drafts) throws SQLException {
        return connection.createArrayOf(
                "numeric", drafts.stream().map(ProductDraft::price).toArray(BigDecimal[]::new));
    }
}
