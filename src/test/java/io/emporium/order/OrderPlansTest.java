package io.emporium.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.Plan;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How PostgreSQL answers an admin's list of a shop that has sold for years: in a schema of its own, with the migrations'
 * tables and indexes, by what the statements did (EXPLAIN ANALYZE). Rows: 1,000,000, or {@code -Demporium.plan-rows=…}.
 */
@QuarkusTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrderPlansTest {
    private static final int ROWS = Integer.getInteger("emporium.plan-rows", 1_000_000);
    private static final int LIMIT = 20;
    private static final Instant NEWEST = Instant.parse("2026-06-01T00:00:00Z");
    private static final List<String> TABLES = List.of("users", "orders", "order_items", "shipments");
    private static final Pattern PARAMETER = Pattern.compile("\\?(\\d+)");

    @Inject
    DataSource database;

    @Inject
    ObjectMapper json;

    @BeforeAll
    void fill() throws SQLException {
        run("DROP SCHEMA IF EXISTS order_plans CASCADE", "CREATE SCHEMA order_plans");
        for (String table : TABLES) {
            run("CREATE UNLOGGED TABLE order_plans." + table + " (LIKE public." + table
                    + " INCLUDING DEFAULTS INCLUDING IDENTITY) WITH (autovacuum_enabled = false)");
            for (String column : notNull(table)) {
                run("ALTER TABLE order_plans." + table + " ALTER COLUMN " + column + " DROP NOT NULL");
            }
        }
        // Most are delivered long ago; the newest are on their way through the house. Every other order has the one
        // product that everybody buys.
        inPieces("orders", "order_id, user_id, order_number, status, payment_status, created_at, held_since", """
                n, n % 50000, 'ORD-2026-' || lpad(n::text, greatest(4, length(n::text)), '0'),
                CASE WHEN n % 20 = 0 THEN 'cancelled' WHEN n > LAST - 2000 THEN 'confirmed' ELSE 'delivered' END,
                CASE WHEN n % 20 = 0 THEN 'failed' WHEN n % 1000 = 1 THEN 'refunded' ELSE 'completed' END,
                timestamptz '2026-06-01Z' - (LAST - n) * interval '1 minute',
                CASE WHEN n > LAST - 2000 AND n % 100 = 7 THEN timestamptz '2026-06-01Z' END
                """);
        inPieces(
                "order_items",
                "order_id, product_id, sku",
                "n, n % 5000, CASE WHEN n % 2 = 0 THEN 'HOT' ELSE 'SKU-' || n % 5000 END");
        inPieces("shipments", "order_id, tracking_number", "n, 'TRACK-' || n");
        run(
                "INSERT INTO order_plans.users (user_id, email) SELECT n, 'u' || n || '@example.com' FROM generate_series(0, 49999) n");
        for (String table : TABLES) {
            for (String index : indexes(table)) {
                run(index.replace(" ON public." + table + " ", " ON order_plans." + table + " "));
            }
            run("VACUUM ANALYZE order_plans." + table);
        }
    }

    @AfterAll
    void drop() throws SQLException {
        run("DROP SCHEMA IF EXISTS order_plans CASCADE");
    }

    @Test
    void every_list_reads_its_page_from_an_index() throws SQLException, IOException {
        List<String> wrong = new ArrayList<>();
        for (OrderFilter filter : filters()) {
            Plan plan = explain(filter.page(LIMIT, 0));
            // What a text finds is sorted, and what two filters share is looked for.
            if (scansAll(plan)
                    || plan.sorted() > 3 * OrderFilter.FOUND
                    || plan.read() > Math.max(3 * OrderFilter.FOUND, ROWS / 20)) {
                wrong.add(filter + " " + plan);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void the_deepest_page_is_stepped_to_in_the_index() throws SQLException, IOException {
        Plan plan = explain(filters().getFirst().page(LIMIT, OrderSearch.DEEPEST - LIMIT));
        assertThat(scansAll(plan)).as("%s", plan).isFalse();
        assertThat(plan.sorted()).as("%s", plan).isLessThanOrEqualTo(LIMIT);
        assertThat(plan.read()).as("%s", plan).isLessThanOrEqualTo(OrderSearch.DEEPEST);
    }

    @Test
    void counting_stops_at_its_bound() throws SQLException, IOException {
        for (OrderFilter filter : filters()) {
            Plan plan = explain(filter.countUpTo(OrderSearch.DEEPEST));
            assertThat(scansAll(plan)).as("%s %s", filter, plan).isFalse();
            assertThat(plan.read()).as("%s %s", filter, plan).isLessThanOrEqualTo(2 * OrderSearch.DEEPEST);
        }
    }

    private static List<OrderFilter> filters() {
        Instant from = NEWEST.minusSeconds(3 * 24 * 3600);
        List<OrderFilter> filters = new ArrayList<>();
        for (OrderStatus status :
                new OrderStatus[] {null, OrderStatus.DELIVERED, OrderStatus.CONFIRMED, OrderStatus.PENDING}) {
            for (PaymentStatus paid : new PaymentStatus[] {null, PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}) {
                filters.add(new OrderFilter(status, paid, null, null, null, null, null));
                filters.add(new OrderFilter(status, paid, null, null, true, null, null));
                filters.add(new OrderFilter(status, paid, from, NEWEST.minusSeconds(3600), null, null, null));
                filters.add(new OrderFilter(status, paid, null, null, null, 7L, null));
                for (String text :
                        List.of("HOT", "SKU-77", "TRACK-77", "ORD-2026-0077", "ORD-2026-1", "ORD-", "nothing")) {
                    filters.add(new OrderFilter(status, paid, null, null, null, null, text));
                }
            }
        }
        return filters;
    }

    /** An order is one row of customers' 50,000: looked up in a hash of them, or one by one. */
    private static boolean scansAll(Plan plan) {
        return !Set.of("users").containsAll(plan.scanned());
    }

    private Plan explain(OrderFilter.Statement statement) throws SQLException, IOException {
        try (Connection connection = database.getConnection();
                Statement path = connection.createStatement()) {
            path.execute("SET search_path = order_plans, public");
            List<Object> arguments = new ArrayList<>();
            Matcher parameters = PARAMETER.matcher(statement.sql());
            while (parameters.find()) {
                arguments.add(statement.arguments().get(Integer.parseInt(parameters.group(1)) - 1));
            }
            String sql = "EXPLAIN (ANALYZE, FORMAT JSON) "
                    + PARAMETER.matcher(statement.sql()).replaceAll("?");
            try (PreparedStatement explain = connection.prepareStatement(sql)) {
                for (int i = 0; i < arguments.size(); i++) {
                    Object argument = arguments.get(i);
                    explain.setObject(i + 1, argument instanceof Instant at ? Timestamp.from(at) : argument);
                }
                try (ResultSet row = explain.executeQuery()) {
                    row.next();
                    return new Plan(json.readTree(row.getString(1)));
                }
            } finally {
                path.execute("SET search_path = public");
            }
        }
    }

    /** In pieces: the connection gives a statement a minute. */
    private void inPieces(String table, String columns, String values) throws SQLException {
        for (int from = 1; from <= ROWS; from += 100_000) {
            run("INSERT INTO order_plans." + table + " (" + columns + ") SELECT "
                    + values.replace("LAST", Integer.toString(ROWS)) + " FROM generate_series(" + from + ", "
                    + Math.min(ROWS, from + 99_999) + ") n");
        }
    }

    private List<String> notNull(String table) throws SQLException {
        return column("SELECT a.attname FROM pg_attribute a WHERE a.attrelid = 'order_plans." + table
                + "'::regclass AND a.attnum > 0 AND a.attnotnull AND a.attidentity = ''");
    }

    /** The migrations' own, as statements. */
    private List<String> indexes(String table) throws SQLException {
        return column("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = '" + table + "'");
    }

    private List<String> column(String query) throws SQLException {
        try (Connection connection = database.getConnection();
                ResultSet row = connection.createStatement().executeQuery(query)) {
            List<String> values = new ArrayList<>();
            while (row.next()) {
                values.add(row.getString(1));
            }
            return values;
        }
    }

    private void run(String... statements) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
