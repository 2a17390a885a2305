package io.emporium.web;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * A body comes within its time or not at all: who sends a byte now and then is never silent for long enough to be hung up on,
 * and would hold a connection, and a thread that reads, for as long as they like.
 */
@Singleton
class SlowBodies {
    private final WebSettings settings;

    SlowBodies(WebSettings settings) {
        this.settings = settings;
    }

    void onEveryRequest(@Observes Filters filters) {
        filters.register(this::time, Doors.BODY_LIMIT + 2);
    }

    private void time(RoutingContext door) {
        HttpServerRequest request = door.request();
        // Nearly all have none, or all of it is here already.
        if (!request.isEnded() && BodyLimit.isAnyAnnounced(request)) {
            long millis = (BodyLimit.isSmall(request) ? settings.bodyWithin() : settings.largeBodyWithin()).toMillis();
            long timer = door.vertx().setTimer(millis, late -> {
                if (!request.isEnded()) {
                    request.connection().close();
                }
            });
            // Not when they are answered: who was told no before they had sent all of it may still be sending, for as
            // long as they like. Ended it is where the connection breaks, too: nothing is kept of who has left.
            request.end().onComplete(ended -> door.vertx().cancelTimer(timer));
        }
        door.next();
    }
}
