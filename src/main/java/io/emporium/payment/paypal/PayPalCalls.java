package io.emporium.payment.paypal;

import io.emporium.payment.gateway.Door;
import jakarta.inject.Singleton;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.util.function.UnaryOperator;

/** One call to PayPal, with a token, counted at the door by whether it was answered. */
@Singleton
class PayPalCalls {
    private static final int UNAUTHORIZED = 401;

    private final PayPalHttp http;
    private final PayPalToken token;
    private final Door door;

    PayPalCalls(PayPalHttp http, PayPalToken token, PayPalSettings settings, Clock clock) {
        this.http = http;
        this.token = token;
        this.door = new Door(settings.atOnce(), settings.failuresInARow(), settings.shutFor(), clock);
    }

    Door door() {
        return door;
    }

    PayPalAnswer get(String path) throws Unanswered {
        return ask(path, HttpRequest.Builder::GET);
    }

    /**
     * As {@link #get}, where no payment waits for the answer. Not counted at the door: not every shop may read its disputes
     * (403), and that is no reason to take no payments.
     */
    PayPalAnswer look(String path) throws Unanswered {
        return answered(withToken(path, HttpRequest.Builder::GET));
    }

    /** Asks whether a webhook is PayPal's. Not counted at the door: what is asked comes from anybody. */
    PayPalAnswer verify(String webhook) throws Unanswered {
        return answered(withToken(
                "/v1/notifications/verify-webhook-signature",
                request -> request.header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(webhook))));
    }

    /**
     * A POST.
     *
     * @param requestId under which PayPal does it once: six hours for orders and captures, 45 days for refunds
     */
    PayPalAnswer post(String path, String requestId, String body) throws Unanswered {
        return ask(
                path,
                request -> request.header("Content-Type", "application/json")
                        .header("PayPal-Request-Id", requestId)
                        .header("Prefer", "return=representation")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private PayPalAnswer ask(String path, UnaryOperator<HttpRequest.Builder> call) throws Unanswered {
        try {
            PayPalAnswer answer = answered(withToken(path, call));
            door.answered();
            return answer;
        } catch (Unanswered | RuntimeException unanswered) {
            door.unanswered();
            throw unanswered;
        }
    }

    private static PayPalAnswer answered(PayPalAnswer answer) throws Unanswered {
        if (!isAnswer(answer.status())) {
            throw new Unanswered(answer.describe());
        }
        return answer;
    }

    private PayPalAnswer withToken(String path, UnaryOperator<HttpRequest.Builder> call) throws Unanswered {
        String bearer = token.get();
        PayPalAnswer answer = send(path, call, bearer);
        if (answer.status() != UNAUTHORIZED) {
            return answer;
        }
        // Called back before its time: a new one is taken, once.
        token.drop(bearer);
        return send(path, call, token.get());
    }

    private PayPalAnswer send(String path, UnaryOperator<HttpRequest.Builder> call, String bearer) throws Unanswered {
        return http.send(call.apply(http.request(path).header("Authorization", "Bearer " + bearer)));
    }

    /** What was done, a refusal, and a call that still runs are answers; 401, 403, 429 and 5xx are as good as none. */
    private static boolean isAnswer(int status) {
        return status / 100 == 2
                || switch (status) {
                    case 400, 404, 409, 422 -> true;
                    default -> false;
                };
    }
}
