package io.emporium.identity;

import io.emporium.outbox.NotAWorker;
import io.emporium.shared.CardNumbers;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Who is signed in, and with which refresh token they stay so. The life cycle is drawn in the package's documentation. */
@ApplicationScoped
class Sessions {
    private static final int LONGEST_USER_AGENT = 255;
    private static final int MOST_TOLD = 200;
    // Ended sessions stay a while, so that a stolen token that comes late is still recognised and logged.
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private final EntityManager database;
    private final DataSource connections;
    private final TokenSettings settings;
    private final Clock clock;

    Sessions(EntityManager database, DataSource connections, TokenSettings settings, Clock clock) {
        this.database = database;
        this.connections = connections;
        this.settings = settings;
        this.clock = clock;
    }

    /** A session with its one live refresh token, in clear: it is told to the client once and stored hashed. */
    record Session(UUID sessionId, long userId, Role role, String refreshToken) {}

    /** Why a session ended. */
    enum End {
        LOGOUT("logout"),
        REFRESH_REUSE("refresh_reuse"),
        PASSWORD_CHANGED("password_changed"),
        DEACTIVATED("deactivated"),
        SECOND_FACTOR("second_factor"),
        IDENTITY_UNLINKED("identity_unlinked");

        final String code;

        End(String code) {
            this.code = code;
        }
    }

    /**
     * Begins a session for somebody whose password was found right, or who was vouched for, and whose second factor was if they had
     * one.
     *
     * @return empty if either has been changed since, or they have left
     */
    @Transactional
    Optional<Session> start(User user, @Nullable String userAgent) {
        UUID sessionId = UUID.randomUUID();
        Instant now = clock.instant();
        // Waits for whoever is changing the password, and then looks again: their sweep of the sessions has not seen
        // this one.
        int begun = database.createNativeQuery("""
                        INSERT INTO sessions (session_id, user_id, created_at, last_used_at, expires_at, user_agent)
                        SELECT :session, user_id, CAST(:now AS timestamptz), CAST(:now AS timestamptz),
                               CAST(:expires AS timestamptz), CAST(:agent AS varchar)
                          FROM users
                         WHERE user_id = :user AND is_active
                           AND password_changed_at IS NOT DISTINCT FROM CAST(:seen AS timestamptz)
                           AND second_factor_since IS NOT DISTINCT FROM CAST(:factor AS timestamptz)
                           FOR SHARE
                        """)
                .setParameter("session", sessionId)
                .setParameter("user", user.userId())
                .setParameter("seen", user.passwordChangedAt)
                .setParameter("factor", user.secondFactorSince)
                .setParameter("now", now)
                .setParameter("expires", now.plus(settings.refreshExpiry()))
                .setParameter("agent", storable(userAgent))
                .executeUpdate();
        return begun == 0
                ? Optional.empty()
                : Optional.of(new Session(sessionId, user.userId(), user.role(), newToken(sessionId, now)));
    }

    /**
     * Spends a refresh token for the next one. Of any number of calls with one token at most one succeeds; a token that was
     * dead when it was presented ends its session, since one of the two who hold it has stolen it.
     *
     * <p>A token that was still alive when it was presented and was spent by another call meanwhile is merely refused: that
     * is an honest double submit, and the answer of the other call stays good. One that comes after that answer was
     * committed cannot be told from a thief and ends the session.
     *
     * @return empty if the token is not good for anything
     */
    Optional<Session> rotate(String refreshToken) {
        // In a transaction of its own that always commits: the end of a session must outlive the refusal that tells of
        // it.
        return QuarkusTransaction.requiringNew().call(() -> {
            byte[] hash = Secrets.hash(refreshToken);
            Instant now = clock.instant();
            List<Object[]> presented = database.createNativeQuery(
                            "SELECT session_id, used_at IS NOT NULL FROM refresh_tokens WHERE token_hash = :hash",
                            Object[].class)
                    .setParameter("hash", hash)
                    .getResultList();
            if (presented.isEmpty()) {
                return Optional.empty();
            }
            if ((Boolean) presented.getFirst()[1]) {
                end((UUID) presented.getFirst()[0], End.REFRESH_REUSE);
                return Optional.empty();
            }
            List<Object[]> spent = database.createNativeQuery("""
                            UPDATE refresh_tokens t SET used_at = :now
                              FROM sessions s JOIN users u USING (user_id)
                             WHERE t.token_hash = :hash AND t.used_at IS NULL AND t.expires_at > :now
                               AND s.session_id = t.session_id AND s.ended_at IS NULL AND s.expires_at > :now
                               AND u.is_active
                            RETURNING s.session_id, u.user_id, u.role
                            """, Object[].class)
                    .setParameter("now", now)
                    .setParameter("hash", hash)
                    .getResultList();
            if (spent.isEmpty()) {
                return Optional.empty();
            }
            Object[] row = spent.getFirst();
            UUID sessionId = (UUID) row[0];
            database.createNativeQuery("""
                            UPDATE sessions SET last_used_at = :now, expires_at = :expires WHERE session_id = :session
                            """)
                    .setParameter("now", now)
                    .setParameter("expires", now.plus(settings.refreshExpiry()))
                    .setParameter("session", sessionId)
                    .executeUpdate();
            return Optional.of(new Session(
                    sessionId, ((Number) row[1]).longValue(), Role.of((String) row[2]), newToken(sessionId, now)));
        });
    }

