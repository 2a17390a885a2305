package io.emporium.web;

import io.emporium.shared.Refusal;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;

/**
 * No body is larger than 256 KB (contract.md "Limits"), whether its length is announced or not; only an image and a bank
 * statement may be, and what is read as a stream, up to {@code quarkus.http.limits.max-body-size}.
 */
@Singleton
class BodyLimit {
    static final int BYTES = 256 * 1024;

    /** Read piece by piece by their resources, so that they do not fill the memory. */
    private static final Set<String> STREAMED = Set.of("/api/v1/products/import");

    private static final Duration LINGER = Duration.ofMillis(500);
    private static final String IMAGE = "/api/v1/products/\\d+/image";
    private static final long IMAGE_BYTES = 6 * 1024 * 1024;
    private static final String STATEMENT = "/api/v1/payments/bank-statements";
    private static final long STATEMENT_BYTES = 8 * 1024 * 1024;

    void announced(@Observes Filters filters) {
        filters.register(BodyLimit::check, Doors.BODY_LIMIT);
    }

    private static void check(RoutingContext door) {
        if (!isAnyAnnounced(door.request())) {
            door.next();
            return;
        }
        door.addEndHandler(ended -> {
            if (door.response().getStatusCode() == 413) {
                hangUp(door);
            }
        });
        String encoding = door.request().getHeader(HttpHeaders.CONTENT_ENCODING);
        String length = door.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (encoding != null && !encoding.isBlank() && !encoding.equalsIgnoreCase("identity")) {
            // Packed, a body has another length than it says: a hundred bytes may be a gigabyte.
            door.fail(415);
        } else if (length != null && longer(length, limit(door.request()))) {
            door.fail(413);
        } else {
            door.next();
        }
    }

    /** Whether something follows the head. */
    static boolean isAnyAnnounced(HttpServerRequest request) {
        // Other versions of HTTP need not announce a body.
        return request.version() != HttpVersion.HTTP_1_1
                || request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    // What is on its way is read and dropped for a moment: hung up on at once, a client that still sends loses our
    // answer.
    private static void hangUp(RoutingContext door) {
        HttpServerRequest request = door.request();
        if (!request.isEnded()) {
            request.handler(dropped -> {});
            request.resume();
        }
        door.vertx().setTimer(LINGER.toMillis(), over -> request.connection().close());
    }

    private static boolean longer(String length, long limit) {
        try {
            return Long.parseLong(length.trim()) > limit;
        } catch (NumberFormatException unreadable) {
            return true;
        }
    }

    /** What whoever sends more than the limit is told; of what is streamed the server's own limit says no. */
    static Refusal refusal(HttpServerRequest request) {
        long limit = limit(request);
        return limit == Long.MAX_VALUE ? Faults.ofStatus(413) : Faults.payloadTooLarge(limit);
    }

    /** Whether it may be no longer than most. */
    static boolean isSmall(HttpServerRequest request) {
        return limit(request) == BYTES;
    }

    private static long limit(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.POST)) {
            return BYTES;
        }
        String path = request.path();
        if (STREAMED.contains(path)) {
            return Long.MAX_VALUE;
        }
        if (path.equals(STATEMENT)) {
            return STATEMENT_BYTES;
        }
        return path.matches(IMAGE) ? IMAGE_BYTES : BYTES;
    }

    /** Counts what is read of a body: one sent in chunks has no length to look at. */
    @Provider
    static class Counted implements ReaderInterceptor {
        private final CurrentVertxRequest door;

        Counted(CurrentVertxRequest door) {
            this.door = door;
        }

        @Override
        public Object aroundReadFrom(ReaderInterceptorContext body) throws IOException {
            body.setInputStream(new CountedStream(
                    body.getInputStream(), limit(door.getCurrent().request())));
            return body.proceed();
        }
    }

    private static final class CountedStream extends FilterInputStream {
        private final long limit;
        private long left;

        CountedStream(InputStream body, long limit) {
            super(body);
            this.limit = limit;
            this.left = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read;
            try {
                read = super.read(into, offset, length);
            } catch (IOException gone) {
                throw new Unreadable(gone);
            }
            left -= Math.max(0, read);
            if (left < 0) {
                throw new TooLarge(limit);
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            // Closing would read what is left to its end, which for a body that is too large may be never.
            if (left >= 0) {
                super.close();
            }
        }
    }

    /** More came than may come. An IOException, because readers pass those on as they are. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        final long limit;

        TooLarge(long limit) {
            this.limit = limit;
        }
    }

    /** The client went away or stopped sending. */
    static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1L;

        Unreadable(IOException cause) {
            super(cause);
        }
    }
}
