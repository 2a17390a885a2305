package io.emporium.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.shared.Batches;
import io.emporium.shared.CardNumbers;
import io.emporium.shared.Refusal;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers a retried request with its first answer (contract.md "Retrying safely"). A key belongs to a user and lives
 * 24 hours; the same key with another request is refused with IDEMPOTENCY_KEY_REUSED, and while the first one runs with
 * REQUEST_IN_PROGRESS.
 *
 * <p>It saves a client from a second answer, not the shop from a second effect: that is guarded by constraints of their
 * own (one order a cart, one live payment an order), because a process can die between the effect and its answer.
 */
@ApplicationScoped
public class Idempotency {
    /** The request header that carries the key: 1–255 visible ASCII characters. */
    public static final String HEADER = "Idempotency-Key";

    private static final int PURGED_AT_ONCE = 1_000;
    private static final Duration KEPT = Duration.ofHours(24);
    // Longer than any request can run: the provider's read time-out is 15 s.
    private static final Duration LEASE = Duration.ofSeconds(60);
    /** These say that nothing was begun, so the same request may be sent again with its key. */
    private static final Set<Refusal.Code> NOT_BEGUN = EnumSet.of(
            Refusal.Code.VALIDATION_ERROR,
            Refusal.Code.MALFORMED_REQUEST,
            Refusal.Code.AUTHENTICATION_REQUIRED,
            Refusal.Code.INVALID_TOKEN,
            Refusal.Code.FORBIDDEN,
            Refusal.Code.RESOURCE_NOT_FOUND,
            Refusal.Code.REQUEST_IN_PROGRESS,
            Refusal.Code.IDEMPOTENCY_KEY_REUSED,
            Refusal.Code.RATE_LIMITED,
            Refusal.Code.INTERNAL_SERVER_ERROR,
            Refusal.Code.SERVICE_UNAVAILABLE);

    private final EntityManager database;
    private final ObjectMapper json;
    private final Clock clock;

    Idempotency(EntityManager database, ObjectMapper json, Clock clock) {
        this.database = database;
        this.json = json;
        this.clock = clock;
    }

    /**
     * A request that may be retried.
     *
     * @param userId whose key it is
     * @param key as the client sent it, or null: then nothing is kept
     * @param operation method and path, so that a key is not taken for another endpoint's
     * @param body the request's body as it was understood: unknown fields and white space do not count
     * @param status with which a success is answered
     */
    public record Request(long userId, @Nullable String key, String operation, Object body, int status) {
        public Request {
            if (key != null
                    && (key.isEmpty() || key.length() > 255 || !key.chars().allMatch(c -> c > 32 && c < 127))) {
                throw new Refusal(
                        Refusal.Code.VALIDATION_ERROR,
                        "Idempotency-Key must be 1 to 255 visible ASCII characters",
                        Map.of(
                                "fields",
                                List.of(Map.of("field", HEADER, "message", "1 to 255 visible ASCII characters"))));
            }
            // It is stored.
            if (CardNumbers.isInKey(key)) {
                throw new Refusal(
                        Refusal.Code.VALIDATION_ERROR,
                        "Card numbers are not accepted",
                        Map.of(
                                "fields",
                                List.of(Map.of("field", HEADER, "message", "must not contain a card number"))));
            }
        }
    }

    /**
     * Runs work that is one database transaction; key, effect and answer are committed together or not at all.
     *
     * @throws Refusal IDEMPOTENCY_KEY_REUSED, REQUEST_IN_PROGRESS, or the work's own
     */
    public <T> Answer<T> inOneTransaction(Request request, Supplier<Answer<T>> work) {
        if (request.key() == null) {
            return QuarkusTransaction.requiringNew().call(work::get);
        }
        byte[] hash = hash(request);
        try {
            return QuarkusTransaction.requiringNew().call(() -> {
                claim(request, hash);
                Answer<T> answer = work.get();
                keep(request, request.status(), answer);
                return answer;
            });
        } catch (Refusal refusal) {
            if (!NOT_BEGUN.contains(refusal.code())) {
                QuarkusTransaction.requiringNew().run(() -> {
                    claim(request, hash);
                    keep(request, refusal.code().status(), Failure.of(refusal));
                });
            }
            throw refusal;
        }
    }

    /**
     * Runs work that asks others over the network and has transactions of its own. The key is claimed for a minute
     * first; the work must bear being begun again should this process die in it.
     *
     * @throws Refusal IDEMPOTENCY_KEY_REUSED, REQUEST_IN_PROGRESS, or the work's own
     */
    public <T> Answer<T> acrossTransactions(Request request, Supplier<Outcome<T>> work) {
        if (request.key() == null) {
            return work.get().answer();
        }
        byte[] hash = hash(request);
        QuarkusTransaction.requiringNew().run(() -> claim(request, hash));
        try {
            Outcome<T> outcome = work.get();
            QuarkusTransaction.requiringNew().run(() -> keep(request, outcome.status(), outcome.answer()));
            return outcome.answer();
        } catch (Refusal refusal) {
            QuarkusTransaction.requiringNew().run(() -> {
                if (NOT_BEGUN.contains(refusal.code())) {
                    release(request);
                } else {
                    keep(request, refusal.code().status(), Failure.of(refusal));
                }
            });
            throw refusal;
        } catch (RuntimeException fault) {
            QuarkusTransaction.requiringNew().run(() -> release(request));
            throw fault;
        }
    }

