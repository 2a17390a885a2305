package io.emporium.payment.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** One call to Stripe, counted at the door by whether it was answered. */
@ApplicationScoped
class StripeCalls {
    private static final int CONFLICT = 409;

    private final StripeDoor door;

    StripeCalls(StripeDoor door) {
        this.door = door;
    }

    /** What is asked of stripe-java. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws StripeException;
    }

    <T> T ask(Call<T> call) throws StripeException {
        try {
            T answer = call.run();
            door.answered();
            return answer;
        } catch (StripeException refusedOrUnanswered) {
            if (isAnswer(refusedOrUnanswered)) {
                door.answered();
            } else {
                door.unanswered();
            }
            throw refusedOrUnanswered;
        } catch (RuntimeException unreadable) {
            door.unanswered();
            throw unreadable;
        }
    }

    /** A decline, a wrong parameter and a call that still runs are answers; 401, 403, 429 and 5xx are as good as none. */
    private static boolean isAnswer(StripeException refused) {
        Integer status = refused.getStatusCode();
        return status != null
                && switch (status) {
                    case 400, 402, 404, CONFLICT -> true;
                    default -> false;
                };
    }

    /** For the log: kind, status and request id. Stripe's message stays out: it may repeat what a customer sent. */
    static String describe(Exception unanswered) {
        return switch (unanswered) {
            case ApiConnectionException lost -> "no answer: " + lost.getCause();
            case StripeException refused ->
                refused.getClass().getSimpleName() + " " + refused.getStatusCode() + " (request "
                        + refused.getRequestId() + ")";
            default -> unanswered.toString();
        };
    }

    @Produces
    @Singleton
    static StripeClient client(StripeSettings settings) {
        return StripeClient.builder()
                .setApiKey(settings.secretKey().orElse("sk_not_set"))
                .setApiBase(settings.apiBase().toString())
                .setConnectTimeout(Math.toIntExact(settings.connectTimeout().toMillis()))
                .setReadTimeout(Math.toIntExact(settings.readTimeout().toMillis()))
                // A customer waits for one answer or is told that it is not known yet; the reconciler repeats the call,
                // with its key, seconds later. stripe-java's own retries would make the wait a multiple of the
                // time-out.
                .setMaxNetworkRetries(0)
                .build();
    }
}
