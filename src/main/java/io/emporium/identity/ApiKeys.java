package io.emporium.identity;

import io.emporium.shared.Page;
import io.emporium.shared.Refusal;
import io.emporium.web.AuditLog;
import io.emporium.web.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Keys with which programs call in the name of whoever made them (low-level-design 6.3). A key is known to whoever has it; the
 * shop keeps its SHA-256. It may never do more than its owner may at the moment.
 */
@ApplicationScoped
class ApiKeys {
    /** How a key begins: whoever finds one in a text knows what it is. */
    static final String BEGINNING = "emp_";

    private static final int SHOWN = BEGINNING.length() + 8;
    private static final int DAYS = 90;
    private static final int RATE = 300;
    // Whoever looks which keys are in use wants days; a write for each call would cost more than the call.
    private static final Duration COARSE = Duration.ofMinutes(5);
    private static final String COLUMNS =
            "api_key_id, name, prefix, array_to_string(scopes, ' ') AS scopes, rate, user_id, created_at, expires_at, last_used_at, revoked_at";

    private final EntityManager database;
    private final DataSource connections;
    private final SecondFactorSettings secondFactor;
    private final AuditLog audit;
    private final Clock clock;

    ApiKeys(
            EntityManager database,
            DataSource connections,
            SecondFactorSettings secondFactor,
            AuditLog audit,
            Clock clock) {
        this.database = database;
        this.connections = connections;
        this.secondFactor = secondFactor;
        this.audit = audit;
        this.clock = clock;
    }

    /** A key that opens something, and what. */
    record Live(long apiKeyId, long userId, Role role, String prefix, Set<Scope> scopes, int rate) {}

    /** @throws Refusal VALIDATION_ERROR for a scope that there is not */
    @Transactional
    ApiKeyView.Created create(long userId, ApiKeyRequest request) {
        List<String> scopes = request.scopes().stream()
                .map(code -> Scope.of(code).orElseThrow(IdentityError::unknownScope))
                .distinct()
                .map(Scope::code)
                .toList();
        // Two: nothing of what is secret is shown.
        String key = BEGINNING + Secrets.random().substring(0, SHOWN - BEGINNING.length()) + "_" + Secrets.random();
        Instant now = clock.instant();
        int days = request.expiresInDays() == null ? DAYS : request.expiresInDays();
        List<Object[]> created = database.createNativeQuery("""
                        INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes, rate, created_at, expires_at)
                        VALUES (:user, :name, :prefix, :hash, string_to_array(:scopes, ' '), :rate, :now, :expires)
                        RETURNING %s
                        """.formatted(COLUMNS), Object[].class)
                .setParameter("user", userId)
                .setParameter("name", request.name())
                .setParameter("prefix", key.substring(0, SHOWN))
                .setParameter("hash", Secrets.hash(key))
                .setParameter("scopes", String.join(" ", scopes))
                .setParameter("rate", request.rate() == null ? RATE : request.rate())
                .setParameter("now", now)
                .setParameter("expires", now.plus(Duration.ofDays(days)))
                .getResultList();
        ApiKeyView view = view(created.getFirst());
        audit.record("api_key.created", "api_key", view.apiKeyId(), null, view);
        return new ApiKeyView.Created(key, view);
    }

    /** Everybody's, the newest first, those that hold no more too. */
    @Transactional
    Page<ApiKeyView> list(int number, int limit) {
        List<Object[]> found = database.createNativeQuery(
                        "SELECT " + COLUMNS + " FROM api_keys ORDER BY api_key_id DESC LIMIT :limit OFFSET :offset",
                        Object[].class)
                .setParameter("limit", limit)
                .setParameter("offset", Page.offset(number, limit))
                .getResultList();
        long all = ((Number) database.createNativeQuery("SELECT count(*) FROM api_keys", Long.class)
                        .getSingleResult())
                .longValue();
        return new Page<>(found.stream().map(ApiKeys::view).toList(), number, limit, all);
    }

