package io.emporium.notification;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** The switches of local mode's fake Twilio and fake FCM, and the phones that get what the two were given. */
public final class PhoneProviders {
    /** Of the fake Twilio and the fake FCM: where messages are sent. */
    public static final String TWILIO = "TWILIO_API_BASE";

    public static final String FCM = "FCM_API_BASE";

    private PhoneProviders() {}

    /** No faults, and every SMS is delivered. */
    public static void heal() {
        given().delete(url(TWILIO, "faults")).then().statusCode(200);
        given().delete(url(FCM, "faults")).then().statusCode(200);
        twilioSays("delivered");
    }

    /** The next {@code count} calls fail, before or after they had their effect. */
    public static void fault(String provider, String when, String kind, int count) {
        String path = provider.equals(TWILIO) ? "/2010-04-01/**" : "/v1/**";
        fault(provider, Map.of("method", "POST", "path", path, "when", when, "kind", kind, "count", count));
    }

    public static void fault(String provider, Map<String, Object> fault) {
        given().contentType(ContentType.JSON)
                .body(fault)
                .post(url(provider, "faults"))
                .then()
                .statusCode(200);
    }

    /** @param what delivered, undelivered, or off: nothing */
    public static void twilioSays(String what) {
        put(TWILIO, Map.of("callbacks", what));
    }

    /** Google takes back every access token it has given. */
    public static void takeTokensBack() {
        put(FCM, Map.of("tokens", "none"));
    }

    /** What a number or a device has got, newest first. */
    public static List<Map<String, Object>> of(String recipient) {
        return given().queryParam("to", recipient)
                .get(ConfigProvider.getConfig().getValue("EMPORIUM_OUTBOX_PAGE", String.class))
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("messages");
    }

    /** The bodies of the calls in which something stood, oldest first. */
    public static List<String> calls(String provider, String with) {
        return given().get(url(provider, "calls")).jsonPath().<String>getList("calls.body").stream()
                .filter(body -> body.contains(with))
                .toList();
    }

    private static void put(String provider, Map<String, Object> settings) {
        given().contentType(ContentType.JSON)
                .body(settings)
                .put(url(provider, "settings"))
                .then()
                .statusCode(200);
    }

    private static String url(String provider, String what) {
        return ConfigProvider.getConfig().getValue(provider, String.class) + "/_fake/" + what;
    }
}
