package io.emporium.web;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What every answer tells browsers and caches, and which pages of others may call us (CORS: none unless listed). */
@Singleton
class SecurityHeaders {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    private static final String READABLE =
            "X-Request-Id, ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset,"
                    + " Idempotency-Replayed";
    private static final String SENDABLE =
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key, X-Request-Id";

    // Looked at and put into bytes once, not for each answer.
    private static final CharSequence CONTENT_TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence CONTENT_POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence NOTHING_FROM_ANYWHERE =
            HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'");
    private static final CharSequence IN_NO_FRAME = HttpHeaders.createOptimized("frame-ancestors 'none'");
    private static final CharSequence TRANSPORT_SECURITY = HttpHeaders.createOptimized("Strict-Transport-Security");
    private static final CharSequence FOR_A_YEAR = HttpHeaders.createOptimized("max-age=31536000; includeSubDomains");

    private final ClientAddress clients;
    private final Set<String> origins;

    SecurityHeaders(ClientAddress clients, WebSettings settings) {
        this.clients = clients;
        this.origins = Set.copyOf(settings.corsOrigins().orElse(List.of()));
    }

    void onEveryRequest(@Observes Filters filters) {
        filters.register(this::stamp, Doors.HEADERS);
    }

    private void stamp(RoutingContext door) {
        HttpServerRequest request = door.request();
        // Only now is the content type known.
        door.addHeadersEndHandler(ending -> {
            MultiMap headers = door.response().headers();
            headers.set(CONTENT_TYPE_OPTIONS, NO_SNIFF);
            if (isPrivate(door) && !headers.contains(HttpHeaders.CACHE_CONTROL)) {
                headers.set(HttpHeaders.CACHE_CONTROL, NO_STORE);
            }
            CharSequence policy = policy(path(door), headers.get(HttpHeaders.CONTENT_TYPE));
            // A page with a policy of its own has a stricter one.
            if (policy != null && !headers.contains(CONTENT_POLICY)) {
                headers.set(CONTENT_POLICY, policy);
            }
            if (clients.isSecure(request)) {
                headers.set(TRANSPORT_SECURITY, FOR_A_YEAR);
            }
        });
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (!origins.isEmpty()) {
            door.response().headers().add("Vary", "Origin");
        }
        if (origin == null || !origins.contains(origin)) {
            door.next();
            return;
        }
        door.response().putHeader("Access-Control-Allow-Origin", origin);
        if (request.method().equals(HttpMethod.OPTIONS) && request.getHeader("Access-Control-Request-Method") != null) {
            door.response()
                    .setStatusCode(204)
                    .putHeader("Access-Control-Allow-Methods", METHODS)
                    .putHeader("Access-Control-Allow-Headers", SENDABLE)
                    .putHeader("Access-Control-Max-Age", "600")
                    .end();
        } else {
            door.response().putHeader("Access-Control-Expose-Headers", READABLE);
            door.next();
        }
    }

    // Tokens are answered to requests that carry none yet.
    private static boolean isPrivate(RoutingContext door) {
        HttpServerRequest request = door.request();
        return Caller.isNamed(request) || path(door).startsWith("/api/v1/auth/");
    }

    private static String path(RoutingContext door) {
        try {
            return door.normalizedPath();
        } catch (IllegalArgumentException noUri) {
            // The front door refuses it; that answer has headers too.
            return "";
        }
    }

    private static @Nullable CharSequence policy(String path, @Nullable String contentType) {
        // Quarkus' own pages in dev mode frame each other.
        if (contentType == null || path.startsWith("/q/dev")) {
            return null;
        }
        if (contentType.startsWith("application/json")) {
            return NOTHING_FROM_ANYWHERE;
        }
        return contentType.startsWith("text/html") ? IN_NO_FRAME : null;
    }
}
