package io.emporium.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.Plan;
import io.emporium.inventory.LowStockPlan;
import io.emporium.search.BegunPlan;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How PostgreSQL answers the lists when there are many products: in a schema of its own, with the migrations' table and
 * indexes, by what the statements did (EXPLAIN ANALYZE) and no planner switch touched but by themselves. Rows: 1,000,000, or
 * {@code -Demporium.plan-rows=…}.
 */
@QuarkusTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListPlansTest {
    private static final int ROWS = Integer.getInteger("emporium.plan-rows", 1_000_000);
    private static final int LIMIT = 20;
    /** What a bounded count may read: its bound, and what a second filter leaves out on the way there. */
    private static final int COUNT_READS = Math.max(3 * ProductCounts.EXACT, ROWS / 20);

    @Inject
    DataSource database;

    @Inject
    ObjectMapper json;

    @BeforeAll
    void fill() throws SQLException {
        // 40 categories of the same size, brands of all sizes, a fifth sold out, 2 % withdrawn; in no useful order.
        run(
                "DROP SCHEMA IF EXISTS plans CASCADE",
                "CREATE SCHEMA plans",
                // Without the log and the indexes until it is full: only reading is of interest.
                "CREATE UNLOGGED TABLE plans.products (LIKE public.products INCLUDING ALL EXCLUDING INDEXES)"
                        + " WITH (fillfactor = 85, autovacuum_enabled = false)");
        // In pieces: the connection gives a statement a minute.
        for (int from = 1; from <= ROWS; from += 100_000) {
            run("""
                INSERT INTO plans.products (product_id, name, description, price, category, brand, sku, stock_quantity, is_active, created_at)
                SELECT n, 'Product ' || md5(n::text), repeat('about it ', 20), 1 + (n::bigint * 7919 % 50000) / 100.0,
                       'category ' || n % 40, 'brand ' || floor(sqrt(n % 10000)), 'SKU-' || n,
                       CASE WHEN n % 5 = 0 THEN 0 ELSE n % 300 END, n % 50 <> 0,
                       timestamptz '2026-01-01' + (n::bigint * 104729 % 1000000) * interval '1 minute'
                  FROM generate_series(FIRST, LAST) n
                """.replace("FIRST", Integer.toString(from))
                    .replace("LAST", Integer.toString(Math.min(ROWS, from + 99_999))));
        }
        for (String index : indexes()) {
            run(index.replace(" ON public.products ", " ON plans.products "));
        }
        run("VACUUM ANALYZE plans.products");
    }

    /** The migrations' own, as statements. */
    private List<String> indexes() throws SQLException {
        try (Connection connection = database.getConnection();
                ResultSet row = connection
                        .createStatement()
                        .executeQuery(
                                "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'products'")) {
            List<String> statements = new ArrayList<>();
            while (row.next()) {
                statements.add(row.getString(1));
            }
            return statements;
        }
    }

    @AfterAll
    void drop() throws SQLException {
        run("DROP SCHEMA plans CASCADE");
    }

    @Test
    void every_list_reads_its_page_from_an_index() throws SQLException, java.io.IOException {
        List<String> wrong = new ArrayList<>();
        for (ProductFilter filter : filters()) {
            for (ProductFilter.Sort sort : ProductFilter.Sort.values()) {
                Plan plan = explain(filter.page(sort, LIMIT, 0));
                // What a selective filter leaves may be sorted, and what two filters share may be looked for.
                if (!plan.scanned().isEmpty() || plan.sorted() > ROWS / 50 || plan.read() > ROWS / 20) {
                    wrong.add(sort + " " + filter + " " + plan);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void the_deepest_page_is_stepped_to_in_the_index() throws SQLException, java.io.IOException {
        for (ProductFilter.Sort sort : ProductFilter.Sort.values()) {
            Plan plan = explain(filter(null, null, null, null, null).page(sort, LIMIT, ProductService.DEEPEST - LIMIT));
            assertThat(plan.scanned()).as("%s %s", sort, plan).isEmpty();
            assertThat(plan.sorted()).as("%s %s", sort, plan).isLessThanOrEqualTo(LIMIT);
            assertThat(plan.read()).as("%s %s", sort, plan).isLessThanOrEqualTo(ProductService.DEEPEST + LIMIT);
        }
    }

    @Test
    void counting_stops_at_its_bound() throws SQLException, java.io.IOException {
        for (ProductFilter filter : filters()) {
            Plan plan = explain(filter.countUpTo(ProductCounts.EXACT + 1));
            assertThat(plan.read()).as("%s %s", filter, plan).isLessThanOrEqualTo(COUNT_READS);
        }
    }

    @Test
    void what_runs_out_is_read_from_an_index() throws SQLException, java.io.IOException {
        for (int threshold : new int[] {0, 5, 7, 10, 100}) {
            Plan plan =
                    explain(new ProductFilter.Statement(LowStockPlan.SQL, LowStockPlan.arguments(threshold, LIMIT)));
            assertThat(plan.scanned()).as("%d %s", threshold, plan).isEmpty();
            assertThat(plan.sorted()).as("%d %s", threshold, plan).isZero();
            assertThat(plan.read()).as("%d %s", threshold, plan).isLessThan(ROWS / 20);
        }
    }

    @Test
    void brands_and_categories_that_begin_so_are_stepped_to() throws SQLException, java.io.IOException {
        for (String field : List.of("brand", "category")) {
            Plan plan = explain(new ProductFilter.Statement(BegunPlan.values(field, field + " %"), List.of()));
            assertThat(plan.scanned()).as("%s %s", field, plan).isEmpty();
            assertThat(plan.read()).as("%s %s", field, plan).isLessThan(20);
        }
    }

    @Test
    void names_that_begin_so_are_looked_up_by_their_trigrams() throws SQLException, java.io.IOException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("SET LOCAL search_path = plans, public");
            connection.createStatement().execute(BegunPlan.BEFORE_NAMES);
            // So many names begin so that it would seem easier to read them until there are ten.
            try (ResultSet row = connection
                    .createStatement()
                    .executeQuery("EXPLAIN (ANALYZE, FORMAT JSON) " + BegunPlan.names("product f%", "% product f%"))) {
                row.next();
                Plan plan = new Plan(json.readTree(row.getString(1)));
                assertThat(plan.scanned()).as("%s", plan).isEmpty();
                assertThat(plan.toString()).contains("Bitmap Index Scan", "name_trigrams");
            } finally {
                connection.rollback();
            }
        }
    }

    @Test
    void a_sale_leaves_every_index_alone() throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            connection.createStatement().execute("SET search_path = plans");
            connection
                    .createStatement()
                    .execute("UPDATE products SET stock_quantity = stock_quantity - 1 WHERE stock_quantity = 151");
            connection.createStatement().execute("SELECT pg_stat_force_next_flush()");
            try (ResultSet row = connection
                    .createStatement()
                    .executeQuery("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables"
                            + " WHERE schemaname = 'plans' AND relname = 'products'")) {
                row.next();
                assertThat(row.getLong(1)).isPositive();
                // A page may be too full for some of them.
                assertThat(row.getLong(2)).isGreaterThan(row.getLong(1) * 9 / 10);
            }
            connection.createStatement().execute("SET search_path = public");
        }
    }

    private static List<ProductFilter> filters() {
        return List.of(
                filter(null, null, null, null, null),
                filter("category 7", null, null, null, null),
                filter(null, "brand 50", null, null, null),
                filter("category 7", "brand 50", null, null, null),
                filter("category 7", "brand of nobody", null, null, null),
                filter(null, null, 100, 110, null),
                filter("category 7", null, 100, 300, null),
                filter(null, "brand 50", 100, 300, null),
                filter(null, null, null, null, true),
                filter("category 7", null, null, null, true),
                filter(null, null, null, null, false),
                filter("category 6", null, null, null, false));
    }

    private static ProductFilter filter(String category, String brand, Integer min, Integer max, Boolean inStock) {
        return new ProductFilter(
                category,
                brand,
                min == null ? null : BigDecimal.valueOf(min),
                max == null ? null : BigDecimal.valueOf(max),
                inStock);
    }

    private Plan explain(ProductFilter.Statement statement) throws SQLException, java.io.IOException {
        try (Connection connection = database.getConnection()) {
            connection.createStatement().execute("SET search_path = plans");
            String sql = "EXPLAIN (ANALYZE, FORMAT JSON) " + statement.sql().replaceAll("\\?\\d+", "?");
            try (PreparedStatement explain = connection.prepareStatement(sql)) {
                for (int i = 0; i < statement.arguments().size(); i++) {
                    explain.setObject(i + 1, statement.arguments().get(i));
                }
                try (ResultSet row = explain.executeQuery()) {
                    row.next();
                    return new Plan(json.readTree(row.getString(1)));
                }
            } finally {
                connection.createStatement().execute("SET search_path = public");
            }
        }
    }

    private void run(String... statements) throws SQLException {
        try (Connection connection = database.getConnection()) {
            for (String statement : statements) {
                connection.createStatement().execute(statement);
            }
        }
    }
}
