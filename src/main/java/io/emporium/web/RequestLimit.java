package io.emporium.web;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Counts every request to the API, on the event loop: one too many costs neither a thread nor a connection. */
@Singleton
class RequestLimit {
    private static final String API = "/api/v1/";
    // Providers deliver in bursts, and what they deliver is money.
    private static final String WEBHOOKS = "/api/v1/payments/webhooks/";
    // So do those who tell what became of a campaign's mails; what they have not signed costs no more than reading it.
    private static final String NEWS = "/api/v1/notifications/webhooks/";
    // Mail providers post them for all of their users from a few addresses, and a no must be heard.
    private static final String UNSUBSCRIBE = "/api/v1/unsubscribe/";

    // In campaigns' mails: a whole office, or what looks through a provider's mail, follows them from one address.
    private static final String CLICKS = "/api/v1/c/";

    private final RateLimits limits;
    private final ClientAddress clients;
    private final FrontDoor front;

    RequestLimit(RateLimits limits, ClientAddress clients, FrontDoor front) {
        this.limits = limits;
        this.clients = clients;
        this.front = front;
    }

    void onEveryRequest(@Observes Filters filters) {
        filters.register(door -> countIf(!Caller.isNamed(door.request()), door), Doors.NAMELESS);
        filters.register(door -> countIf(Caller.isNamed(door.request()), door), Doors.SIGNED_IN);
    }

    private void countIf(boolean isTheirDoor, RoutingContext door) {
        if (isTheirDoor) {
            count(door);
        } else {
            door.next();
        }
    }

    private void count(RoutingContext door) {
        // As the routes read it: /./api/v1 and /%61pi/v1 lead there too.
        String path = door.normalizedPath();
        if (!limits.areOn() || !path.startsWith(API) || isUncounted(path)) {
            door.next();
            return;
        }
        String address = clients.of(door.request());
        if (path.startsWith(CLICKS)) {
            count(door, limits.countClick(address));
            return;
        }
        if (!Caller.isNamed(door.request())) {
            count(door, limits.countRequest(false, address));
            return;
        }
        RateLimits.Tally badTokens = limits.badTokens(address);
        if (badTokens.used() >= badTokens.limit()) {
            front.answer(door, 429, badTokens.refusal());
            return;
        }
        // Asked for here and kept for the resource. A token that is none is refused by Quarkus itself.
        Context context = door.vertx().getOrCreateContext();
        QuarkusHttpUser.getSecurityIdentity(door, null)
                .subscribe()
                .with(
                        identity -> context.runOnContext(ignored -> count(door, counted(door, identity))),
                        fault -> context.runOnContext(ignored -> refused(door, address, fault)));
    }

    private static boolean isUncounted(String path) {
        return path.startsWith(WEBHOOKS) || path.startsWith(NEWS) || path.startsWith(UNSUBSCRIBE);
    }

    private void refused(RoutingContext door, String address, Throwable fault) {
        if (fault instanceof AuthenticationFailedException) {
            limits.countBadToken(address);
        }
        if (!door.failed() && !door.response().ended()) {
            door.fail(fault);
        }
    }

    private void count(RoutingContext door, Future<RateLimits.Tally> counted) {
        counted.onSuccess(tally -> {
            door.addHeadersEndHandler(ending -> state(door.response().headers(), tally));
            if (tally.isExceeded()) {
                front.answer(door, 429, tally.refusal());
            } else {
                door.next();
            }
        });
    }

    private Future<RateLimits.Tally> counted(RoutingContext door, SecurityIdentity identity) {
        Long userId = userId(identity);
        if (userId == null) {
            return limits.countRequest(false, clients.of(door.request()));
        }
        Long apiKey = identity.getAttribute(Caller.API_KEY);
        // A key has a rate of its own: what a program asks for takes nothing from its owner.
        return apiKey == null
                ? limits.countRequest(true, userId.toString())
                : limits.countRequest(apiKey, identity.<Integer>getAttribute(Caller.KEY_RATE));
    }

    private static @Nullable Long userId(SecurityIdentity identity) {
        return identity.isAnonymous() ? null : identity.getAttribute(Caller.USER_ID);
    }

    // A stricter limit that a resource ran into has stated itself already.
    private static void state(MultiMap headers, RateLimits.Tally tally) {
        if (!headers.contains("RateLimit-Limit")) {
            headers.set("RateLimit-Limit", String.valueOf(tally.limit()))
                    .set("RateLimit-Remaining", String.valueOf(tally.remaining()))
                    .set("RateLimit-Reset", String.valueOf(tally.resetSeconds()));
        }
    }
}
