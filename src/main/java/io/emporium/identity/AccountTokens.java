package io.emporium.identity;

import io.emporium.outbox.NotAWorker;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The secrets of mails that prove who somebody is: that an address is theirs, that they may choose a new password.
 *
 * <p>What is asked for is one row a user and purpose, under the id of the event that tells of it; asking again takes its
 * place. The secret itself, 256 random bits, is made when the mail leaves, and known to nobody but that mail: kept is its
 * hash. It is good once and for a while.
 */
@ApplicationScoped
public class AccountTokens {
    private final EntityManager database;
    private final TokenSettings settings;
    private final Clock clock;

    AccountTokens(EntityManager database, TokenSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /** What a secret is good for. */
    enum Purpose {
        VERIFY_EMAIL("verify_email"),
        RESET_PASSWORD("reset_password");

        final String code;

        Purpose(String code) {
            this.code = code;
        }
    }

    /**
     * A mail with a secret is wanted; what was asked for before is over. One that was asked for later stays.
     *
     * @param requestId of the event that tells of it
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void ask(long userId, Purpose purpose, UUID requestId, Instant now) {
        database.createNativeQuery("""
                        INSERT INTO account_requests (user_id, purpose, request_id, asked_at)
                        VALUES (:user, :purpose, :request, :now)
                        ON CONFLICT (user_id, purpose) DO UPDATE
                           SET request_id = excluded.request_id, asked_at = excluded.asked_at, used_at = NULL
                         WHERE account_requests.asked_at <= excluded.asked_at
                        """)
                .setParameter("user", userId)
                .setParameter("purpose", purpose.code)
                .setParameter("request", requestId)
                .setParameter("now", now)
                .executeUpdate();
    }

    /**
     * Makes the secret for a mail that leaves now; for each try another one.
     *
     * @param requestId the event the mail tells of
     * @return empty if nobody waits for that mail any more: it was asked for again, or so long ago that a link would be over by now, is
     *     settled, or they have left
     */
    @Transactional
    public Optional<String> issue(UUID requestId) {
        Instant now = clock.instant();
        List<String> wanted = database.createNativeQuery("""
                        SELECT r.purpose FROM account_requests r JOIN users u USING (user_id)
                         WHERE r.request_id = :request AND r.used_at IS NULL AND u.is_active
                           AND (r.purpose <> 'verify_email' OR u.email_verified_at IS NULL)
                           AND r.asked_at > CASE r.purpose WHEN 'verify_email' THEN CAST(:verifying AS timestamptz) ELSE CAST(:resetting AS timestamptz) END
                        """, String.class)
                .setParameter("request", requestId)
                .setParameter("verifying", now.minus(settings.verifyExpiry()))
                .setParameter("resetting", now.minus(settings.resetExpiry()))
                .getResultList();
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        String token = Secrets.random();
        database.createNativeQuery(
                        "INSERT INTO account_tokens (token_hash, request_id, expires_at) VALUES (:hash, :request, :expires)")
                .setParameter("hash", Secrets.hash(token))
                .setParameter("request", requestId)
                .setParameter(
                        "expires",
                        now.plus(
                                wanted.getFirst().equals(Purpose.VERIFY_EMAIL.code)
                                        ? settings.verifyExpiry()
                                        : settings.resetExpiry()))
                .executeUpdate();
        return Optional.of(token);
    }

    /** Whose secret it is, if it is good; it stays so. */
    @Transactional
    Optional<User> owner(String token, Purpose purpose) {
        List<User> found = database.createNativeQuery("""
                        SELECT u.* FROM account_tokens t JOIN account_requests r USING (request_id) JOIN users u USING (user_id)
                         WHERE t.token_hash = :hash AND t.expires_at > :now AND r.purpose = :purpose AND r.used_at IS NULL
                           AND u.is_active
                        """, User.class)
                .setParameter("hash", Secrets.hash(token))
                .setParameter("now", clock.instant())
                .setParameter("purpose", purpose.code)
                .getResultList();
        return found.stream().findFirst();
    }

    /**
     * Spends a secret, and with it every other one of the same request. Of any number at once one succeeds.
     *
     * @return whose it was; empty if it is none, is spent, has expired, or was followed by another
     */
    @Transactional(Transactional.TxType.MANDATORY)
    Optional<Long> spend(String token, Purpose purpose) {
        List<Long> spent = database.createNativeQuery("""
                        UPDATE account_requests r SET used_at = :now
                          FROM account_tokens t
                         WHERE t.token_hash = :hash AND t.expires_at > :now
                           AND r.request_id = t.request_id AND r.purpose = :purpose AND r.used_at IS NULL
                        RETURNING r.user_id
                        """, Long.class)
                .setParameter("now", clock.instant())
                .setParameter("hash", Secrets.hash(token))
                .setParameter("purpose", purpose.code)
                .getResultList();
        return spent.stream().findFirst();
    }

    /** Nobody waits for such a mail any more, and what has left opens nothing. */
    @Transactional(Transactional.TxType.MANDATORY)
    void revoke(long userId, Purpose purpose) {
        database.createNativeQuery("DELETE FROM account_requests WHERE user_id = :user AND purpose = :purpose")
                .setParameter("user", userId)
                .setParameter("purpose", purpose.code)
                .executeUpdate();
    }

    @Scheduled(every = "1h", delayed = "6m", skipExecutionIf = NotAWorker.class)
    @Transactional
    void forget() {
        database.createNativeQuery("DELETE FROM account_tokens WHERE expires_at < :now")
                .setParameter("now", clock.instant())
                .executeUpdate();
    }
}