    /** An answer whose status depends on how it went: 200, or 202 where the outcome is not known yet. */
    public record Outcome<T>(int status, Answer<T> answer) {}

    private void claim(Request request, byte[] hash) {
        Instant now = clock.instant();
        // The advisory lock tells "still running" from "new" without waiting for the other transaction.
        int claimed = database.createNativeQuery("""
                        INSERT INTO idempotency_keys AS held (user_id, key, request_hash, locked_until, created_at, expires_at)
                        SELECT :user, CAST(:key AS varchar), CAST(:hash AS bytea), CAST(:lease AS timestamptz), CAST(:now AS timestamptz), CAST(:expires AS timestamptz)
                         WHERE pg_try_advisory_xact_lock(hashtextextended(CAST(:key AS varchar), :user))
                        ON CONFLICT (user_id, key) DO UPDATE
                           SET request_hash = excluded.request_hash, status_code = NULL, answer = NULL,
                               locked_until = excluded.locked_until, created_at = excluded.created_at, expires_at = excluded.expires_at
                         WHERE held.expires_at <= :now
                            OR (held.locked_until <= :now AND held.request_hash = excluded.request_hash)
                        """)
                .setParameter("user", request.userId())
                .setParameter("key", request.key())
                .setParameter("hash", hash)
                .setParameter("lease", now.plus(LEASE))
                .setParameter("now", now)
                .setParameter("expires", now.plus(KEPT))
                .executeUpdate();
        if (claimed == 0) {
            throw answered(request, hash);
        }
    }

    private RuntimeException answered(Request request, byte[] hash) {
        List<Object[]> rows = database.createNativeQuery(
                        "SELECT request_hash, status_code, answer FROM idempotency_keys WHERE user_id = :user AND key = :key",
                        Object[].class)
                .setParameter("user", request.userId())
                .setParameter("key", request.key())
                .getResultList();
        if (rows.isEmpty()) {
            return inProgress();
        }
        Object[] held = rows.getFirst();
        if (!MessageDigest.isEqual((byte[]) held[0], hash)) {
            return new Refusal(
                    Refusal.Code.IDEMPOTENCY_KEY_REUSED, "This Idempotency-Key was used for another request");
        }
        return held[1] == null ? inProgress() : new Replay(((Number) held[1]).intValue(), (String) held[2]);
    }

    private static Refusal inProgress() {
        return new Refusal(
                Refusal.Code.REQUEST_IN_PROGRESS,
                "The first request with this Idempotency-Key is still running",
                Map.of(),
                Duration.ofSeconds(1));
    }

    private void keep(Request request, int status, Object answer) {
        database.createNativeQuery("""
                        UPDATE idempotency_keys SET status_code = :status, answer = :answer, locked_until = NULL
                         WHERE user_id = :user AND key = :key
                        """)
                .setParameter("status", status)
                .setParameter("answer", write(answer))
                .setParameter("user", request.userId())
                .setParameter("key", request.key())
                .executeUpdate();
    }

    private void release(Request request) {
        database.createNativeQuery(
                        "DELETE FROM idempotency_keys WHERE user_id = :user AND key = :key AND status_code IS NULL")
                .setParameter("user", request.userId())
                .setParameter("key", request.key())
                .executeUpdate();
    }

    @Scheduled(every = "1h", delayed = "1m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void purge() {
        Batches.workOff(PURGED_AT_ONCE, this::forgetExpired);
    }

    /**
     * Removes keys whose 24 hours are over.
     *
     * @param limit how many at most
     * @return how many it were
     */
    @Transactional
    public int forgetExpired(int limit) {
        return database.createNativeQuery("""
                        DELETE FROM idempotency_keys WHERE (user_id, key) IN (
                            SELECT user_id, key FROM idempotency_keys WHERE expires_at <= :now LIMIT :limit FOR UPDATE SKIP LOCKED)
                        """)
                .setParameter("now", clock.instant())
                .setParameter("limit", limit)
                .executeUpdate();
    }

    private byte[] hash(Request request) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(request.operation().getBytes(StandardCharsets.UTF_8));
            return sha256.digest(write(request.body()).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Not a fault but the first answer, on its way to the caller past the code that would make a second one. */
    static final class Replay extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final int status;
        final String answer;

        Replay(int status, String answer) {
            super("replayed", null, false, false);
            this.status = status;
            this.answer = answer;
        }
    }
}
