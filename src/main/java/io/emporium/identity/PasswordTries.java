package io.emporium.identity;

import io.emporium.shared.Refusal;
import io.emporium.web.RateLimits;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;

/** Every look at a password counts as a sign-in does: whoever holds a token, too, does not guess without bounds. */
@ApplicationScoped
class PasswordTries {
    private final RateLimits limits;
    private final MeterRegistry meters;

    PasswordTries(RateLimits limits, MeterRegistry meters) {
        this.limits = limits;
        this.meters = meters;
        // Told from the start: what was never counted has no rate.
        meters.counter("login.failures");
    }

    /**
     * @param account whose password it is, as the client named it
     * @param look refuses with INVALID_CREDENTIALS if it is wrong
     * @throws Refusal RATE_LIMITED before it looks, or the look's own
     */
    <T> T count(String account, Supplier<T> look) {
        limits.checkLogin(account);
        try {
            T result = look.get();
            limits.loginSucceeded(account);
            return result;
        } catch (RuntimeException fault) {
            // Without a database, say, an honest customer shall not be locked out for having tried.
            if (!(fault instanceof Refusal refusal) || refusal.code() != Refusal.Code.INVALID_CREDENTIALS) {
                limits.loginUndecided(account);
            } else {
                meters.counter("login.failures").increment();
            }
            throw fault;
        }
    }
}
