package io.emporium.web;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
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
            "X-Request-Id, ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Idempotency-Replayed";
    private static final String SENDABLE =
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key, X-Request-Id";

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
            headers.set("X-Content-Type-Options", "nosniff");
            if (isPrivate(door) && !headers.contains("Cache-Control")) {
                headers.set("Cache-Control", "no-store");
            }
            String policy = policy(path(door), headers.get("Content-Type"));
            if (policy != null) {
                headers.set("Content-Security-Policy", policy);
            }
            if (clients.isSecure(request)) {
                headers.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
            }
        });
        String origin = request.getHeader("Origin");
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
        return request.getHeader("Authorization") != null
                || request.getHeader("X-API-Key") != null
                || path(door).startsWith("/api/v1/auth/");
    }

    private static String path(RoutingContext door) {
        try {
            return door.normalizedPath();
        } catch (IllegalArgumentException noUri) {
            // The front door refuses it; that answer has headers too.
            return "";
        }
    }

    private static @Nullable String policy(String path, @Nullable String contentType) {
        // Quarkus' own pages in dev mode frame each other.
        if (contentType == null || path.startsWith("/q/dev")) {
            return null;
        }
        if (contentType.startsWith("application/json")) {
            return "default-src 'none'; frame-ancestors 'none'";
        }
        return contentType.startsWith("text/html") ? "frame-ancestors 'none'" : null;
    }
}
