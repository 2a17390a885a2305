package io.emporium.web;

import io.emporium.shared.Collision;
import io.emporium.shared.Refusal;
import io.quarkus.security.AuthenticationException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.persistence.OptimisticLockException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException;
import org.jspecify.annotations.Nullable;

/** What the caller is told of a failure that no module foresaw. What it was stays in the log. */
final class Faults {
    private static final Duration SOON = Duration.ofSeconds(1);
    // Promise 9: an outage of the database is answered with at most 5 s.
    private static final Duration AFTER_AN_OUTAGE = Duration.ofSeconds(3);
    private static final int LONGEST_CHAIN = 30;

    private Faults() {}

    /** The refusal behind a failure; INTERNAL_SERVER_ERROR if it is a fault of ours. */
    static Refusal refusal(Throwable failure) {
        List<Throwable> chain = chain(failure);
        for (Throwable link : chain) {
            if (link instanceof Refusal refusal) {
                return refusal;
            }
            if (link instanceof BodyLimit.TooLarge tooLarge) {
                return payloadTooLarge(tooLarge.limit);
            }
            if (link instanceof BodyLimit.Unreadable) {
                return malformed("The request's body could not be read");
            }
        }
        // Asked before security: a token that could not be looked up is no invalid token.
        for (Throwable link : chain) {
            Refusal refusal = ofDatabase(link);
            if (refusal != null) {
                return refusal;
            }
        }
        return switch (failure) {
            case UnauthorizedException ignored -> authenticationRequired();
            case AuthenticationException ignored -> invalidToken();
            case ForbiddenException ignored -> forbidden();
            case RejectedExecutionException ignored -> unavailable(SOON);
            case FaultToleranceException ignored -> unavailable(SOON);
            default -> internal();
        };
    }

    /** The causes, and then what was suppressed on the way: a commit that failed says there why. */
    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        Deque<Throwable> begun = new ArrayDeque<>(List.of(failure));
        while (!begun.isEmpty()) {
            for (Throwable link = begun.remove();
                    link != null && chain.size() < LONGEST_CHAIN;
                    link = link.getCause()) {
                chain.add(link);
                begun.addAll(List.of(link.getSuppressed()));
            }
        }
        return chain;
    }

    private static @Nullable Refusal ofDatabase(Throwable link) {
        if (link instanceof OptimisticLockException) {
            return new Refusal(
                    Refusal.Code.REQUEST_IN_PROGRESS,
                    "Somebody else changed this at the same moment; read it again",
                    Map.of(),
                    SOON);
        }
        if (link instanceof SQLTransientConnectionException) {
            return unavailable(AFTER_AN_OUTAGE);
        }
        return link instanceof SQLException sql ? ofSql(sql) : null;
    }

    private static @Nullable Refusal ofSql(SQLException sql) {
        String state = sql.getSQLState();
        if (state == null) {
            // Agroal's: every connection of the pool was in use for as long as we were ready to wait.
            return String.valueOf(sql.getMessage()).startsWith("Acquisition timeout") ? unavailable(SOON) : null;
        }
        if (Collision.is(sql)) {
            return unavailable(SOON);
        }
        return switch (state.substring(0, Math.min(2, state.length()))) {
            // Connection, login, no such database, resources, shutdown or cancelled.
            case "08", "28", "3D", "53", "57" -> unavailable(AFTER_AN_OUTAGE);
            case "22" ->
                new Refusal(Refusal.Code.VALIDATION_ERROR, "A value in the request is out of range or not storable");
            default -> null;
        };
    }

    static Refusal malformed(String message) {
        return new Refusal(Refusal.Code.MALFORMED_REQUEST, message);
    }

    static Refusal notFound() {
        return Refusal.notFound("Resource");
    }

    /** @param most bytes */
    static Refusal payloadTooLarge(long most) {
        return new Refusal(
                Refusal.Code.PAYLOAD_TOO_LARGE,
                "The request's body is larger than " + most / 1024 + " KB",
                Map.of("max_bytes", most));
    }

    static Refusal authenticationRequired() {
        return new Refusal(Refusal.Code.AUTHENTICATION_REQUIRED, "Authentication required");
    }

    static Refusal invalidToken() {
        return new Refusal(Refusal.Code.INVALID_TOKEN, "The access token is invalid or has expired");
    }

    static Refusal forbidden() {
        return new Refusal(Refusal.Code.FORBIDDEN, "You may not do this");
    }

    static Refusal unavailable(Duration retryAfter) {
        return Refusal.notNow("Temporarily unavailable, try again", retryAfter);
    }

    static Refusal internal() {
        return new Refusal(Refusal.Code.INTERNAL_SERVER_ERROR, "Something went wrong on our side");
    }

    static Refusal secondFactorFirst() {
        return new Refusal(
                Refusal.Code.FORBIDDEN,
                "Turn on a second factor first: POST /api/v1/users/me/second-factor",
                Map.of("reason", "second_factor_needed"));
    }

    /** For a status that the framework chose by itself. */
    static Refusal ofStatus(int status) {
        return switch (status) {
            case 401 -> authenticationRequired();
            case 403 -> forbidden();
            case 404, 410 -> notFound();
            case 405 -> new Refusal(Refusal.Code.METHOD_NOT_ALLOWED, "This resource has no such method");
            case 406 ->
                new Refusal(Refusal.Code.NOT_ACCEPTABLE, "This resource is not available in a format you accept");
            case 413 -> payloadTooLarge(BodyLimit.BYTES);
            case 415 ->
                new Refusal(Refusal.Code.UNSUPPORTED_MEDIA_TYPE, "This resource does not take this content type");
            case 503 -> unavailable(SOON);
            default -> status >= 400 && status < 500 ? malformed("The request could not be understood") : internal();
        };
    }
}
