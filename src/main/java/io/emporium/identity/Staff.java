package io.emporium.identity;

import io.emporium.shared.Page;
import io.emporium.shared.Refusal;
import io.emporium.web.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what in the shop, given and taken: it acts on the next call, for that is when {@link SessionCheck} asks. There is
 * always an admin left, however many are at it.
 */
@ApplicationScoped
class Staff {
    /** Counted no further: nobody pages through all customers. */
    private static final int COUNTED = 10_000;

    private final EntityManager database;
    private final Sessions sessions;
    private final ApiKeys keys;
    private final LinkedIdentities identities;
    private final SecondFactors secondFactors;
    private final AuditLog audit;
    private final Clock clock;

    Staff(
            EntityManager database,
            Sessions sessions,
            ApiKeys keys,
            LinkedIdentities identities,
            SecondFactors secondFactors,
            AuditLog audit,
            Clock clock) {
        this.database = database;
        this.sessions = sessions;
        this.keys = keys;
        this.identities = identities;
        this.secondFactors = secondFactors;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Accounts, the newest first; none of those who have left.
     *
     * @param text an e-mail address or a user's number; null: everybody
     */
    @Transactional
    Page<User> find(@Nullable String text, @Nullable Role role, int number, int limit) {
        String where = " FROM users WHERE erased_at IS NULL"
                + (text == null ? "" : " AND (email = CAST(:text AS citext) OR user_id = CAST(:id AS bigint))")
                + (role == null ? "" : " AND role = '" + role.code() + "'");
        var found = database.createNativeQuery(
                "SELECT *" + where + " ORDER BY user_id DESC LIMIT :limit OFFSET :offset", User.class);
        var counted = database.createNativeQuery(
                "SELECT count(*) FROM (SELECT 1" + where + " LIMIT " + COUNTED + ") counted", Long.class);
        if (text != null) {
            Long id = text.matches("[1-9][0-9]{0,17}") ? Long.valueOf(text) : null;
            found.setParameter("text", text).setParameter("id", id);
            counted.setParameter("text", text).setParameter("id", id);
        }
        List<?> users = found.setParameter("limit", limit)
                .setParameter("offset", Page.offset(number, limit))
                .getResultList();
        return new Page<>(
                users.stream().map(User.class::cast).toList(),
                number,
                limit,
                ((Number) counted.getSingleResult()).longValue());
    }

    /**
     * Gives somebody another role.
     *
     * @param by who gives it, and must hold it
     * @throws Refusal RESOURCE_NOT_FOUND, FORBIDDEN, INVALID_STATUS_TRANSITION for the last admin
     */
    @Transactional
    User appoint(long by, long userId, Role role) {
        User user = locked(by, userId, role);
        Role before = user.role();
        if (before != role) {
            user.appoint(role, clock.instant());
            if (before == Role.ADMIN) {
                keys.revokeAll(userId);
            }
            if (before == Role.CUSTOMER) {
                identities.isOneOfUsNow(userId);
            }
            audit.record(
                    "user.role_changed", "user", userId, Map.of("role", before.code()), Map.of("role", role.code()));
        }
        return user;
    }

    /**
     * Lets somebody sign in, or no longer: then what they are signed in to ends.
     *
     * @param by who lets them, and must hold their role
     * @throws Refusal RESOURCE_NOT_FOUND, FORBIDDEN, INVALID_STATUS_TRANSITION for the last admin
     */
    @Transactional
    User activate(long by, long userId, boolean isActive) {
        User user = locked(by, userId, isActive ? null : Role.CUSTOMER);
        if (user.isActive() != isActive) {
            Instant now = clock.instant();
            user.activate(isActive, now);
            if (!isActive) {
                sessions.endAll(userId, null, Sessions.End.DEACTIVATED);
                keys.revokeAll(userId);
            }
            audit.record(
                    isActive ? "user.activated" : "user.deactivated",
                    "user",
                    userId,
                    Map.of("is_active", !isActive),
                    Map.of("is_active", isActive));
        }
        return user;
    }

    /**
     * Takes the second factor from somebody who has lost it with its recovery codes; what they are signed in to ends.
     *
     * @param by who takes it, and must hold their role; not their own
     * @throws Refusal RESOURCE_NOT_FOUND if there is none, FORBIDDEN
     */
    @Transactional
    void takeSecondFactor(long by, long userId) {
        if (by == userId) {
            throw IdentityError.notOnesOwn();
        }
        User user = locked(by, userId, null);
        if (!user.hasSecondFactor()) {
            throw Refusal.notFound("Second factor");
        }
        secondFactors.takeFrom(user);
        sessions.endAll(userId, null, Sessions.End.SECOND_FACTOR);
        audit.record("user.second_factor_taken", "user", userId, null, null);
    }

    /** @param role what they shall be, or null if they stay what they are; unless it is admin, another one must be left */
    private User locked(long by, long userId, @Nullable Role role) {
        // First of all, and of everybody: of two admins who depose each other the second finds themselves deposed.
        List<Long> admins = User.lockActiveAdmins();
        User user = User.lock(userId).orElseThrow(() -> Refusal.notFound("User"));
        boolean isOfStaff = user.role() != Role.CUSTOMER || role != null && role != Role.CUSTOMER;
        if (isOfStaff && !admins.contains(by)) {
            throw IdentityError.notTheirsToGive();
        }
        if (role != null && role != Role.ADMIN && admins.equals(List.of(userId))) {
            throw IdentityError.lastAdminStays();
        }
        return user;
    }
}
