package io.emporium.local.paypal;

import com.sun.net.httpserver.Headers;
import io.emporium.local.provider.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Access tokens by client credentials; in memory, so that a restart makes all of them void. */
final class Tokens {
    private static final int MOST = 10_000;

    private final String clientId;
    private final String secret;
    private final Map<String, Long> goodUntil = new ConcurrentHashMap<>();
    private volatile long seconds = 32_400;

    Tokens(String clientId, String secret) {
        this.clientId = clientId;
        this.secret = secret;
    }

    /** How long the next ones are good. */
    void seconds(long seconds) {
        this.seconds = seconds;
    }

    long seconds() {
        return seconds;
    }

    /** POST /v1/oauth2/token. */
    Map<String, Object> issue(Headers headers, String body) {
        if (!basic(headers).equals(clientId + ":" + secret)) {
            throw PayPalError.unauthorized("invalid_client", "Client Authentication failed");
        }
        if (!body.contains("grant_type=client_credentials")) {
            throw PayPalError.invalid("grant_type", "UNSUPPORTED_GRANT_TYPE");
        }
        if (goodUntil.size() > MOST) {
            goodUntil.clear();
        }
        String token = "A21AA" + Ids.next(60);
        goodUntil.put(token, System.currentTimeMillis() + seconds * 1000);
        return Json.object(
                "scope",
                "https://uri.paypal.com/services/payments/payment",
                "access_token",
                token,
                "token_type",
                "Bearer",
                "app_id",
                "APP-EMPORIUMLOCAL",
                "expires_in",
                seconds,
                "nonce",
                Ids.next(20));
    }

    void check(Headers headers) {
        String header = String.valueOf(headers.getFirst("Authorization"));
        Long until = header.startsWith("Bearer ") ? goodUntil.get(header.substring("Bearer ".length())) : null;
        if (until == null || until < System.currentTimeMillis()) {
            throw PayPalError.unauthorized("invalid_token", "Token signature verification failed");
        }
    }

    /** As if all had been called back. */
    void revoke() {
        goodUntil.clear();
    }

    private static String basic(Headers headers) {
        String header = String.valueOf(headers.getFirst("Authorization"));
        try {
            return header.startsWith("Basic ")
                    ? new String(
                            Base64.getDecoder().decode(header.substring("Basic ".length())), StandardCharsets.UTF_8)
                    : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
