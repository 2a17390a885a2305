package io.emporium.notification.fcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.notification.delivery.RetryAfter;
import io.emporium.notification.delivery.Sending;
import io.emporium.shared.HttpCalls;
import io.emporium.web.ForeignJson;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The access token that every call to FCM bears: fetched by one while the others wait, who share its failure too, and renewed
 * five minutes before it runs out.
 */
final class FcmToken {
    private static final Duration AHEAD = Duration.ofMinutes(5);
    /** So long after a failure nobody tries again: whoever has waited for that one need not find out for themselves. */
    private static final Duration FAILURE_HOLDS = Duration.ofMillis(500);

    private final ServiceAccount account;
    private final HttpCalls calls;
    private final ObjectMapper json;
    private final Clock clock;
    private @Nullable String held;
    private Instant renewAt = Instant.MIN;
    private @Nullable None failure;
    private Instant failedAt = Instant.MIN;

    FcmToken(ServiceAccount account, HttpCalls calls, ObjectMapper json, Clock clock) {
        this.account = account;
        this.calls = calls;
        this.json = json;
        this.clock = clock;
    }

    /** There is no token, and what that means for whoever wanted to send. */
    static final class None extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Sending.Away away;

        None(String why, @Nullable Duration retryAfter) {
            super(why, null, false, false);
            this.away = new Sending.Away(why, retryAfter);
        }

        Sending.Away away() {
            return away;
        }
    }

    synchronized String get() throws None {
        Instant now = clock.instant();
        if (held != null && now.isBefore(renewAt)) {
            return held;
        }
        if (failure != null && now.isBefore(failedAt.plus(FAILURE_HOLDS))) {
            throw failure;
        }
        try {
            String token = fetch(now);
            held = token;
            failure = null;
            return token;
        } catch (None none) {
            failure = none;
            failedAt = clock.instant();
            throw none;
        }
    }

    /** Google does not take it any more. */
    synchronized void drop(String refused) {
        if (refused.equals(held)) {
            held = null;
        }
    }

    private String fetch(Instant now) throws None {
        String form = HttpCalls.form(Map.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", account.assertion(now)));
        HttpResponse<String> answer;
        try {
            answer = calls.send(calls.request(account.tokenUri(), "")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build());
        } catch (HttpCalls.NoAnswer lost) {
            throw new None("no access token: " + lost.getMessage(), null);
        }
        JsonNode body = ForeignJson.read(json, answer.body());
        String token = body.path("access_token").asText();
        if (answer.statusCode() != 200 || token.isEmpty()) {
            throw new None(
                    "no access token: Google answered " + answer.statusCode() + " "
                            + body.path("error").asText(),
                    RetryAfter.of(answer));
        }
        Duration good = Duration.ofSeconds(body.path("expires_in").asLong());
        Duration ahead = AHEAD.compareTo(good.dividedBy(10)) < 0 ? AHEAD : good.dividedBy(10);
        renewAt = now.plus(good).minus(ahead);
        return token;
    }
}