    /**
     * From the next call on it opens nothing.
     *
     * @throws Refusal RESOURCE_NOT_FOUND if there is none, or it was revoked before
     */
    @Transactional
    void revoke(long apiKeyId) {
        int revoked = database.createNativeQuery(
                        "UPDATE api_keys SET revoked_at = :now WHERE api_key_id = :key AND revoked_at IS NULL")
                .setParameter("now", clock.instant())
                .setParameter("key", apiKeyId)
                .executeUpdate();
        if (revoked == 0) {
            throw Refusal.notFound("API key");
        }
        audit.record("api_key.revoked", "api_key", apiKeyId, null, null);
    }

    /** What somebody's keys open ends with what they were trusted with: none of them comes back by itself. */
    @Transactional(Transactional.TxType.MANDATORY)
    void revokeAll(long userId) {
        List<Long> revoked = database.createNativeQuery("""
                        UPDATE api_keys SET revoked_at = :now WHERE user_id = :user AND revoked_at IS NULL RETURNING api_key_id
                        """, Long.class)
                .setParameter("now", clock.instant())
                .setParameter("user", userId)
                .getResultList();
        revoked.forEach(key -> audit.record("api_key.revoked", "api_key", key, null, null));
    }

    /** Whose key it is and what it opens, asked on every call: neither revoked nor expired, its owner an active admin, with a second factor where they need one. */
    Optional<Live> find(String key) {
        Instant now = clock.instant();
        // Plain JDBC, as in Sessions.standingOf.
        try (var connection = connections.getConnection();
                var query = connection.prepareStatement("""
                    SELECT k.api_key_id, k.user_id, u.role, k.prefix, k.scopes, k.rate, k.last_used_at
                      FROM api_keys k JOIN users u USING (user_id)
                     WHERE k.key_hash = ? AND k.revoked_at IS NULL AND k.expires_at > ? AND u.is_active AND u.role = 'admin'
                       AND (u.second_factor_since IS NOT NULL OR NOT ?)
                    """)) {
            query.setBytes(1, Secrets.hash(key));
            query.setObject(2, now.atOffset(ZoneOffset.UTC));
            query.setBoolean(3, secondFactor.adminsNeedOne());
            try (var rows = query.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                Set<Scope> scopes = EnumSet.noneOf(Scope.class);
                for (String code : (String[]) rows.getArray(5).getArray()) {
                    Scope.of(code).ifPresent(scopes::add);
                }
                var live = new Live(
                        rows.getLong(1),
                        rows.getLong(2),
                        Role.of(rows.getString(3)),
                        rows.getString(4),
                        Set.copyOf(scopes),
                        rows.getInt(6));
                var used = rows.getTimestamp(7);
                if (used == null || used.toInstant().isBefore(now.minus(COARSE))) {
                    used(connection, live.apiKeyId(), now);
                }
                return Optional.of(live);
            }
        } catch (SQLException away) {
            throw new IllegalStateException("The API key could not be looked up", away);
        }
    }

    private static void used(Connection connection, long apiKeyId, Instant now) throws SQLException {
        try (var update = connection.prepareStatement("""
                        UPDATE api_keys SET last_used_at = ? WHERE api_key_id = ? AND (last_used_at IS NULL OR last_used_at < ?)
                        """)) {
            update.setObject(1, now.atOffset(ZoneOffset.UTC));
            update.setLong(2, apiKeyId);
            update.setObject(3, now.minus(COARSE).atOffset(ZoneOffset.UTC));
            update.executeUpdate();
        }
    }

    private static ApiKeyView view(Object[] row) {
        return new ApiKeyView(
                ((Number) row[0]).longValue(),
                (String) row[1],
                (String) row[2],
                List.of(((String) row[3]).split(" ", -1)),
                ((Number) row[4]).intValue(),
                ((Number) row[5]).longValue(),
                (Instant) row[6],
                (Instant) row[7],
                (Instant) row[8],
                (Instant) row[9]);
    }
}
