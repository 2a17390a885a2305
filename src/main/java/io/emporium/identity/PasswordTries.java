package io.emporium.identity;

import io.emporium.shared.Refusal;
import io.emporium.web.Caller;
import io.emporium.web.RateLimits;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Function;
import java.util.function.Supplier;

/** Every look at a password counts as a sign-in does: whoever holds a token, too, does not guess without bounds. */
@ApplicationScoped
class PasswordTries {
    private final UserService users;
    private final Caller caller;
    private final RateLimits limits;
    private final MeterRegistry meters;

    PasswordTries(UserService users, Caller caller, RateLimits limits, MeterRegistry meters) {
        this.users = users;
        this.caller = caller;
        this.limits = limits;
        this.meters = meters;
        // Told from the start: what was never counted has no rate.
        meters.counter("login.failures");
    }

    /**
     * A try of whoever is signed in to show that it is they.
     *
     * @param look as in {@link #count}
     * @throws Refusal as there
     */
    <T> T ofCaller(Function<User, T> look) {
        User user = users.get(caller.userId());
        return count(user.email(), () -> look.apply(user));
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
