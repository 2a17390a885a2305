package io.emporium.payment;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** The switches of local mode's fake Stripe, and its ledger: the oracle for money. */
public final class FakeStripe {
    private FakeStripe() {}

    static final String CREATE = "/v1/payment_intents";
    static final String REFUND = "/v1/refunds";

    /** No faults, webhooks on. The ledger stays: the database's other orders are in it. */
    static void heal() {
        noFaults();
        webhooks(Map.of(
                "state",
                "on",
                "duplicates",
                0,
                "reversed",
                false,
                "delay_ms",
                0,
                "signature",
                "good",
                "timestamp_offset_seconds",
                0));
        put("settings", Map.of("payments", "succeed", "refunds", "succeed", "radar", "block", "search_lag_ms", 0));
    }

    /** As heal, but webhooks and the rest stay as they are. */
    static void noFaults() {
        given().delete(url("faults")).then().statusCode(200);
    }

    /** The next {@code count} calls fail, before or after they had their effect. */
    static void fault(String method, String path, String when, String kind, int count) {
        post("faults", Map.of("method", method, "path", path, "when", when, "kind", kind, "count", count));
    }

    /** The next POST fails, before or after it had its effect, and Stripe keeps that as the answer to its key. */
    static void keptFailure(String path, String when) {
        boolean isBefore = when.equals("before");
        post(
                "faults",
                Map.of("method", "POST", "path", path, "when", when, "kind", "http_500", "count", 1, "kept", isBefore));
    }

    /** The next charge or refund is made, but its answer is cut off; all further calls for it fail. */
    static void loseTheAnswerAndThen(String path, String kind, int count) {
        fault("POST", path, "after", "cut", 1);
        post(
                "faults",
                Map.of("method", "POST", "path", path, "when", "before", "kind", kind, "skip", 1, "count", count));
    }

    static void webhooks(Map<String, Object> how) {
        put("settings", Map.of("webhooks", how));
    }

    public static void webhooks(String state) {
        webhooks(Map.of("state", state));
    }

    static void searchLag(int milliseconds) {
        put("settings", Map.of("search_lag_ms", milliseconds));
    }

    static void set(String setting, String value) {
        put("settings", Map.of(setting, value));
    }

    /** The customer ends 3-D Secure. */
    static void authenticate(String intent, String outcome) {
        post("payment_intents/" + intent + "/authenticate", Map.of("outcome", outcome));
    }

    /** The bank says what became of a payment that was processing. */
    static void completePayment(String intent, String outcome) {
        post("payment_intents/" + intent + "/complete", Map.of("outcome", outcome));
    }

    static void completeRefund(String refund, String outcome) {
        post("refunds/" + refund + "/complete", Map.of("outcome", outcome));
    }

    /** The customer asks their bank for all of the money back; the dispute's id. */
    static String dispute(String intent) {
        return post("disputes", Map.of("payment_intent", intent)).getString("id");
    }

    static String dispute(String intent, long cents) {
        return post("disputes", Map.of("payment_intent", intent, "amount", cents))
                .getString("id");
    }

    /** The shop has answered a dispute. */
    static void review(String dispute) {
        post("disputes/" + dispute + "/review", Map.of());
    }

    /** @param outcome won or lost */
    static void closeDispute(String dispute, String outcome) {
        post("disputes/" + dispute + "/close", Map.of("outcome", outcome));
    }

    /** A customer's browser makes a payment method of a card, which pays once; its id. */
    static String paymentMethod(String token) {
        return asTheShop()
                .formParam("type", "card")
                .formParam("card[token]", token)
                .post(base() + "/v1/payment_methods")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getString("id");
    }

    /** Stripe's customers that stand for a user. */
    static List<String> customers(long userId) {
        return ledger().getList("customers.findAll { it.metadata.user_id == '" + userId + "' && !it.deleted }.id");
    }

    /** Somebody deletes a customer in Stripe's dashboard. */
    static void deleteCustomer(String customer) {
        post("customers/" + customer + "/delete", Map.of());
    }

    /** Somebody refunds in Stripe's dashboard; the refund's id. */
    static String refund(String intent, long cents) {
        return asTheShop()
                .formParam("payment_intent", intent)
                .formParam("amount", cents)
                .post(base() + REFUND)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getString("id");
    }

    /** Sends an event again; the status we answered. */
    static int resend(String eventId, String signature, long offsetSeconds) {
        return post(
                        "events/" + eventId + "/resend",
                        Map.of("signature", signature, "timestamp_offset_seconds", offsetSeconds))
                .getInt("status");
    }

    /** Posts any text as a signed webhook; the status we answered. */
    static int send(String payload) {
        return post("webhook/post", Map.of("payload", payload)).getInt("status");
    }

    static List<String> events(String intent, String type) {
        return given().queryParam("payment_intent", intent)
                .queryParam("type", type)
                .get(url("events"))
                .jsonPath()
                .getList("events.id");
    }

    /** What the ledger has of an order: its intents, oldest first. */
    static List<Map<String, Object>> intents(long orderId) {
        return ledger().getList("payment_intents.findAll { it.metadata.order_id == '" + orderId + "' }");
    }

    /** Cents taken for an order, whatever was given back. */
    static long captured(long orderId) {
        return intents(orderId).stream()
                .mapToLong(intent -> ((Number) intent.get("amount_received")).longValue())
                .sum();
    }

    static long refunded(long orderId) {
        return intents(orderId).stream()
                .mapToLong(intent -> ((Number) intent.get("amount_refunded")).longValue())
                .sum();
    }

    static int refunds(String intent) {
        return ledger().getList("refunds.findAll { it.payment_intent == '" + intent + "' }")
                .size();
    }

    /** Makes and confirms an intent behind our back. */
    static String charge(long cents, Map<String, String> metadata) {
        var form = asTheShop()
                .formParam("amount", cents)
                .formParam("currency", "usd")
                .formParam("confirm", "true")
                .formParam("payment_method_types[]", "card")
                .formParam("payment_method", "pm_card_visa");
        metadata.forEach((key, value) -> form.formParam("metadata[" + key + "]", value));
        return form.post(base() + CREATE)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getString("id");
    }

    /** A call with the shop's key, that is not the shop's. */
    static RequestSpecification asTheShop() {
        return given().auth()
                .preemptive()
                .basic(ConfigProvider.getConfig().getValue("STRIPE_SECRET_KEY", String.class), "")
                .contentType(ContentType.URLENC);
    }

    private static JsonPath ledger() {
        return given().get(url("ledger")).jsonPath();
    }

    private static JsonPath post(String path, Map<String, Object> body) {
        return given().contentType(ContentType.JSON)
                .body(new LinkedHashMap<>(body))
                .post(url(path))
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static void put(String path, Map<String, Object> body) {
        given().contentType(ContentType.JSON).body(body).put(url(path)).then().statusCode(200);
    }

    private static String url(String path) {
        return base() + "/_fake/" + path;
    }

    private static String base() {
        return ConfigProvider.getConfig().getValue("STRIPE_API_BASE", String.class);
    }
}
