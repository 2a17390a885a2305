package io.emporium.payment;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** The switches of local mode's fake PayPal, and its ledger: the oracle for money. */
final class FakePayPal {
    private FakePayPal() {}

    static final String ORDERS = "/v2/checkout/orders";
    static final String CAPTURE = "/v2/checkout/orders/*/capture";
    static final String REFUND = "/v2/payments/captures/*/refund";

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
        put("settings", Map.of("refunds", "succeed", "token_seconds", 32_400));
    }

    /** As heal, but webhooks and the rest stay as they are. */
    static void noFaults() {
        given().delete(url("faults")).then().statusCode(200);
    }

    /** The next {@code count} calls fail, before or after they had their effect. */
    static void fault(String method, String path, String when, String kind, int count) {
        post("faults", Map.of("method", method, "path", path, "when", when, "kind", kind, "count", count));
    }

    /** The next call takes its effect so much later, when nobody waits for it any more. */
    static void late(String path, int milliseconds) {
        post(
                "faults",
                Map.of("method", "POST", "path", path, "when", "before", "kind", "delay", "delay_ms", milliseconds));
    }

    static void webhooks(Map<String, Object> how) {
        put("settings", Map.of("webhooks", how));
    }

    static void webhooks(String state) {
        webhooks(Map.of("state", state));
    }

    static void set(String setting, Object value) {
        put("settings", Map.of(setting, value));
    }

    static void revokeTokens() {
        post("revoke_tokens", Map.of());
    }

    /** As if so long had passed that PayPal keeps none of them any more. */
    static void forgetRequestIds() {
        post("forget_request_ids", Map.of());
    }

    /** The buyer says yes on PayPal's page. */
    static void approve(String order) {
        approve(order, "good");
    }

    /** @param funding good, declined, pending or denied */
    static void approve(String order, String funding) {
        page(order, "approve", funding).then().statusCode(200);
    }

    /** The buyer clicks the other button. */
    static void cancel(String order) {
        page(order, "cancel", "good").then().statusCode(200);
    }

    private static Response page(String order, String outcome, String funding) {
        return given().queryParam("token", order)
                .contentType(ContentType.URLENC)
                .formParam("outcome", outcome)
                .formParam("funding", funding)
                .post(base() + "/checkoutnow");
    }

    /** PayPal forgets an order whose time is up. */
    static void expire(String order) {
        post("orders/" + order + "/expire", Map.of());
    }

    static void completeCapture(String order, String outcome) {
        String capture = ledger().getString("captures.find { it.order == '" + order + "' }.id");
        post("captures/" + capture + "/complete", Map.of("outcome", outcome));
    }

    static void completeRefund(String refund, String outcome) {
        post("refunds/" + refund + "/complete", Map.of("outcome", outcome));
    }

    /** Sends an event again; the status we answered. */
    static int resend(String eventId, String signature, long offsetSeconds) {
        return post(
                        "events/" + eventId + "/resend",
                        Map.of("signature", signature, "timestamp_offset_seconds", offsetSeconds))
                .getInt("status");
    }

    /** Posts any text as a webhook; the status we answered. */
    static int send(String payload, String signature) {
        return post("webhook/post", Map.of("payload", payload, "signature", signature))
                .getInt("status");
    }

    /** The headers that sign a text as a webhook. */
    static Map<String, String> sign(String payload, String signature) {
        return post("webhook/sign", Map.of("payload", payload, "signature", signature))
                .getMap("$");
    }

    static List<String> events(String order, String type) {
        return given().queryParam("order", order)
                .queryParam("type", type)
                .get(url("events"))
                .jsonPath()
                .getList("events.id");
    }

    /** How many calls of a kind have come so far. */
    static long calls(String method, String pathEnd) {
        return given().get(url("calls")).jsonPath().<Map<String, Object>>getList("calls").stream()
                .filter(call -> method.equals(call.get("method")))
                .filter(call -> String.valueOf(call.get("path")).endsWith(pathEnd))
                .count();
    }

    /** PayPal's orders made for our attempts, oldest first. */
    static List<Map<String, Object>> orders(List<String> references) {
        return of("orders", references);
    }

    static List<Map<String, Object>> captures(List<String> references) {
        return of("captures", references);
    }

    /** Cents taken, whatever was given back. */
    static long captured(List<String> references) {
        return captures(references).stream()
                .filter(capture -> !List.of("PENDING", "DECLINED").contains(capture.get("status")))
                .mapToLong(capture -> cents(capture.get("amount")))
                .sum();
    }

    static long refunded(List<String> references) {
        return captures(references).stream()
                .mapToLong(capture -> cents(capture.get("refunded")))
                .sum();
    }

    static int refunds(List<String> references) {
        List<Object> captures =
                captures(references).stream().map(capture -> capture.get("id")).toList();
        return (int) ledger().<Map<String, Object>>getList("refunds").stream()
                .filter(refund -> captures.contains(refund.get("capture")))
                .count();
    }

    /** The buyer wants their money back; the dispute's id. */
    static String dispute(String capture) {
        return post("disputes", Map.of("capture", capture)).getString("id");
    }

    static String dispute(String capture, String amount) {
        return post("disputes", Map.of("capture", capture, "amount", dollars(amount)))
                .getString("id");
    }

    /** The shop has answered a dispute, or somebody else is to. */
    static void update(String dispute, String status) {
        post("disputes/" + dispute + "/update", Map.of("status", status));
    }

    /** @param outcome RESOLVED_BUYER_FAVOUR, RESOLVED_SELLER_FAVOUR, … */
    static void resolve(String dispute, String outcome) {
        post("disputes/" + dispute + "/resolve", Map.of("outcome", outcome));
    }

    /** @param refunded nothing, or unsaid */
    static void resolve(String dispute, String outcome, String refunded) {
        post("disputes/" + dispute + "/resolve", Map.of("outcome", outcome, "refunded", refunded));
    }

    /** As for the buyer, and PayPal tells of a reversed capture beside it. */
    static void resolveWithReversal(String dispute) {
        post("disputes/" + dispute + "/resolve", Map.of("outcome", "RESOLVED_BUYER_FAVOUR", "reversal", true));
    }

    /** Somebody refunds in PayPal's own pages (REFUNDED), or PayPal takes back (REVERSED); the refund's id. */
    static String refundByHand(String capture, String amount, String event) {
        return post("captures/" + capture + "/refund", Map.of("amount", dollars(amount), "event", event))
                .getString("id");
    }

    private static Map<String, String> dollars(String amount) {
        return Map.of("currency_code", "USD", "value", amount);
    }

    static JsonPath ledger() {
        return given().get(url("ledger")).jsonPath();
    }

    static long cents(Object amount) {
        return new BigDecimal(String.valueOf(((Map<?, ?>) amount).get("value")))
                .movePointRight(2)
                .longValueExact();
    }

    private static List<Map<String, Object>> of(String kind, List<String> references) {
        return ledger().<Map<String, Object>>getList(kind).stream()
                .filter(object -> references.contains(String.valueOf(object.get("custom_id"))))
                .toList();
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
        return ConfigProvider.getConfig().getValue("PAYPAL_API_BASE", String.class);
    }
}
