package io.emporium.inventory;

import static io.emporium.catalog.Callers.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.catalog.Callers;
import io.emporium.shared.Refusal;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class StockTest {
    private static final AtomicLong ORDER = new AtomicLong(8_000_000_000L);

    @Inject
    Stock stock;

    @Inject
    StockCount stockCount;

    @Inject
    Callers callers;

    @Inject
    DataSource database;

    @BeforeEach
    void callersExist() {
        callers.exist();
    }

    /** Its orders are bare rows, made for their number only: gone before another test asks whether orders are whole. */
    @AfterEach
    void ordersAreGone() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("DELETE FROM stock_ledger WHERE order_id > 8000000000");
            statement.execute("DELETE FROM orders WHERE order_id > 8000000000");
            statement.execute(
                    "UPDATE products p SET stock_quantity = (SELECT coalesce(sum(delta), 0) FROM stock_ledger l"
                            + " WHERE l.product_id = p.product_id) WHERE category = 'stock-test'");
        }
    }

    @Test
    void ledger_and_stock_agree_while_64_reserve_and_an_admin_counts_and_adjusts() throws Exception {
        long product = product(40);
        List<Callable<Integer>> work = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            work.add(() -> reserve(product, 1) ? 1 : 0);
            if (i % 8 == 0) {
                work.add(() -> adjust(product, 3));
                work.add(() -> {
                    QuarkusTransaction.requiringNew().run(() -> stockCount.set(product, 20, "adjustment", null));
                    return 0;
                });
                work.add(() -> {
                    QuarkusTransaction.requiringNew()
                            .run(() -> stockCount.setAll(Map.of(product, 25), "import", Callers.ADMIN_ID));
                    return 0;
                });
            }
        }
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (Future<Integer> done : threads.invokeAll(work)) {
                done.get();
            }
        }
        assertThat(number("SELECT stock_quantity FROM products WHERE product_id = " + product))
                .isNotNegative()
                .isEqualTo(number("SELECT sum(delta) FROM stock_ledger WHERE product_id = " + product));
    }

    @Test
    void no_more_is_reserved_than_there_is() throws Exception {
        long product = product(10);
        List<Callable<Boolean>> buyers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            buyers.add(() -> reserve(product, 1));
        }
        int sold = 0;
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (Future<Boolean> buyer : threads.invokeAll(buyers)) {
                sold += buyer.get() ? 1 : 0;
            }
        }
        assertThat(sold).isEqualTo(10);
        assertThat(stock.available(product)).isZero();
    }

    @Test
    void an_order_gets_all_of_its_goods_or_none_and_is_told_what_is_short() {
        long enough = product(10);
        long few = product(1);
        assertThatThrownBy(() -> QuarkusTransaction.requiringNew()
                        .run(() -> stock.reserve(order(), List.of(new StockLine(few, 2), new StockLine(enough, 2)))))
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(Refusal.Code.INSUFFICIENT_STOCK);
                    assertThat(refusal.details().toString())
                            .contains("product_id=" + few, "available=1")
                            .doesNotContain("product_id=" + enough);
                });
        assertThat(stock.available(enough)).isEqualTo(10);
    }

    @Test
    void an_order_gives_back_once_however_often_and_at_once_it_is_asked() throws Exception {
        long product = product(5);
        long order = order();
        QuarkusTransaction.requiringNew().run(() -> stock.reserve(order, List.of(new StockLine(product, 3))));
        List<Callable<Integer>> cancels = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            cancels.add(() -> {
                QuarkusTransaction.requiringNew().run(() -> stock.release(order));
                return 0;
            });
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (Future<Integer> cancel : threads.invokeAll(cancels)) {
                cancel.get();
            }
        }
        assertThat(stock.available(product)).isEqualTo(5);
    }

    @Test
    void orders_of_the_same_goods_in_opposite_order_do_not_wait_in_a_circle() throws Exception {
        long a = product(500);
        long b = product(500);
        List<Callable<Integer>> orders = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            List<StockLine> lines = i % 2 == 0
                    ? List.of(new StockLine(a, 1), new StockLine(b, 1))
                    : List.of(new StockLine(b, 1), new StockLine(a, 1));
            orders.add(() -> {
                QuarkusTransaction.requiringNew().run(() -> stock.reserve(order(), lines));
                return 0;
            });
        }
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (Future<Integer> order : threads.invokeAll(orders)) {
                order.get();
            }
        }
        assertThat(stock.available(a)).isEqualTo(400);
        assertThat(stock.available(b)).isEqualTo(400);
    }

    @Test
    void giving_back_and_taking_in_opposite_order_do_not_wait_in_a_circle() throws Exception {
        long a = product(500);
        long b = product(500);
        List<Callable<Integer>> work = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            long held = order();
            QuarkusTransaction.requiringNew()
                    .run(() -> stock.reserve(held, List.of(new StockLine(a, 1), new StockLine(b, 1))));
            work.add(() -> {
                QuarkusTransaction.requiringNew().run(() -> stock.release(held));
                return 0;
            });
            work.add(() -> {
                QuarkusTransaction.requiringNew()
                        .run(() -> stock.reserve(order(), List.of(new StockLine(b, 1), new StockLine(a, 1))));
                return 0;
            });
        }
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (Future<Integer> done : threads.invokeAll(work)) {
                done.get();
            }
        }
        assertThat(stock.available(a)).isEqualTo(440);
        assertThat(stock.available(b)).isEqualTo(440);
    }

    @Test
    void what_an_order_holds_can_always_come_back() {
        long product = product(StockCount.MOST);
        long order = order();
        QuarkusTransaction.requiringNew().run(() -> stock.reserve(order, List.of(new StockLine(product, 3))));
        QuarkusTransaction.requiringNew().run(() -> stockCount.set(product, StockCount.MOST, "adjustment", null));

        QuarkusTransaction.requiringNew().run(() -> stock.release(order));

        assertThat(stock.available(product)).isEqualTo(StockCount.MOST + 3);
        assertThatThrownBy(() ->
                        QuarkusTransaction.requiringNew().run(() -> stockCount.change(product, 1, "found", null, null)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.VALIDATION_ERROR));
        QuarkusTransaction.requiringNew().run(() -> stockCount.change(product, -1, "lost", null, null));
    }

    @Test
    void an_adjustment_is_made_once_a_key_and_shown_in_the_ledger() {
        long product = product(5);
        String key = UUID.randomUUID().toString();
        for (int i = 0; i < 2; i++) {
            admin().contentType("application/json")
                    .header("Idempotency-Key", key)
                    .body("{\"delta\":-2,\"reason\":\"damaged\",\"note\":\"fell\"}")
                    .post("/api/v1/inventory/" + product + "/adjustments")
                    .then()
                    .statusCode(201)
                    .body("data.stock_quantity", equalTo(3));
        }
        admin().get("/api/v1/inventory/" + product)
                .then()
                .statusCode(200)
                .body("data.stock_quantity", equalTo(3))
                .body("data.entries.delta", contains(-2, 5))
                .body("data.entries[0].reason", equalTo("damaged"))
                .body("data.entries[0].note", equalTo("fell"))
                .body("data.entries[0].actor_id", equalTo((int) Callers.ADMIN_ID));
    }

    @Test
    void an_adjustment_that_cannot_be_is_refused() {
        long product = product(5);
        refused(product, "{\"delta\":-6,\"reason\":\"lost\"}", 409, "INSUFFICIENT_STOCK");
        refused(product, "{\"delta\":2147483647,\"reason\":\"found\"}", 400, "VALIDATION_ERROR");
        refused(product, "{\"delta\":-2147483648,\"reason\":\"lost\"}", 400, "VALIDATION_ERROR");
        refused(product, "{\"delta\":0,\"reason\":\"lost\"}", 400, "VALIDATION_ERROR");
        refused(product, "{\"delta\":1,\"reason\":\"reserved\"}", 400, "VALIDATION_ERROR");
        refused(product, "{\"delta\":1}", 400, "VALIDATION_ERROR");
        refused(999_999_999, "{\"delta\":1,\"reason\":\"found\"}", 404, "RESOURCE_NOT_FOUND");
        admin().get("/api/v1/inventory/999999999").then().statusCode(404);
        assertThat(stock.available(product)).isEqualTo(5);
    }

    @Test
    void what_runs_out_is_listed() {
        long none = product(0);
        long four = product(4);
        long six = product(6);
        List<Integer> five = low(5);
        assertThat(five).contains((int) none, (int) four).doesNotContain((int) six);
        assertThat(five.indexOf((int) none)).isLessThan(five.indexOf((int) four));
        assertThat(low(0)).contains((int) none).doesNotContain((int) four);
        admin().get("/api/v1/inventory/low-stock?threshold=101").then().statusCode(400);
    }

    @Test
    void the_step_of_a_quantity_is_the_columns() {
        for (int quantity : new int[] {0, 1, 5, 6, 10, 11, 20, 21, 50, 51, 100, 101}) {
            long product = product(quantity);
            assertThat(number("SELECT stock_band FROM products WHERE product_id = " + product))
                    .isEqualTo(StockLedger.band(quantity));
        }
    }

    private static List<Integer> low(int threshold) {
        List<Integer> ids = new ArrayList<>();
        List<Integer> page;
        int number = 1;
        do {
            page = admin().get("/api/v1/inventory/low-stock?limit=100&threshold=" + threshold + "&page=" + number++)
                    .then()
                    .statusCode(200)
                    .extract()
                    .path("data.products.product_id");
            ids.addAll(page);
        } while (!page.isEmpty());
        return ids;
    }

    private static void refused(long product, String body, int status, String code) {
        admin().contentType("application/json")
                .body(body)
                .post("/api/v1/inventory/" + product + "/adjustments")
                .then()
                .statusCode(status)
                .body("error.code", equalTo(code));
    }

    private boolean reserve(long product, int quantity) {
        try {
            QuarkusTransaction.requiringNew()
                    .run(() -> stock.reserve(order(), List.of(new StockLine(product, quantity))));
            return true;
        } catch (Refusal refusal) {
            assertThat(refusal.code()).isEqualTo(Refusal.Code.INSUFFICIENT_STOCK);
            return false;
        }
    }

    private long order() {
        long order = ORDER.incrementAndGet();
        try (var connection = database.getConnection();
                var insert = connection.prepareStatement("""
                        INSERT INTO orders (order_id, user_id, order_number, payment_method, total_amount, currency, ship_to_name,
                               ship_to_line1, ship_to_city, ship_to_state, ship_to_postal_code, ship_to_country, expires_at)
                        VALUES (?, ?, ?, 'credit_card', 1, 'USD', 'N', 'L', 'C', 'S', 'P', 'X', now() + interval '1 day')
                        """)) {
            insert.setLong(1, order);
            insert.setLong(2, Callers.CUSTOMER_ID);
            insert.setString(3, "STOCK-TEST-" + order);
            insert.executeUpdate();
        } catch (SQLException fault) {
            throw new IllegalStateException(fault);
        }
        return order;
    }

    private static int adjust(long product, int delta) {
        return admin().contentType("application/json")
                .body(Map.of("delta", delta, "reason", "found"))
                .post("/api/v1/inventory/" + product + "/adjustments")
                .then()
                .statusCode(201)
                .extract()
                .statusCode();
    }

    private static long product(int stock) {
        Number id = admin().contentType("application/json")
                .body(Map.of(
                        "name",
                        "Thing",
                        "price",
                        1,
                        "category",
                        "stock-test",
                        "sku",
                        "STK-" + UUID.randomUUID(),
                        "stock_quantity",
                        stock))
                .post("/api/v1/products")
                .then()
                .statusCode(201)
                .extract()
                .path("data.product_id");
        return id.longValue();
    }

    private long number(String sql) throws IllegalStateException {
        try (var connection = database.getConnection();
                var row = connection.createStatement().executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException fault) {
            throw new IllegalStateException(fault);
        }
    }
}
