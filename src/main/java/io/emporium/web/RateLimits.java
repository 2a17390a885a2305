package io.emporium.web;

import io.emporium.shared.Refusal;
import io.emporium.web.WebSettings.Rate;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.Future;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * How often somebody may ask (contract.md "Limits"): a window opens with the first request and holds so many. Counted in
 * Redis for all replicas together; while Redis is away, by each for itself. All requests are counted in front of the
 * resources; what is dearer is counted here, by those who do it. Call it on a virtual or worker thread.
 */
@ApplicationScoped
public class RateLimits {
    /** What is limited, beside requests as such. */
    public enum Kind {
        ORDERS,
        PAYMENTS,
        REFUNDS,
        EXPORTS
    }

    private final WebSettings.Limits limits;
    private final Counters counters;
    private final ClientAddress clients;
    private final CurrentVertxRequest door;

    RateLimits(WebSettings settings, Counters counters, ClientAddress clients, CurrentVertxRequest door) {
        this.limits = settings.limits();
        this.counters = counters;
        this.clients = clients;
        this.door = door;
    }

    /** @throws Refusal RATE_LIMITED with {@code Retry-After} if the user has done this too often */
    public void check(Kind kind, long userId) {
        Rate rate = switch (kind) {
            case ORDERS -> limits.orders();
            case PAYMENTS -> limits.payments();
            case REFUNDS -> limits.refunds();
            case EXPORTS -> limits.exports();
        };
        check(kind.name().toLowerCase(Locale.ROOT), String.valueOf(userId), rate);
    }

    /**
     * Asked before a password is looked at, so that guessing is slow for known and unknown accounts alike.
     *
     * @param account as the client named it
     * @throws Refusal RATE_LIMITED with {@code Retry-After}: too often for this account from here, or for any from here;
     *     or the account, from wherever, has failed so often that it is softly locked
     */
    public void checkLogin(String account) {
        String address = clients.of(door.getCurrent().request());
        String name = named(account);
        check("login-address", address, limits.loginAddress());
        check("login-account", address + " " + name, limits.loginAccount());
        // Counted as a failure until it proves to be none, so that guesses made at one moment are all counted.
        check("login-failures", name, limits.loginFailures());
    }

    /**
     * Asked before a sign-in at another provider is begun. Ended none is that was not begun, and nobody guesses there, so it counts for
     * the address alone, together with those by password.
     *
     * @throws Refusal RATE_LIMITED with {@code Retry-After}
     */
    public void checkSignInElsewhere() {
        check("login-address", clients.of(door.getCurrent().request()), limits.loginAddress());
    }

    /**
     * Asked before a mail is sent to whom somebody names, so that nobody's mailbox is filled.
     *
     * @param email as the client named it
     * @throws Refusal RATE_LIMITED with {@code Retry-After}: too often to this address, or from here to any
     */
    public void checkMailTo(String email) {
        check("mail-from", clients.of(door.getCurrent().request()), limits.loginAddress());
        check("mail-to", named(email), limits.accountMails());
    }

    /** The sign-in that was checked has succeeded: the account's failures are forgotten. */
    public void loginSucceeded(String account) {
        if (limits.enabled()) {
            counters.forget("login-failures", named(account));
        }
    }

    /** The sign-in that was checked has come to no end, by no fault of whoever tried: it counts as no failure. */
    public void loginUndecided(String account) {
        if (limits.enabled()) {
            counters.takeBack("login-failures", named(account));
        }
    }

    private static String named(String account) {
        return account.strip().toLowerCase(Locale.ROOT);
    }

    private void check(String what, String who, Rate rate) {
        if (!limits.enabled()) {
            return;
        }
        Tally tally = counters.count(what, who, rate)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        if (tally.isExceeded()) {
            throw tally.refusal();
        }
    }

    /** All requests of one user or address, for the filter in front. */
    Future<Tally> countRequest(boolean signedIn, String who) {
        return counters.count(signedIn ? "user" : "anonymous", who, signedIn ? limits.user() : limits.anonymous());
    }

    /** All requests with one API key, which has so many a minute. */
    Future<Tally> countRequest(long apiKey, int requests) {
        return counters.count("api-key", String.valueOf(apiKey), new KeyRate(requests, Duration.ofMinutes(1)));
    }

    private record KeyRate(int requests, Duration per) implements Rate {}

    /** The links in campaigns' mails that are followed from an address. */
    Future<Tally> countClick(String address) {
        return counters.count("click", address, limits.clicks());
    }

    /** How many tokens that are none have come from an address: each is refused before anything else could count it. */
    Tally badTokens(String address) {
        return counters.look("bad-token", address, limits.anonymous());
    }

    void countBadToken(String address) {
        counters.countInThisProcess("bad-token", address, limits.anonymous());
    }

    boolean areOn() {
        return limits.enabled();
    }

    /**
     * How a count stands.
     *
     * @param limit requests a window
     * @param used requests in this one, with the present and the refused
     * @param reset until the window closes
     */
    record Tally(int limit, long used, Duration reset) {
        boolean isExceeded() {
            return used > limit;
        }

        long remaining() {
            return Math.max(0, limit - used);
        }

        long resetSeconds() {
            return Math.max(1, reset.plusNanos(999_999_999).toSeconds());
        }

        Refusal refusal() {
            return new Refusal(
                    Refusal.Code.RATE_LIMITED,
                    "Too many requests",
                    Map.of("limit", limit, "retry_after_seconds", resetSeconds()),
                    reset);
        }
    }
}