    /** Ends a session; one that has ended stays as it is. */
    @Transactional
    void end(UUID sessionId, End reason) {
        database.createNativeQuery("""
                        UPDATE sessions SET ended_at = :now, end_reason = :reason
                         WHERE session_id = :session AND ended_at IS NULL
                        """)
                .setParameter("now", clock.instant())
                .setParameter("reason", reason.code)
                .setParameter("session", sessionId)
                .executeUpdate();
    }

    /** Ends all sessions of a user but one, which may be null. */
    @Transactional(Transactional.TxType.MANDATORY)
    void endAll(long userId, @Nullable UUID butThis, End reason) {
        database.createNativeQuery("""
                        UPDATE sessions SET ended_at = :now, end_reason = :reason
                         WHERE user_id = :user AND ended_at IS NULL AND session_id IS DISTINCT FROM CAST(:this AS uuid)
                        """)
                .setParameter("now", clock.instant())
                .setParameter("reason", reason.code)
                .setParameter("user", userId)
                .setParameter("this", butThis)
                .executeUpdate();
    }

    /** Those of a user that hold, the last used first. */
    @Transactional
    List<SessionView> live(long userId, @Nullable UUID current) {
        List<Object[]> found = database.createNativeQuery("""
                        SELECT session_id, created_at, last_used_at, expires_at, user_agent FROM sessions
                         WHERE user_id = :user AND ended_at IS NULL AND expires_at > :now
                         ORDER BY last_used_at DESC, session_id LIMIT :most
                        """, Object[].class)
                .setParameter("user", userId)
                .setParameter("now", clock.instant())
                .setParameter("most", MOST_TOLD)
                .getResultList();
        return found.stream()
                .map(row -> new SessionView(
                        (UUID) row[0],
                        (Instant) row[1],
                        (Instant) row[2],
                        (Instant) row[3],
                        (String) row[4],
                        row[0].equals(current)))
                .toList();
    }

    /** @return whether it was theirs and live until now */
    @Transactional
    boolean endOwn(UUID sessionId, long userId) {
        return database.createNativeQuery("""
                                UPDATE sessions SET ended_at = :now, end_reason = :reason
                                 WHERE session_id = :session AND user_id = :user AND ended_at IS NULL AND expires_at > :now
                                """)
                        .setParameter("now", clock.instant())
                        .setParameter("reason", End.LOGOUT.code)
                        .setParameter("session", sessionId)
                        .setParameter("user", userId)
                        .executeUpdate()
                == 1;
    }

    /** The session a refresh token belongs to, if it is this user's. */
    Optional<UUID> findOwn(String refreshToken, long userId) {
        List<UUID> found = database.createNativeQuery("""
                        SELECT session_id FROM refresh_tokens JOIN sessions USING (session_id)
                         WHERE token_hash = :hash AND user_id = :user
                        """, UUID.class)
                .setParameter("hash", Secrets.hash(refreshToken))
                .setParameter("user", userId)
                .getResultList();
        return found.stream().findFirst();
    }

    /** What somebody who is signed in is at this moment. */
    record Standing(Role role, boolean hasSecondFactor) {}

    /**
     * What somebody is who is signed in: the session is live, it is theirs, and they are active. Asked on every call,
     * which is why a logout, a deactivation and a change of role act at once (promises 11 and 12).
     */
    Optional<Standing> standingOf(UUID sessionId, long userId) {
        // Plain JDBC: this runs before the request has a transaction or a persistence context, and should not make one.
        try (var connection = connections.getConnection();
                var query = connection.prepareStatement("""
                        SELECT u.role, u.second_factor_since IS NOT NULL FROM sessions s JOIN users u USING (user_id)
                         WHERE s.session_id = ? AND u.user_id = ? AND u.is_active
                           AND s.ended_at IS NULL AND s.expires_at > ?
                        """)) {
            query.setObject(1, sessionId);
            query.setLong(2, userId);
            query.setObject(3, clock.instant().atOffset(ZoneOffset.UTC));
            try (var rows = query.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Standing(Role.of(rows.getString(1)), rows.getBoolean(2)))
                        : Optional.empty();
            }
        } catch (SQLException away) {
            throw new IllegalStateException("The session could not be looked up", away);
        }
    }

    /** Forgets sessions that are over, and their tokens with them. */
    @Scheduled(every = "1h", delayed = "5m", skipExecutionIf = NotAWorker.class)
    @Transactional
    void forget() {
        database.createNativeQuery("DELETE FROM sessions WHERE expires_at < :before")
                .setParameter("before", clock.instant().minus(REMEMBERED))
                .executeUpdate();
    }

    private String newToken(UUID sessionId, Instant now) {
        String token = Secrets.random();
        database.createNativeQuery("""
                        INSERT INTO refresh_tokens (token_hash, session_id, created_at, expires_at)
                        VALUES (:hash, :session, :now, :expires)
                        """)
                .setParameter("hash", Secrets.hash(token))
                .setParameter("session", sessionId)
                .setParameter("now", now)
                .setParameter("expires", now.plus(settings.refreshExpiry()))
                .executeUpdate();
        return token;
    }

    private static @Nullable String storable(@Nullable String userAgent) {
        if (userAgent == null || CardNumbers.isInText(userAgent)) {
            return null;
        }
        String plain = userAgent.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.substring(0, Math.min(plain.length(), LONGEST_USER_AGENT));
    }
}
