package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/**
 * A shop that has sold for years: everything that a purchase, its lists and the background work ask the database, as
 * Hibernate sends it, planned on tables of up to 300,000 rows ({@code -Demporium.plan-rows}). The catalogue's lists have a test of their own.
 */
@QuarkusTest
@TestProfile(BusyShopPlansTest.Watchful.class)
class BusyShopPlansTest {
    /** Counts by card and address too, as a shop outside of local mode does. */
    public static class Watchful implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> rules = new LinkedHashMap<>();
            for (String signal :
                    List.of("attempts-by-card", "declines-by-card", "attempts-by-address", "declines-by-address")) {
                rules.put("emporium.fraud.rules." + signal, "review at 1000 within 1h");
            }
            return rules;
        }
    }

    private static final int MANY = Integer.getInteger("emporium.plan-rows", 300_000);
    private static final int SOME = MANY / 5;
    /** So many rows may be sorted: what one order, cart or customer has. */
    private static final int SORTED_AT_MOST = 1_000;

    /** Of each table its rows, and the columns that tell them apart; the other columns have their defaults or none. */
    private static final Map<String, Fill> TABLES = new LinkedHashMap<>();

    private record Fill(int rows, String columns, String values) {}

    static {
        TABLES.put("users", new Fill(SOME, "user_id, email, password_hash", "n, 'u' || n || '@example.com', 'x'"));
        TABLES.put(
                "sessions",
                new Fill(
                        SOME,
                        "session_id, user_id, expires_at",
                        "gen_random_uuid(), n % 50000, now() + n * interval '1 s'"));
        TABLES.put(
                "refresh_tokens",
                new Fill(
                        SOME,
                        "token_hash, session_id, expires_at",
                        "sha256(n::text::bytea), gen_random_uuid(), now() + n * interval '1 s'"));
        TABLES.put("addresses", new Fill(SOME, "address_id, user_id, city", "n, n % 50000, 'x'"));
        TABLES.put("user_preferences", new Fill(SOME, "preference_id, user_id", "n, n"));
        TABLES.put("devices", new Fill(SOME, "device_id, user_id, fcm_token", "n, n % 50000, 'token ' || n"));
        TABLES.put("carts", new Fill(SOME, "cart_id, user_id", "n, n"));
        TABLES.put("cart_items", new Fill(SOME, "cart_item_id, cart_id, product_id", "n, n / 3, n % 3"));
        TABLES.put(
                "orders",
                new Fill(
                        MANY,
                        "order_id, user_id, order_number, status, payment_status, expires_at, created_at",
                        "n, n % 50000, 'ORD-2026-' || n, (ARRAY['pending','confirmed','processing','shipped','delivered','cancelled'])[1 + n % 6],"
                                + " (ARRAY['pending','processing','completed','failed','refunded'])[1 + n % 5],"
                                + " now() - n * interval '1 s', now() - n * interval '1 s'"));
        TABLES.put("order_items", new Fill(MANY, "order_item_id, order_id, product_id", "n, n / 2, n % 2"));
        TABLES.put("order_status_history", new Fill(SOME, "order_id, to_status", "n, 'pending'"));
        TABLES.put("shipments", new Fill(SOME, "shipment_id, order_id", "n, n"));
        TABLES.put(
                "stock_ledger", new Fill(MANY, "product_id, delta, reason, order_id", "n % 5000, -1, 'reserved', n"));
        TABLES.put(
                "transactions",
                new Fill(
                        MANY,
                        "transaction_id, order_id, user_id, transaction_reference, provider_reference, status, next_check_at, created_at",
                        "n, n, n % 50000, 'pay_' || n, 'pi_' || n, CASE WHEN n % 1000 = 0 THEN 'processing' ELSE 'completed' END,"
                                + " CASE WHEN n % 1000 = 0 THEN now() END, now() - n * interval '1 s'"));
        TABLES.put(
                "refunds",
                new Fill(
                        SOME,
                        "refund_id, order_id, payment_id, status, cause, amount, created_at",
                        "n, n, n, (ARRAY['pending_approval','processing','pending','succeeded','failed','rejected'])[1 + n % 6], 'requested', 1, now() - n * interval '1 s'"));
        TABLES.put(
                "disputes",
                new Fill(
                        SOME,
                        "dispute_id, provider_reference, payment_id, order_id, status, created_at",
                        "n, 'dp_' || n, n, n, (ARRAY['needs_response','under_review','won','lost','prevented','warning_needs_response','warning_closed'])[1 + n % 7], now() - n * interval '1 s'"));
        TABLES.put(
                "payment_issues",
                new Fill(
                        SOME,
                        "issue_id, transaction_id, reason, opened_at, resolved_at",
                        "n, n, 'unsettled', now() - n * interval '1 s', CASE WHEN n % 1000 > 0 THEN now() END"));
        TABLES.put(
                "bank_entries",
                new Fill(
                        SOME,
                        "entry_id, account, bank_reference, is_credit, is_reversal, amount, currency, outcome, transaction_id, taken_at",
                        "n, 'DE89370400440532013000', 'FB' || n, true, false, 1, 'USD', 'confirmed', n, now()"));
        TABLES.put("stripe_customers", new Fill(SOME, "user_id, customer_id", "n, 'cus_' || n"));
        TABLES.put(
                "fraud_assessments",
                new Fill(
                        MANY,
                        "transaction_id, user_id, stage, verdict, ip, payment_token, fingerprint, declined, at",
                        "n / 2, n % 50000, CASE WHEN n % 2 = 0 THEN 'asked' ELSE 'captured' END, 'allow', '10.0.' || n % 250 || '.' || n % 200,"
                                + " 'pm_' || n, 'card ' || n % 40000, n % 10 = 0, now() - n * interval '1 s'"));
        TABLES.put(
                "reviews",
                new Fill(
                        SOME,
                        "review_id, order_id, transaction_id, status, opened_at",
                        "n, n, n, (ARRAY['open','approved','rejected','closed'])[1 + n % 4], now() - n * interval '1 s'"));
        TABLES.put(
                "webhook_events",
                new Fill(SOME, "provider, event_id, status, next_try_at", "'stripe', 'evt_' || n, 'done', now()"));
        TABLES.put(
                "notifications",
                new Fill(
                        MANY,
                        "notification_id, user_id, type, event_id, is_read, created_at",
                        "n, n % 50000, 'order_confirmation', gen_random_uuid(), n % 3 > 0, now() - n * interval '1 s'"));
        TABLES.put(
                "deliveries",
                new Fill(
                        SOME,
                        "delivery_id, user_id, channel, type, event_id, recipient, status, created_at, sent_at",
                        "n, n % 50000, 'email', 'order_confirmation', gen_random_uuid(), 'a' || n % 50000 || '@b.c', 'sent',"
                                + " now() - n * interval '1 s', now()"));
        TABLES.put(
                "outbox",
                new Fill(
                        MANY,
                        "event_id, type, entity_type, entity_id, sent_at, taken_at, audit_at",
                        "gen_random_uuid(), 'order.placed', 'order', n, now(), now() - n * interval '1 s', CASE WHEN n % 1000 = 0 THEN now() END"));
        TABLES.put(
                "inbox",
                new Fill(
                        SOME,
                        "consumer, event_id, type, status, done_at",
                        "'notification', gen_random_uuid(), 'order.placed', 'done', now() - n * interval '1 s'"));
        TABLES.put(
                "idempotency_keys",
                new Fill(SOME, "user_id, key, expires_at", "n % 50000, 'k' || n, now() + n * interval '1 s'"));
        TABLES.put("audit_log", new Fill(SOME, "action, entity_type, entity_id", "'x', 'product', n::text"));
    }

    @Inject
    DataSource database;

    @Inject
    ObjectMapper json;

    @Test
    void nothing_reads_or_sorts_a_whole_table() throws SQLException, IOException {
        Set<String> statements = Statements.listen();
        try {
            live();
        } finally {
            Statements.stop();
        }
        // What a purchase cannot do without; were it not heard, the rest would say nothing.
        for (String table : List.of(
                "orders",
                "order_items",
                "transactions",
                "fraud_assessments",
                "reviews",
                "outbox",
                "inbox",
                "notifications",
                "deliveries")) {
            assertThat(statements).as("statements about " + table).anyMatch(sql -> sql.contains(" " + table));
        }
        try (Connection connection = database.getConnection()) {
            fill(connection);
            assertThat(wrong(connection, statements)).isEmpty();
        } finally {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP SCHEMA IF EXISTS busy CASCADE");
            }
        }
    }

    /** A day in the shop. */
    private static void live() {
        Shopper admin = Shopper.admin();
        Shopper ada = Shopper.registered();
        long product = admin.createProduct("10.00", 100);
        long paid = ada.paidOrder(product, 2);
        long cancelled = ada.order(product, 1);
        ada.request().post("/api/v1/orders/" + cancelled + "/cancel").then().statusCode(200);
        ada.pay(ada.order(product, 1), "pm_card_chargeDeclined").then().statusCode(402);
        ada.pay(ada.order(product, 1), "pm_card_riskLevelElevated").then().statusCode(200);
        String reviews = "/api/v1/admin/reviews";
        int held = admin.request().get(reviews + "?limit=100").path("data.reviews[-1].review_id");
        admin.json().post(reviews + "/" + held + "/approve").then().statusCode(200);
        takeStatement(admin, ada, ada.order(product, 1, "bank_transfer"));
        ada.json()
                .body(Map.of("order_id", paid, "amount", 5, "reason", "scratched"))
                .post("/api/v1/payments/refund")
                .then()
                .statusCode(200);
        // In time for the relay, the consumers and the audit of what was sent, which comes every five seconds.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ada.request()
                                .get("/api/v1/notifications")
                                .jsonPath()
                                .getList("data.notifications")
                                .size()
                        >= 3);
        await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
        for (String list : List.of(
                "/api/v1/orders?page=3",
                "/api/v1/orders/" + paid,
                "/api/v1/orders/" + paid + "/transactions",
                "/api/v1/notifications?unread_only=true",
                "/api/v1/addresses",
                "/api/v1/users/me",
                "/api/v1/payment-methods",
                "/api/v1/cart")) {
            ada.request().get(list).then().statusCode(200);
        }
        ada.request().put("/api/v1/notifications/read").then().statusCode(200);
        for (String list : List.of(
                "/api/v1/refund-requests",
                "/api/v1/admin/disputes?status=needs_response",
                "/api/v1/admin/payments/attention",
                "/api/v1/orders/" + paid + "/transactions",
                "/api/v1/admin/reviews?page=3",
                "/api/v1/admin/outbox",
                "/api/v1/admin/orders?status=confirmed&from=2020-01-01",
                "/api/v1/admin/orders?held=true",
                "/api/v1/admin/orders?q=" + ada.email,
                "/api/v1/admin/orders/" + paid,
                "/api/v1/inventory/" + product,
                "/api/v1/inventory/low-stock")) {
            admin.request().get(list).then().statusCode(200);
        }
    }

    /** A transfer comes, and so does the money of nobody. */
    private static void takeStatement(Shopper admin, Shopper customer, long orderId) {
        String bank = ConfigProvider.getConfig().getValue("BANK_API_BASE", String.class);
        String reference = customer.json()
                .body(Map.of("order_id", orderId, "payment_method", "bank_transfer", "payment_details", Map.of()))
                .post("/api/v1/payments/process")
                .path("data.transaction_id");
        for (String remittance : List.of(reference, "ref_00112233445566778899aabbccddeeff")) {
            RestAssured.given()
                    .contentType("application/json")
                    .body(Map.of("amount", "10.00", "remittance", remittance))
                    .post(bank + "/transfers")
                    .then()
                    .statusCode(201);
        }
        String statement = RestAssured.get(bank + "/statements").asString();
        for (int i = 0; i < 2; i++) {
            admin.request()
                    .contentType("application/xml")
                    .body(statement.getBytes(StandardCharsets.UTF_8))
                    .post("/api/v1/payments/bank-statements")
                    .then()
                    .statusCode(200);
        }
    }

    private static void fill(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA IF EXISTS busy CASCADE");
            statement.execute("CREATE SCHEMA busy");
            for (Map.Entry<String, Fill> table : TABLES.entrySet()) {
                String name = table.getKey();
                Fill fill = table.getValue();
                statement.execute("CREATE UNLOGGED TABLE busy." + name + " (LIKE public." + name
                        + " INCLUDING DEFAULTS INCLUDING IDENTITY) WITH (autovacuum_enabled = false)");
                // Only what the plans depend on is filled in.
                try (ResultSet columns = connection
                        .createStatement()
                        .executeQuery("SELECT a.attname FROM pg_attribute a WHERE a.attrelid = 'busy." + name
                                + "'::regclass AND a.attnum > 0 AND a.attnotnull AND a.attidentity = ''")) {
                    while (columns.next()) {
                        statement.execute("ALTER TABLE busy." + name + " ALTER COLUMN " + columns.getString(1)
                                + " DROP NOT NULL");
                    }
                }
                statement.execute("INSERT INTO busy." + name + " (" + fill.columns() + ") SELECT " + fill.values()
                        + " FROM generate_series(1, " + fill.rows() + ") n");
                for (String index : indexes(connection, name)) {
                    statement.execute(index.replace(" ON public." + name + " ", " ON busy." + name + " "));
                }
                statement.execute("ANALYZE busy." + name);
            }
            // Of JDBC's own statements PostgreSQL expects values for the parameters that are not there.
            statement.execute("""
                    CREATE FUNCTION busy.plan(sql TEXT) RETURNS SETOF JSON LANGUAGE plpgsql AS $$
                    BEGIN RETURN QUERY EXECUTE 'EXPLAIN (GENERIC_PLAN, FORMAT JSON) ' || sql; END $$
                    """);
            statement.execute("CREATE VIEW busy.parked_messages AS " + parkedMessages(connection));
        }
    }

    private static String parkedMessages(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = public");
            try (ResultSet row = statement.executeQuery("SELECT pg_get_viewdef('public.parked_messages'::regclass)")) {
                row.next();
                return row.getString(1).replace(" inbox", " busy.inbox").replace(" deliveries", " busy.deliveries");
            }
        }
    }

    private static List<String> indexes(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = '" + table
                                + "'")) {
            List<String> indexes = new ArrayList<>();
            while (row.next()) {
                indexes.add(row.getString(1));
            }
            return indexes;
        }
    }

    /** The statements whose plan reads a whole table, or sorts more than belongs to one order or customer. */
    private List<String> wrong(Connection connection, Set<String> statements) throws SQLException, IOException {
        List<String> wrong = new ArrayList<>();
        try (Statement path = connection.createStatement();
                PreparedStatement explain = connection.prepareStatement("SELECT busy.plan(?)")) {
            path.execute("SET search_path = busy, public");
            try {
                for (String sql : statements) {
                    if (sql.startsWith("select next value") || sql.contains("nextval") || !isAboutATable(sql)) {
                        continue;
                    }
                    explain.setString(1, numbered(sql));
                    try (ResultSet row = explain.executeQuery()) {
                        row.next();
                        Set<String> faults = new TreeSet<>();
                        look(json.readTree(row.getString(1)).get(0).path("Plan"), faults);
                        if (!faults.isEmpty()) {
                            wrong.add(faults + " in " + sql.replaceAll("\\s+", " "));
                        }
                    } catch (SQLException notPlanned) {
                        wrong.add(notPlanned.getMessage() + " for " + sql.replaceAll("\\s+", " "));
                    }
                }
            } finally {
                path.execute("SET search_path = public");
            }
        }
        return wrong;
    }

    private static boolean isAboutATable(String sql) {
        return TABLES.keySet().stream().anyMatch(table -> sql.matches("(?s).*\\b" + table + "\\b.*"));
    }

    /** With PostgreSQL's own parameters, and a page as the API has it: of an unknown limit the planner expects the most. */
    private static String numbered(String sql) {
        String paged = sql.replaceAll("(?i)limit \\?", "LIMIT 20")
                .replaceAll("(?i)offset \\?( rows)?", "OFFSET 40")
                .replaceAll("(?i)fetch first \\? rows only", "LIMIT 20")
                .replace(" -?", " -CAST(? AS integer)");
        StringBuilder numbered = new StringBuilder();
        int number = 0;
        for (char c : paged.toCharArray()) {
            if (c == '?') {
                numbered.append('$').append(++number);
            } else {
                numbered.append(c);
            }
        }
        return numbered.toString();
    }

    private static void look(JsonNode node, Set<String> faults) {
        String type = node.path("Node Type").asText();
        String table = node.path("Relation Name").asText();
        if (type.equals("Seq Scan") && TABLES.containsKey(table)) {
            faults.add("reads all of " + table);
        }
        if (type.equals("Sort") && node.path("Plan Rows").asLong() > SORTED_AT_MOST) {
            faults.add("sorts " + node.path("Plan Rows").asLong() + " rows");
        }
        node.path("Plans").forEach(child -> look(child, faults));
    }
}
