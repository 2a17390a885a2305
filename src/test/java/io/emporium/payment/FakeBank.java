package io.emporium.payment;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** Local mode's fake bank: what customers and the shop transfer there, its statements, its switches. */
final class FakeBank {
    static final String IBAN = "DE89370400440532013000";
    static final String CUSTOMERS_IBAN = "GB82WEST12345698765432";

    private FakeBank() {}

    /** No faults, and everything is booked as it is sent. The ledger stays: the database's other orders are in it. */
    static void heal() {
        given().delete(url("/_fake/faults")).then().statusCode(200);
        Map<String, Object> usual = new HashMap<>(
                Map.of("reference", "as_given", "booking", "at_once", "bank_reference", true, "amount_off", "0"));
        usual.put("currency", null);
        settings(usual);
    }

    static void set(String setting, Object value) {
        settings(Map.of(setting, value));
    }

    private static void settings(Map<String, Object> settings) {
        json().body(settings).put(url("/_fake/settings")).then().statusCode(200);
    }

    /** The next {@code count} calls fail, before or after they had their effect. */
    static void fault(String method, String path, String when, String kind, int count) {
        json().body(Map.of("method", method, "path", path, "when", when, "kind", kind, "count", count))
                .post(url("/_fake/faults"))
                .then()
                .statusCode(200);
    }

    /** A customer transfers dollars; the bank's reference of the entry. */
    static String transfer(String amount, String remittance) {
        return transfer(amount, remittance, null)
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    /** As their bank sends it: once more with the same key, if it has heard nothing. */
    static Response transfer(String amount, String remittance, String key) {
        RequestSpecification request = json();
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return request.body(Map.of(
                        "amount",
                        amount,
                        "currency",
                        "USD",
                        "remittance",
                        remittance,
                        "debtor_name",
                        "Ada Lovelace",
                        "debtor_iban",
                        CUSTOMERS_IBAN))
                .post(url("/transfers"));
    }

    /** The shop transfers dollars; the bank's reference of the entry. */
    static String payout(String amount, String remittance) {
        return json().body(Map.of(
                        "amount",
                        amount,
                        "currency",
                        "USD",
                        "remittance",
                        remittance,
                        "creditor_name",
                        "Ada Lovelace",
                        "creditor_iban",
                        CUSTOMERS_IBAN))
                .post(url("/payouts"))
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    /** @param what book, reverse or repeat; the bank's reference of the entry that is or was made */
    static String entry(String id, String what) {
        return json().post(url("/_fake/entries/" + id + "/" + what))
                .then()
                .statusCode(200)
                .extract()
                .path("id");
    }

    /** Of today, with all that is in the ledger. */
    static String statement() {
        return statement("camt.053.001.08");
    }

    static String statement(String message) {
        return given().queryParam("message", message)
                .get(url("/statements"))
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    static JsonPath ledger() {
        return given().get(url("/_fake/ledger"))
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static RequestSpecification json() {
        return given().contentType(ContentType.JSON);
    }

    private static String url(String path) {
        return ConfigProvider.getConfig().getValue("BANK_API_BASE", String.class) + path;
    }
}
