package io.emporium.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.emporium.RetailCatalogue;
import io.emporium.shared.Refusal;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@QuarkusTest
class ImportTest {
    private static final String HEADER = "sku,name,price,category,stock_quantity,description,brand,image_url\n";

    @Inject
    Callers callers;

    @Inject
    DataSource database;

    @Inject
    ProductImport imports;

    // Of this test alone.
    private final String prefix = UUID.randomUUID().toString().substring(0, 8);

    @BeforeEach
    void callersExist() {
        callers.exist();
    }

    @Test
    void a_damaged_file_keeps_its_good_rows_and_reports_the_bad_ones() throws IOException {
        csv(file("damaged.csv"), "")
                .body("data.rejected", equalTo(8))
                .body("data.errors.line", contains(3, 5, 7, 9, 11, 13, 15, 18))
                .body("data.errors[0].field", equalTo("price"))
                .body("data.errors[4].field", equalTo("name"))
                .body("data.errors[5].field", equalTo("stock_quantity"))
                .body("data.errors[6].message", containsString("9 cells"))
                .body("data.errors[7].message", containsString("never closed"));
        assertThat(count("sku LIKE 'DMG-%'")).isEqualTo(9);
    }

    @Test
    void rows_in_another_encoding_are_bad_and_not_guessed() throws IOException {
        csv(file("latin1.csv"), "").body("data.errors.line", contains(3, 5)).body("data.rows", equalTo(6));
    }

    @Test
    void a_byte_order_mark_and_crlf_are_harmless() throws IOException {
        csv(file("bom.csv"), "").body("data.rejected", equalTo(0)).body("data.rows", equalTo(5));
    }

    @Test
    void a_merchants_own_columns_are_understood() throws IOException {
        csv(file("merchant-columns.csv"), "").body("data.rejected", equalTo(0)).body("data.rows", equalTo(6));
        assertThat(count("sku LIKE 'MER-%' AND brand IS NOT NULL AND category <> '' AND description <> ''"))
                .isPositive();
        assertThat(count("sku = 'MER-003' AND description LIKE E'%\\n%'")).isEqualTo(1);
    }

    @Test
    void ndjson_is_read_line_by_line() throws IOException {
        load("application/x-ndjson", file("products.ndjson"), "")
                .body("data.rows", equalTo(13))
                .body("data.errors.line", contains(4, 8, 11));
        assertThat(count("sku LIKE 'NDJ-%'")).isEqualTo(10);
    }

    @Test
    @EnabledIf("io.emporium.RetailCatalogue#isHere")
    void the_retail_catalogue_loads_as_it_is() throws IOException {
        byte[] file = Files.readAllBytes(RetailCatalogue.file());
        csv(file, RetailCatalogue.COLUMNS)
                .body("data.rejected", equalTo(0))
                .body("data.rows", equalTo(RetailCatalogue.PRODUCTS));
        assertThat(count("image_url LIKE 'https://cdn.example.com/shop/images/%'"))
                .isEqualTo(RetailCatalogue.PRODUCTS);
        csv(file, RetailCatalogue.COLUMNS).body("data.unchanged", equalTo(RetailCatalogue.PRODUCTS));
        given().get("/api/v1/products?category=accessories&brand=backpack&max_price=50&sort=price_asc")
                .then()
                .statusCode(200)
                .body("data.products[0].brand", equalTo("backpack"));
    }

    @Test
    void the_same_sku_updates_and_what_the_file_has_not_stays() {
        csv(HEADER + row("A", "Lamp", "10.00", "5") + row("B", "Chair", "20.00", "1"), "")
                .body("data.created", equalTo(2));
        csv(
                        "sku,name,price,category\n" + prefix + "A,Lamp,12.00," + prefix + "\n" + prefix + "B,Chair,20,"
                                + prefix + "\n",
                        "")
                .body("data.updated", equalTo(1))
                .body("data.unchanged", equalTo(1));
        given().get("/api/v1/products?sort=price_asc&category=" + prefix)
                .then()
                .body("data.products.description", contains("about", "about"))
                .body("data.products.brand", contains("Acme", "Acme"))
                .body("data.products.stock_quantity", contains(5, 1))
                .body("data.products[0].price", equalTo(12.0f));
        assertThat(strings("SELECT type FROM outbox JOIN products ON product_id = entity_id WHERE sku = '" + prefix
                        + "A' AND entity_type = 'product' ORDER BY position"))
                .containsExactly("product.imported", "product.imported");
        assertThat(strings(
                        "SELECT payload->'data'->'products'->0->>'version' FROM outbox JOIN products ON product_id = entity_id WHERE sku = '"
                                + prefix + "A' AND entity_type = 'product' ORDER BY position"))
                .containsExactly("0", "1");
    }

