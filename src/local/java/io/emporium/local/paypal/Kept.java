package io.emporium.local.paypal;

import io.emporium.local.provider.Json;
import java.util.Map;

/**
 * A PayPal-Request-Id that had an effect: of what object, whose latest state answers whoever uses it again.
 *
 * @param key endpoint and id
 * @param fingerprint of the parameters
 * @param until the second from which on it is forgotten
 */
record Kept(String key, String fingerprint, String object, long until) {
    Map<String, Object> state() {
        return Json.object("key", key, "fingerprint", fingerprint, "object", object, "until", until);
    }

    static Kept from(Map<String, Object> state) {
        return new Kept(
                Json.text(state, "key"),
                Json.text(state, "fingerprint"),
                Json.text(state, "object"),
                Json.number(state, "until", 0));
    }
}
