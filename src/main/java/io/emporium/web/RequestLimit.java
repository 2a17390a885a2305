package io.emporium.web;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
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

    private final RateLimits limits;
    private final ClientAddress clients;
    private final FrontDoor front;

    RequestLimit(RateLimits limits, ClientAddress clients, FrontDoor front) {
        this.limits = limits;
        this.clients = clients;
        this.front = front;
    }

    void onEveryRequest(@Observes Filters filters) {
        filters.register(this::count, Doors.SIGNED_IN);
    }

    private void count(RoutingContext door) {
        // As the routes read it: /./api/v1 and /%61pi/v1 lead there too.
        String path = door.normalizedPath();
        if (!limits.areOn() || !path.startsWith(API) || path.startsWith(WEBHOOKS)) {
            door.next();
            return;
        }
        Uni<SecurityIdentity> caller = door.request().getHeader(HttpHeaders.AUTHORIZATION) == null
                ? null
                : QuarkusHttpUser.getSecurityIdentity(door, null);
        if (caller == null) {
            count(door, null);
            return;
        }
        String address = clients.of(door.request());
        RateLimits.Tally badTokens = limits.badTokens(address);
        if (badTokens.used() >= badTokens.limit()) {
            front.answer(door, 429, badTokens.refusal());
            return;
        }
        // Asked for here and kept for the resource. A token that is none is refused by Quarkus itself.
        Context context = door.vertx().getOrCreateContext();
        caller.subscribe()
                .with(
                        identity -> context.runOnContext(ignored -> count(door, userId(identity))),
                        fault -> context.runOnContext(ignored -> refused(door, address, fault)));
    }

    private void refused(RoutingContext door, String address, Throwable fault) {
        if (fault instanceof AuthenticationFailedException) {
            limits.countBadToken(address);
        }
        if (!door.failed() && !door.response().ended()) {
            door.fail(fault);
        }
    }

    private void count(RoutingContext door, @Nullable Long userId) {
        String who = userId == null ? clients.of(door.request()) : userId.toString();
        limits.countRequest(userId != null, who).onSuccess(tally -> {
            door.addHeadersEndHandler(ending -> state(door.response().headers(), tally));
            if (tally.isExceeded()) {
                front.answer(door, 429, tally.refusal());
            } else {
                door.next();
            }
        });
    }

    private static @Nullable Long userId(@Nullable SecurityIdentity identity) {
        return identity == null || identity.isAnonymous() ? null : identity.getAttribute(Caller.USER_ID);
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