    @Test
    void a_long_page_of_them_is_sent_in_one_piece() {
        StringBuilder file = new StringBuilder(HEADER);
        for (int i = 0; i < 30; i++) {
            file.append(row("P" + i, "Lamp ".repeat(40), "10.00", "5"));
        }
        csv(file.toString(), "").body("data.created", equalTo(30));
        var page = given().get("/api/v1/products?limit=30&category=" + prefix);
        assertThat(page.asByteArray()).hasSizeGreaterThan(9_000);
        assertThat(page.header("Content-Length")).isEqualTo(String.valueOf(page.asByteArray().length));
    }

    @Test
    void an_edit_under_way_is_waited_for_and_its_version_counted() throws Exception {
        csv(HEADER + row("A", "Lamp", "10.00", "5"), "");
        try (var threads = Executors.newSingleThreadExecutor();
                var editor = database.getConnection();
                var edit = editor.createStatement()) {
            editor.setAutoCommit(false);
            edit.execute("UPDATE products SET name = 'Edited', version = version + 1 WHERE sku = '" + prefix + "A'");
            Future<?> load = threads.submit(() -> csv(HEADER + row("A", "Loaded", "10.00", "5"), ""));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !strings("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND query LIKE '%products%' AND datname = current_database()")
                            .isEmpty());
            editor.commit();
            load.get();
        }
        assertThat(strings("SELECT name || ' ' || version FROM products WHERE sku = '" + prefix + "A'"))
                .containsExactly("Loaded 2");
        assertThat(strings(
                        "SELECT payload->'data'->'products'->0->>'version' FROM outbox JOIN products ON product_id = entity_id WHERE sku = '"
                                + prefix + "A' AND entity_type = 'product' ORDER BY position"))
                .containsExactly("0", "2");
    }

    @Test
    void what_an_import_has_changed_is_on_record() {
        csv(HEADER + row("A", "Lamp", "10.00", "5"), "");
        csv(HEADER + row("A", "Lamp", "12.00", "5"), "");
        csv(HEADER + row("A", "Lamp", "12.00", "6"), "");
        csv(HEADER + row("A", "Lamp", "12.00", "6"), "");
        String id = strings("SELECT product_id::text FROM products WHERE sku = '" + prefix + "A'")
                .getFirst();
        assertThat(strings(
                        "SELECT actor_id || ' ' || (after->'created')::text || (before->'updated'->0->>'price') || ' ' ||"
                                + " (after->'updated'->0->>'price') FROM audit_log WHERE action = 'products.imported'"
                                + " AND after->'updated'->0->>'product_id' = '" + id + "'"))
                .containsExactly(Callers.ADMIN_ID + " []10.00 12.00");
        assertThat(strings("SELECT (after->'created')::text || (after->'restocked')::text FROM audit_log WHERE action ="
                        + " 'products.imported' AND (after->'created' @> '" + id + "' OR after->'restocked' @> '" + id
                        + "') ORDER BY audit_id"))
                .containsExactly("[" + id + "][]", "[][" + id + "]");
    }

    @Test
    void a_batch_that_a_deadlock_has_undone_is_written_again() throws Exception {
        refusing("nextval('test_refusals') = 1", "40P01", () -> {
            csv(HEADER + row("A", "Lamp", "10.00", "5"), "").body("data.created", equalTo(1));
        });
        assertThat(count("sku = '" + prefix + "A'")).isEqualTo(1);
    }

    @Test
    void what_was_written_before_the_database_failed_is_reported() throws Exception {
        var file = new StringBuilder(HEADER);
        for (int i = 0; i < 1_200; i++) {
            file.append(row("-" + i, "Lamp", i == 7 ? "oops" : "10.00", "5"));
        }
        refusing("substring(NEW.sku FROM '[0-9]+$')::integer > 600", "22012", () -> {
            Callers.admin()
                    .header("Content-Type", "text/csv")
                    .body(file.toString().getBytes(StandardCharsets.UTF_8))
                    .post("/api/v1/products/import")
                    .then()
                    .statusCode(503)
                    .header("Retry-After", "3")
                    .body("error.details.report.created", equalTo(500))
                    .body("error.details.report.rejected", equalTo(1));
        });
        assertThat(count("sku LIKE '" + prefix + "-%'")).isEqualTo(500);
    }

    /** The database refuses this test's new products while that holds. */
    private void refusing(String when, String state, Runnable run) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE SEQUENCE test_refusals");
            statement.execute("""
                    CREATE FUNCTION test_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        IF NEW.sku LIKE '%s%%' AND %s THEN RAISE EXCEPTION USING ERRCODE = '%s'; END IF;
                        RETURN NEW;
                    END $$""".formatted(prefix, when, state));
            statement.execute(
                    "CREATE TRIGGER test_refuses BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION test_refuse()");
            try {
                run.run();
            } finally {
                statement.execute("DROP TRIGGER test_refuses ON products");
                statement.execute("DROP FUNCTION test_refuse");
                statement.execute("DROP SEQUENCE test_refusals");
            }
        }
    }

    @Test
    void stock_goes_through_the_ledger() {
        csv(HEADER + row("A", "Lamp", "10.00", "5"), "");
        csv(HEADER + row("A", "Lamp", "10.00", "3"), "").body("data.updated", equalTo(1));
        assertThat(strings(
                        "SELECT reason || delta || ' by ' || actor_id FROM stock_ledger JOIN products USING (product_id)"
                                + " WHERE sku = '" + prefix + "A' ORDER BY entry_id"))
                .containsExactly("import5 by " + Callers.ADMIN_ID, "import-2 by " + Callers.ADMIN_ID);
    }

    @Test
    void of_a_sku_that_comes_twice_the_last_counts_and_it_is_said() {
        csv(HEADER + row("A", "First", "10.00", "5") + row("A", "Last", "11.00", "6"), "")
                .body("data.created", equalTo(1))
                .body("data.superseded", equalTo(1))
                .body("data.warnings.line", contains(3));
        given().get("/api/v1/products?category=" + prefix).then().body("data.products.name", contains("Last"));
        // Far apart, in another batch, too.
        StringBuilder file = new StringBuilder(HEADER).append(row("X", "First", "10.00", "5"));
        for (int i = 0; i < 600; i++) {
            file.append(row("n" + i, "Between", "1.00", "1"));
        }
        csv(file.append(row("X", "Last", "11.00", "6")).toString(), "")
                .body("data.created", equalTo(601))
                .body("data.updated", equalTo(1))
                .body("data.warnings.line", contains(603));
    }

    @Test
    void many_imports_leave_connections_to_those_who_buy() throws Exception {
        StringBuilder rows = new StringBuilder(HEADER);
        for (int i = 0; i < 1_100; i++) {
            rows.append(row("NO-" + i, "Lamp", "10.00", "5"));
        }
        try (var hands = Executors.newVirtualThreadPerTaskExecutor();
                var held = database.getConnection()) {
            held.setAutoCommit(false);
            List<Future<Integer>> answers = new ArrayList<>();
            try (var statement = held.createStatement()) {
                statement.execute("LOCK TABLE stock_ledger IN EXCLUSIVE MODE");
                for (int i = 0; i <= ProductImport.LOADED_AT_ONCE; i++) {
                    byte[] file = rows.toString().replace("NO-", "m" + i + "-").getBytes(StandardCharsets.UTF_8);
                    answers.add(hands.submit(() -> Callers.admin()
                            .header("Content-Type", "text/csv")
                            .body(file)
                            .post("/api/v1/products/import")
                            .statusCode()));
                }
                await().pollInSameThread()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> waitingForTheLedger() == ProductImport.WRITTEN_BY_ALL);
                TimeUnit.SECONDS.sleep(1);
                assertThat(waitingForTheLedger()).isEqualTo(ProductImport.WRITTEN_BY_ALL);
                // One file more than may be loaded at once.
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> answers.stream().anyMatch(Future::isDone));
            } finally {
                held.rollback();
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                statuses.add(answer.get());
            }
            assertThat(statuses).containsOnlyOnce(503).contains(200).containsOnly(200, 503);
        }
    }

    private int waitingForTheLedger() {
        return Integer.parseInt(
                strings("SELECT count(*)::text FROM pg_locks WHERE relation = 'stock_ledger'::regclass AND NOT granted")
                        .getFirst());
    }

    @Test
    void batches_that_are_written_at_once_have_no_sku_in_common() {
        StringBuilder file = new StringBuilder(HEADER);
        for (int i = 1; i <= 5_000; i++) {
            file.append(i % 250 == 0 ? row("X", "The " + i, "10.00", "5") : row("n" + i, "Between", "1.00", "1"));
        }
        csv(file.toString(), "").body("data.created", equalTo(4_981)).body("data.rejected", equalTo(0));
        assertThat(strings("SELECT name FROM products WHERE sku = '" + prefix + "X'"))
                .containsExactly("The 5000");
    }

    @Test
    void a_withdrawn_product_is_changed_but_not_put_back_on_sale() {
        csv(HEADER + row("A", "Lamp", "10.00", "5"), "");
        String id = strings("SELECT product_id FROM products WHERE sku = '" + prefix + "A'")
                .getFirst();
        Callers.admin().delete("/api/v1/products/" + id).then().statusCode(200);
        csv(HEADER + row("A", "Lamp 2", "10.00", "5"), "")
                .body("data.updated", equalTo(1))
                .body("data.warnings", hasSize(1));
        given().get("/api/v1/products/" + id).then().statusCode(404);
    }

    @Test
    void ten_thousand_bad_rows_are_listed_and_all_are_counted() {
        csv(HEADER + row("A", "", "10.00", "5").repeat(10_100), "")
                .body("data.rejected", equalTo(10_100))
                .body("data.errors", hasSize(10_000));
    }

    @Test
    void html_is_kept_as_text() {
        csv(HEADER + prefix + "A,Lamp,1.00," + prefix + ",1,<b>bold</b> <script>x</script>,,\n", "");
        given().get("/api/v1/products?category=" + prefix)
                .then()
                .body("data.products[0].description", equalTo("<b>bold</b> <script>x</script>"));
    }

    @Test
    void what_is_no_catalogue_is_refused_as_a_whole() {
        refused("text/csv", "", "", 400, "MALFORMED_REQUEST");
        refused("text/csv", "foo,bar\n1,2\n", "", 400, "VALIDATION_ERROR");
        refused("text/csv", "\u00ff\u00fes\u0000k\u0000", "", 400, "MALFORMED_REQUEST");
        refused("text/csv", HEADER, "?columns=nonsense", 400, "VALIDATION_ERROR");
        refused("text/csv", HEADER, "?columns=colour:sku", 400, "VALIDATION_ERROR");
        refused("text/csv", HEADER, "?columns=sku:nowhere", 400, "VALIDATION_ERROR");
        refused("text/csv", HEADER, "?image_base=ftp://x", 400, "VALIDATION_ERROR");
        refused("application/xml", "<a/>", "", 415, "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void two_imports_of_the_same_products_at_once_both_arrive() throws Exception {
        List<String> files = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            StringBuilder rows = new StringBuilder();
            for (int i = 0; i < 1_200; i++) {
                // One file runs forwards, the other backwards.
                rows.append(
                        row("p" + (name.equals("one") ? i : 1_199 - i), name, "10.00", name.equals("one") ? "1" : "2"));
            }
            files.add(HEADER + rows);
        }
        List<Callable<Integer>> imports = files.stream()
                .<Callable<Integer>>map(file -> () ->
                        csv(file, "").body("data.rejected", is(0)).extract().path("data.rows"))
                .toList();
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (Future<Integer> rows : threads.invokeAll(imports)) {
                assertThat(rows.get()).isEqualTo(1_200);
            }
        }
        assertThat(count("category = '" + prefix + "'")).isEqualTo(1_200);
        assertThat(strings("SELECT product_id FROM products p WHERE category = '" + prefix + "' AND stock_quantity <>"
                        + " (SELECT coalesce(sum(delta), 0) FROM stock_ledger l WHERE l.product_id = p.product_id)"))
                .isEmpty();
    }

    @Test
    void rows_are_in_the_shop_before_the_file_ends() throws IOException {
        // So memory holds a batch, however long the file is.
        AtomicInteger seenMeanwhile = new AtomicInteger();
        Iterator<String> rows = IntStream.range(0, 5_000)
                .mapToObj(i -> i == 4_000 ? look(seenMeanwhile) : row("s" + i, "Streamed", "1.00", "1"))
                .iterator();
        InputStream file = new SequenceInputStream(new Enumeration<>() {
            private boolean begun;

            @Override
            public boolean hasMoreElements() {
                return rows.hasNext();
            }

            @Override
            public InputStream nextElement() {
                String text = begun ? rows.next() : HEADER;
                begun = true;
                return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
            }
        });
        imports.load(file, ProductImport.Format.CSV, ImportColumns.of(List.of()), null);
        assertThat(seenMeanwhile.get()).isGreaterThanOrEqualTo(3_000);
    }

    private String look(AtomicInteger seen) {
        seen.set(count("category = '" + prefix + "'"));
        return row("s4000", "Streamed", "1.00", "1");
    }

    /** Not a test of anything but for its limit: {@code -Demporium.import-rows=300000} prints how a big file went. */
    @Test
    void a_big_file_leaves_the_memory_flat() throws Exception {
        int rows = Integer.getInteger("emporium.import-rows", 10_000);
        Path file = Files.createTempFile(Path.of("target"), "big", ".csv");
        try (var writer = Files.newBufferedWriter(file)) {
            writer.write(HEADER);
            for (int i = 0; i < rows; i++) {
                writer.write(prefix + "b" + i + ",Product " + i + ",19.99," + prefix + ",7,\""
                        + "words, words ".repeat(25) + "\",Acme,images/" + i + ".jpg\n");
            }
        }
        long before = liveHeap();
        long bytes = Files.size(file);
        AtomicLong most = new AtomicLong();
        AtomicLong looking = new AtomicLong();
        InputStream watched = new FilterInputStream(Files.newInputStream(file)) {
            private long read;
            private long nextLook;

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int got = super.read(into, from, length);
                read += got;
                if (read > nextLook) {
                    nextLook = read + bytes / 4;
                    long begun = System.nanoTime();
                    most.accumulateAndGet(liveHeap(), Math::max);
                    looking.addAndGet(System.nanoTime() - begun);
                }
                return got;
            }
        };
        ImportReport report = imports.load(watched, ProductImport.Format.CSV, ImportColumns.of(List.of()), null);
        Files.delete(file);
        // Without what the looking itself took.
        double seconds = report.seconds().doubleValue() - looking.get() / 1e9;
        System.out.printf(
                "Import: %d rows, %d MB: %.1f s, %.0f rows/s; live heap before %d MB, most meanwhile %d MB%n",
                report.rows(), bytes >> 20, seconds, rows / seconds, before >> 20, most.get() >> 20);
        assertThat(report.created()).isEqualTo(rows);
        assertThat(most.get() - before).isLessThan(64L << 20);
    }

    /** The lowest of three looks: what other threads hold for a moment is not the import's. */
    private static long liveHeap() {
        Runtime jvm = Runtime.getRuntime();
        return LongStream.generate(() -> {
                    System.gc();
                    return jvm.totalMemory() - jvm.freeMemory();
                })
                .limit(3)
                .min()
                .orElseThrow();
    }

    @Test
    void what_is_exported_changes_nothing_when_it_comes_back() {
        csv(
                HEADER + prefix + "-1,\"=cmd|'/c calc'!A1\",10.00," + prefix
                        + ",5,\"two\r\nlines, \"\"quoted\"\" \",@brand,\n" + "-" + prefix + ",''=quoted,0.01," + prefix
                        + ",0,'plain',,images/a.png\n",
                "");
        for (String format : List.of("csv", "ndjson")) {
            String file = Callers.admin()
                    .get("/api/v1/products/export?format=" + format)
                    .then()
                    .statusCode(200)
                    .header("Content-Disposition", containsString("products." + format))
                    .contentType(startsWith(format.equals("csv") ? "text/csv" : "application/x-ndjson"))
                    .extract()
                    .asString();
            if (format.equals("csv")) {
                assertThat(file.lines().filter(line -> line.contains(prefix)))
                        .noneMatch(line -> line.matches("(.*,)?\"?[=@-].*"));
            }
            ValidatableResponse again = load(
                    format.equals("csv") ? "text/csv" : "application/x-ndjson",
                    file.getBytes(StandardCharsets.UTF_8),
                    "");
            again.body("data.rejected", equalTo(0))
                    .body("data.created", equalTo(0))
                    .body("data.updated", equalTo(0))
                    .body("data.unchanged", not(0));
        }
        given().get("/api/v1/products?sort=price_asc&category=" + prefix)
                .then()
                .body("data.products.name", containsInAnyOrder("'=quoted", "=cmd|'/c calc'!A1"));
    }

    private String row(String sku, String name, String price, String stock) {
        return prefix + sku + "," + name + "," + price + "," + prefix + "," + stock + ",about,Acme,\n";
    }

    private static byte[] file(String name) throws IOException {
        return Files.readAllBytes(Path.of("src/test/resources/import", name));
    }

    @Test
    void what_came_before_a_file_was_cut_is_kept_and_reported() {
        StringBuilder rows = new StringBuilder(HEADER);
        IntStream.rangeClosed(1, 300)
                .forEach(i ->
                        rows.append(prefix + "-cut-" + i + ",Lamp," + (i == 7 ? "oops" : "9.99") + ",lamps,1,,,\n"));
        InputStream cut = new SequenceInputStream(
                new ByteArrayInputStream(rows.toString().getBytes(StandardCharsets.UTF_8)), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("the cable was pulled");
                    }
                });

        assertThatThrownBy(() -> imports.load(cut, ProductImport.Format.CSV, ImportColumns.of(List.of()), null))
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(Refusal.Code.MALFORMED_REQUEST);
                    ImportReport report = (ImportReport) refusal.details().get("report");
                    assertThat(report.created()).isEqualTo(299);
                    assertThat(report.errors())
                            .extracting(ImportReport.Note::line)
                            .containsExactly(8L);
                });
        assertThat(count("sku LIKE '" + prefix + "-cut-%'")).isEqualTo(299);
    }

    @Test
    void a_file_of_no_type_is_refused() throws Exception {
        // Without a client library, which would name a type by itself.
        var url = URI.create("http://localhost:" + RestAssured.port + "/api/v1/products/import");
        var request = HttpRequest.newBuilder(url)
                .header("X-Test-Catalog-Caller", "admin")
                .POST(HttpRequest.BodyPublishers.ofString("sku,name\n1,a\n"))
                .build();
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(415);
            assertThat(answer.body()).contains("UNSUPPORTED_MEDIA_TYPE");
        }
    }

    private static ValidatableResponse csv(String file, String query) {
        return csv(file.getBytes(StandardCharsets.UTF_8), query);
    }

    private static ValidatableResponse csv(byte[] file, String query) {
        return load("text/csv", file, query);
    }

    private static ValidatableResponse load(String type, byte[] file, String query) {
        return Callers.admin()
                .header("Content-Type", type)
                .body(file)
                .post("/api/v1/products/import" + query)
                .then()
                .statusCode(200);
    }

    private static void refused(String type, String file, String query, int status, String code) {
        Callers.admin()
                .header("Content-Type", type)
                .body(file.getBytes(StandardCharsets.ISO_8859_1))
                .post("/api/v1/products/import" + query)
                .then()
                .statusCode(status)
                .body("error.code", equalTo(code));
    }

    private int count(String where) {
        return Integer.parseInt(
                strings("SELECT count(*) FROM products WHERE " + where).getFirst());
    }

    private List<String> strings(String sql) {
        List<String> strings = new ArrayList<>();
        try (var connection = database.getConnection();
                var rows = connection.createStatement().executeQuery(sql)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        } catch (SQLException fault) {
            throw new IllegalStateException(fault);
        }
        return strings;
    }
}
