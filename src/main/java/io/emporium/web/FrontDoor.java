package io.emporium.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.shared.CardNumbers;
import io.emporium.shared.Refusal;
import io.quarkus.logging.Log;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/** Answers in the envelope what never reaches a resource: unknown paths, addresses and headers that are too long, faults of the router. */
@Singleton
class FrontDoor {
    // Netty itself reads a little more, so that it is we who answer.
    private static final int LONGEST_ADDRESS = 8 * 1024;
    private static final int LONGEST_HEADERS = 16 * 1024;
    // After the failure handlers of JAX-RS, before that of Quarkus.
    private static final int AFTER_JAX_RS = 1_000_000;
    private static final String PLAIN = "/?&=-_.~+,";
    private static final int[] ROUTERS_OWN = {400, 404, 405, 406, 413, 415, 500, 503};

    private final ObjectMapper json;

    FrontDoor(ObjectMapper json) {
        this.json = json;
    }

    void inFront(@Observes Filters filters) {
        filters.register(this::address, Doors.BODY_LIMIT + 1);
    }

    void behind(@Observes Router router) {
        router.route().order(AFTER_JAX_RS).failureHandler(this::failed);
        for (int status : ROUTERS_OWN) {
            router.errorHandler(status, this::failed);
        }
    }

    private void address(RoutingContext door) {
        if (door.request().uri().length() > LONGEST_ADDRESS) {
            answer(door, 414, Faults.malformed("The address is longer than " + LONGEST_ADDRESS / 1024 + " KB"));
        } else if (length(door.request().headers()) > LONGEST_HEADERS) {
            answer(door, 431, Faults.malformed("The headers are longer than " + LONGEST_HEADERS / 1024 + " KB"));
        } else if (!isUri(door.request().uri())) {
            answer(door, 400, Faults.malformed("The address is no URI, or has a semicolon in its path"));
        } else {
            door.next();
        }
    }

    private static int length(MultiMap headers) {
        int length = 0;
        for (Map.Entry<String, String> header : headers) {
            length += header.getKey().length() + header.getValue().length();
        }
        return length;
    }

    private static boolean isUri(String address) {
        if (isPlain(address)) {
            return true;
        }
        try {
            String path = new URI(address).getRawPath();
            // JAX-RS takes what follows a semicolon off a path, and the guards at the door would judge another path
            // than it.
            return path != null && path.indexOf(';') < 0;
        } catch (URISyntaxException no) {
            return false;
        }
    }

    /** Nearly all are: nothing in them that could be wrong. */
    private static boolean isPlain(String address) {
        for (int i = 0; i < address.length(); i++) {
            char one = address.charAt(i);
            boolean isPlain = one >= 'a' && one <= 'z'
                    || one >= 'A' && one <= 'Z'
                    || one >= '0' && one <= '9'
                    || PLAIN.indexOf(one) >= 0;
            if (!isPlain) {
                return false;
            }
        }
        return address.startsWith("/") && !address.startsWith("//");
    }

    private void failed(RoutingContext door) {
        Throwable fault = door.failure();
        // Vert.x wraps nothing into its own failures, so a bare status is the router's own word.
        boolean isRouters = fault == null || (door.statusCode() >= 400 && door.statusCode() < 500);
        Refusal refusal = isRouters ? Faults.ofStatus(door.statusCode()) : Faults.refusal(fault);
        if (isRouters && door.statusCode() == 413) {
            refusal = BodyLimit.refusal(door.request());
        }
        if (refusal.code() == Refusal.Code.INTERNAL_SERVER_ERROR) {
            Log.errorf(
                    fault,
                    "%s %s failed before a resource was reached",
                    door.request().method(),
                    CardNumbers.masked(door.request().path()));
        }
        answer(door, refusal.code().status(), refusal);
    }

    /** Ends a request that no resource shall see. */
    void answer(RoutingContext door, int status, Refusal refusal) {
        HttpServerResponse response = door.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            // Half an answer cannot be taken back: break off, so that the client sees that it is half.
            response.reset();
            return;
        }
        Buffer body = write(refusal);
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/json;charset=UTF-8")
                .putHeader("Content-Length", String.valueOf(body.length()));
        Failure.headers(refusal).forEach(response::putHeader);
        if (status == 414 || status == 431) {
            // What is still being sent is not read.
            response.putHeader("Connection", "close");
        }
        if (door.request().method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(body);
        }
    }

    private Buffer write(Refusal refusal) {
        try {
            return Buffer.buffer(json.writeValueAsBytes(Failure.of(refusal)));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
