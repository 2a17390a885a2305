package io.emporium.web;

import io.emporium.shared.CardNumbers;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Gives every request a name: the client's {@code X-Request-Id} if it is well-formed, else a new one. It stands on the
 * answer, whoever gives it, and as {@code request_id} on each log line of the request.
 */
@Singleton
public class RequestIds {
    /** The header, in requests and answers: 1–100 letters, digits, dots, underscores, hyphens. */
    public static final String HEADER = "X-Request-Id";

    private static final CharSequence NAME = HttpHeaders.createOptimized(HEADER);
    private static final String IN_LOG = "request_id";
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** The running request's, or null where no request runs (schedulers, consumers). */
    public static @Nullable String current() {
        return MDC.get(IN_LOG) instanceof String id ? id : null;
    }

    void onEveryRequest(@Observes Filters filters) {
        filters.register(RequestIds::name, Doors.FIRST);
    }

    private static void name(RoutingContext request) {
        String sent = request.request().getHeader(HEADER);
        // On every line of the log, and in the records of what admins do: no place for a card number.
        String id = sent != null && WELL_FORMED.matcher(sent).matches() && !CardNumbers.isInKey(sent) ? sent : anew();
        // Quarkus keeps the MDC in the request's own Vert.x context, which follows it onto virtual and worker threads.
        MDC.put(IN_LOG, id);
        // Set at the last moment too: an error handler may have emptied the headers before.
        request.addHeadersEndHandler(ending -> request.response().putHeader(NAME, id));
        request.next();
    }

    /** A name to be found by and no secret: of numbers that cost nothing, where {@link UUID#randomUUID} asks the system for them. */
    private static String anew() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
