package io.emporium.local.provider;

import java.util.Map;

/** The first answer to an idempotency key. The parameters are kept as a fingerprint only: nothing secret lies in the ledger. */
public record KeptAnswer(
        String key, String path, String fingerprint, int status, Packed body, String requestId, long at) {
    public Map<String, Object> state() {
        return Json.object(
                "key", key,
                "path", path,
                "fingerprint", fingerprint,
                "status", status,
                "body", body.text(),
                "request", requestId,
                "at", at);
    }

    public static KeptAnswer from(Map<String, Object> state) {
        return new KeptAnswer(
                Json.text(state, "key"),
                Json.text(state, "path"),
                Json.text(state, "fingerprint"),
                (int) Json.number(state, "status", 0),
                Packed.of(Json.text(state, "body")),
                Json.text(state, "request"),
                Json.number(state, "at", 0));
    }
}
