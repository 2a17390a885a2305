package io.emporium.payment.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import io.emporium.payment.gateway.Door;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One call to Stripe, counted at the door by whether it was answered. */
@ApplicationScoped
class StripeCalls {
    private static final int CONFLICT = 409;

    private final StripeSettings settings;
    private final Door door;

    StripeCalls(StripeSettings settings, Clock clock) {
        this.settings = settings;
        this.door = new Door(settings.atOnce(), settings.failuresInARow(), settings.shutFor(), clock);
    }

    Door door() {
        return door;
    }

    /** What is asked of stripe-java. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws StripeException;
    }

    <T> T ask(Call<T> call) throws StripeException {
        return ask(settings.readTimeout(), call);
    }

    /** @param patience in place of the settings' read time-out, for whoever has set another one for the call */
    <T> T ask(Duration patience, Call<T> call) throws StripeException {
        try {
            T answer = inTime(settings.connectTimeout().plus(patience), call);
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

    /** stripe-java's read time-out is that of each read: an answer that comes byte by byte would never end. */
    private static <T> T inTime(Duration limit, Call<T> call) throws StripeException {
        var asked = new FutureTask<T>(call::run);
        Thread.ofVirtual().name("stripe").start(asked);
        try {
            return asked.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case StripeException refusedOrUnanswered -> throw refusedOrUnanswered;
                case RuntimeException unreadable -> throw unreadable;
                case Error broken -> throw broken;
                case null, default -> throw new IllegalStateException(failed);
            }
        } catch (TimeoutException late) {
            // A virtual thread that reads from a socket and is interrupted closes it.
            asked.cancel(true);
            throw lost(new TimeoutException("none in " + limit.toSeconds() + " s"));
        } catch (InterruptedException stopped) {
            asked.cancel(true);
            Thread.currentThread().interrupt();
            throw lost(stopped);
        }
    }

    /** As stripe-java has it where the network fails: what was asked may be done. */
    private static ApiConnectionException lost(Exception why) {
        return new ApiConnectionException("Stripe's answer was not waited for", why);
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

    /** Whether Stripe keeps this answer under the key and gives it again, for a day: it does so with a 500 too. */
    static boolean isKept(Exception unanswered) {
        return unanswered instanceof StripeException fault
                && Integer.valueOf(500).equals(fault.getStatusCode());
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
