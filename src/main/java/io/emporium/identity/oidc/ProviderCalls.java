package io.emporium.identity.oidc;

import io.emporium.shared.HttpCalls;
import io.emporium.shared.Places;
import io.emporium.shared.Refusal;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

/**
 * HTTP to the provider, never in a transaction: so many calls at once, each with an end, no redirect followed, and after a few that
 * were not answered none for five seconds.
 */
@ApplicationScoped
class ProviderCalls {
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpCalls calls;
    private final Places places;

    ProviderCalls(OidcSettings settings) {
        this.calls = new HttpCalls(settings.connectTimeout(), settings.readTimeout());
        this.places = new Places(settings.atOnce(), PATIENCE);
    }

    /**
     * @return what was answered, a no too
     * @throws ProviderAway if it was nothing of use: none, a 429, a 5xx
     * @throws Refusal SERVICE_UNAVAILABLE if too many wait already
     * @throws org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException if it is not even tried
     */
    @CircuitBreaker(
            requestVolumeThreshold = 4,
            delay = 5,
            delayUnit = ChronoUnit.SECONDS,
            // That we ask too much is no sign that it is away, and nobody else shall be kept out for it.
            skipOn = {Refusal.class, ProviderAway.AskedTooOften.class})
    HttpResponse<String> send(HttpRequest request) {
        HttpResponse<String> answer = places.take(() -> answer(request), OidcError::busy);
        if (answer.statusCode() == TOO_MANY_REQUESTS) {
            throw new ProviderAway.AskedTooOften();
        }
        if (answer.statusCode() / 100 == 5) {
            throw new ProviderAway("it answered " + answer.statusCode());
        }
        return answer;
    }

    private HttpResponse<String> answer(HttpRequest request) {
        try {
            return calls.send(request);
        } catch (HttpCalls.NoAnswer lost) {
            throw new ProviderAway(String.valueOf(lost.getMessage()));
        }
    }

    @PreDestroy
    void close() {
        calls.close();
    }
}
