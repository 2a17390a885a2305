package io.emporium.identity;

import io.emporium.identity.IdentityError.NotLinked;
import io.emporium.identity.oidc.ProvenIdentity;
import io.emporium.outbox.Outbox;
import io.emporium.shared.CardNumbers;
import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import jakarta.validation.Validator;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which account an identity at a provider opens. It is the one that it was linked to, by issuer and subject; an address only ever
 * helps to find the first link:
 *
 * <pre>
 *   linked ─────────────────────────► its account; of the shop's own people only once they have confirmed it with their password
 *   not linked, address not verified by the provider ─────► nobody
 *   not linked, no account with the address ──────────────► a new account, without a password
 *   not linked, account with the address verified here ───► linked, and its owner told by mail
 *     … of the shop's own people, with a second factor, unlinked once ─► nobody, before they link it themselves
 *   not linked, account with the address unverified ──────► nobody: whoever opened it, knows its password and has filled it may be a
 *                                                           stranger who waits for the owner of the address (pre-hijacking)
 * </pre>
 */
@ApplicationScoped
class LinkedIdentities {
    private final EntityManager database;
    private final Sessions sessions;
    private final SignInChallenges challenges;
    private final OwnDoings doings;
    private final Outbox outbox;
    private final Validator validator;
    private final Clock clock;

    LinkedIdentities(
            EntityManager database,
            Sessions sessions,
            SignInChallenges challenges,
            OwnDoings doings,
            Outbox outbox,
            Validator validator,
            Clock clock) {
        this.database = database;
        this.sessions = sessions;
        this.challenges = challenges;
        this.doings = doings;
        this.outbox = outbox;
        this.validator = validator;
        this.clock = clock;
    }

    /**
     * Whose account it opens, found, linked or opened; unlinking it waits until the transaction ends.
     *
     * @throws Refusal IDENTITY_NOT_LINKED, INVALID_CREDENTIALS
     */
    @Transactional(Transactional.TxType.MANDATORY)
    User admit(ProvenIdentity proven) {
        return known(proven).orElseGet(() -> {
            String email = verifiedEmail(proven);
            Instant now = clock.instant();
            Optional<Long> opened = User.open(
                    email,
                    null,
                    name(proven.firstName(), "Customer"),
                    name(proven.lastName(), ""),
                    null,
                    Role.CUSTOMER,
                    now);
            return opened.isPresent()
                    ? greeted(opened.get(), proven, now)
                    // Or opened a moment ago, by the same person's other click: then the link is there by now.
                    : known(proven).orElseGet(() -> linkedByAddress(email, proven, now));
        });
    }

    private Optional<User> known(ProvenIdentity proven) {
        // The user first and then the identity, here as everywhere: two that wait for each other get nowhere.
        List<User> found = database.createNativeQuery("""
                        SELECT u.* FROM users u JOIN user_identities i USING (user_id)
                         WHERE i.issuer = :issuer AND i.subject = :subject FOR SHARE OF u
                        """, User.class)
                .setParameter("issuer", proven.issuer())
                .setParameter("subject", proven.subject())
                .getResultList();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        User user = found.getFirst();
        List<Boolean> confirmed = database.createNativeQuery("""
                        UPDATE user_identities SET last_used_at = :now
                         WHERE issuer = :issuer AND subject = :subject AND user_id = :user
                        RETURNING confirmed_at IS NOT NULL
                        """, Boolean.class)
                .setParameter("now", clock.instant())
                .setParameter("issuer", proven.issuer())
                .setParameter("subject", proven.subject())
                .setParameter("user", user.userId())
                .getResultList();
        if (confirmed.isEmpty()) {
            return Optional.empty();
        }
        if (!user.isActive()) {
            throw IdentityError.notLetIn();
        }
        if (user.role() != Role.CUSTOMER && !confirmed.getFirst()) {
            throw IdentityError.notLinked(NotLinked.PASSWORD_NEEDED);
        }
        return Optional.of(user);
    }

    private String verifiedEmail(ProvenIdentity proven) {
        String email = proven.email();
        if (email == null || !proven.isEmailVerified() || !isGood("email", email)) {
            throw IdentityError.notLinked(NotLinked.EMAIL_NOT_VERIFIED);
        }
        return email;
    }

    private User greeted(long userId, ProvenIdentity proven, Instant now) {
        User.verified(userId, now);
        keepFirst(userId, proven, now);
        // No mail that verifies the address is asked for, so none is sent.
        outbox.append(new IdentityEvent.UserRegistered(UUID.randomUUID(), userId, now));
        return User.<User>findByIdOptional(userId).orElseThrow();
    }

    private User linkedByAddress(String email, ProvenIdentity proven, Instant now) {
        User user = User.lockByEmail(email).filter(User::isActive).orElseThrow(IdentityError::notLetIn);
        Optional<Boolean> before = linked(user.userId(), proven.issuer());
        if (before.isPresent() && before.get()) {
            throw IdentityError.notLinked(NotLinked.ANOTHER_LINKED);
        }
        // Whoever unlinked one has said that this provider's word is not enough, and whoever has turned a second factor
        // on.
        if (before.isPresent() || user.role() != Role.CUSTOMER || user.hasSecondFactor()) {
            throw IdentityError.notLinked(NotLinked.PASSWORD_NEEDED);
        }
        if (!user.isEmailVerified()) {
            throw IdentityError.notLinked(NotLinked.ACCOUNT_NOT_VERIFIED);
        }
        keepFirst(user.userId(), proven, now);
        outbox.append(new IdentityEvent.IdentityLinked(UUID.randomUUID(), user.userId(), now));
        return user;
    }

    private void keepFirst(long userId, ProvenIdentity proven, Instant now) {
        if (!keep(userId, proven, null, now)) {
            // A moment ago, with another address.
            throw IdentityError.notLinked(NotLinked.LINKED_ELSEWHERE);
        }
    }

    /** Whether it is; empty if none of this issuer ever was. */
    private Optional<Boolean> linked(long userId, String issuer) {
        List<Boolean> found = database.createNativeQuery(
                        "SELECT subject IS NOT NULL FROM user_identities WHERE user_id = :user AND issuer = :issuer",
                        Boolean.class)
                .setParameter("user", userId)
                .setParameter("issuer", issuer)
                .getResultList();
        return found.stream().findFirst();
    }

    /** @return whether it is theirs now; not if it is somebody else's, or they have another */
    private boolean keep(long userId, ProvenIdentity proven, @Nullable Instant confirmed, Instant now) {
        // Two accounts that link one identity at once: the second looks when the first is done.
        database.createNativeQuery(
                        "SELECT CAST(pg_advisory_xact_lock(hashtextextended(:identity, 7)) AS text)", String.class)
                .setParameter("identity", proven.issuer() + " " + proven.subject())
                .getSingleResult();
        return database.createNativeQuery("""
                                INSERT INTO user_identities AS kept (user_id, issuer, subject, linked_at, confirmed_at, last_used_at)
                                SELECT :user, CAST(:issuer AS varchar), CAST(:subject AS varchar), CAST(:now AS timestamptz),
                                       CAST(:confirmed AS timestamptz), CAST(:now AS timestamptz)
                                 WHERE NOT EXISTS (SELECT 1 FROM user_identities
                                                    WHERE issuer = :issuer AND subject = :subject AND user_id <> :user)
                                ON CONFLICT (user_id, issuer) DO UPDATE
                                   SET subject = excluded.subject, confirmed_at = excluded.confirmed_at, unlinked_at = NULL,
                                       linked_at = CASE WHEN kept.subject IS NULL THEN excluded.linked_at ELSE kept.linked_at END
                                 WHERE kept.subject IS NULL OR kept.subject = excluded.subject
                                """)
                        .setParameter("user", userId)
                        .setParameter("issuer", proven.issuer())
                        .setParameter("subject", proven.subject())
                        .setParameter("now", now)
                        .setParameter("confirmed", confirmed)
                        .executeUpdate()
                == 1;
    }

    /**
     * Links it to somebody who is signed in and has shown their password, and their second factor if they have one.
     *
     * @param user as they were when they showed them
     * @throws Refusal INVALID_CREDENTIALS if the password was changed since; IDENTITY_NOT_LINKED if it is another account's or
     *     their address is not verified;
     *     INVALID_STATUS_TRANSITION if another one of that provider is linked
     */
    @Transactional
    void link(User user, ProvenIdentity proven) {
        User now = User.lock(user.userId()).orElseThrow(() -> Refusal.notFound("User"));
        if (!Objects.equals(now.passwordChangedAt, user.passwordChangedAt)) {
            throw IdentityError.wrongPassword();
        }
        if (!now.isEmailVerified()) {
            // Whoever opened the account may be waiting for the owner of the address (pre-hijacking).
            throw IdentityError.notLinked(NotLinked.ACCOUNT_NOT_VERIFIED);
        }
        Instant at = clock.instant();
        if (!keep(user.userId(), proven, at, at)) {
            throw linked(user.userId(), proven.issuer()).orElse(false)
                    ? IdentityError.linkedAlready()
                    : IdentityError.notLinked(NotLinked.LINKED_ELSEWHERE);
        }
        outbox.append(new IdentityEvent.IdentityLinked(UUID.randomUUID(), user.userId(), at));
        doings.record(now, "user.identity_linked");
    }

    /** Those that open their account. */
    @Transactional
    List<LinkedIdentityView> of(long userId) {
        List<Object[]> found = database.createNativeQuery("""
                        SELECT identity_id, issuer, linked_at, confirmed_at IS NOT NULL, last_used_at FROM user_identities
                         WHERE user_id = :user AND subject IS NOT NULL ORDER BY identity_id
                        """, Object[].class)
                .setParameter("user", userId)
                .getResultList();
        return found.stream()
                .map(row -> new LinkedIdentityView(
                        ((Number) row[0]).longValue(), (String) row[1], (Instant) row[2], (Boolean) row[3], (Instant)
                                row[4]))
                .toList();
    }

    /**
     * It opens their account no longer, and what it has opened elsewhere ends. That there was one is kept: the provider's word alone
     * does not link it again.
     *
     * @throws Refusal RESOURCE_NOT_FOUND if it is none of theirs, INVALID_STATUS_TRANSITION if they have no password
     */
    @Transactional
    void unlink(long userId, long identityId, @Nullable UUID sessionId) {
        User user = User.lock(userId).orElseThrow(() -> Refusal.notFound("User"));
        Instant now = clock.instant();
        int unlinked = database.createNativeQuery("""
                        UPDATE user_identities SET subject = NULL, confirmed_at = NULL, unlinked_at = :now
                         WHERE identity_id = :identity AND user_id = :user AND subject IS NOT NULL
                        """)
                .setParameter("now", now)
                .setParameter("identity", identityId)
                .setParameter("user", userId)
                .executeUpdate();
        if (unlinked == 0) {
            throw Refusal.notFound("Identity");
        }
        if (user.passwordHash == null) {
            throw IdentityError.onlyWayIn();
        }
        sessions.endAll(userId, sessionId, Sessions.End.IDENTITY_UNLINKED);
        // Nor is a sign-in ended that it has begun.
        challenges.revoke(userId);
        outbox.append(new IdentityEvent.IdentityUnlinked(UUID.randomUUID(), userId, now));
        doings.record(user, "user.identity_unlinked");
    }

    /**
     * What was linked by showing a password goes with that password: whoever knew it may have linked an identity of their own. What
     * the provider's word alone has linked stays.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void passwordIsAnother(long userId) {
        database.createNativeQuery("""
                        UPDATE user_identities SET subject = NULL, confirmed_at = NULL, unlinked_at = :now
                         WHERE user_id = :user AND confirmed_at IS NOT NULL
                        """)
                .setParameter("now", clock.instant())
                .setParameter("user", userId)
                .executeUpdate();
    }

    /** What a customer's password has confirmed opens no account of the shop's own people. */
    @Transactional(Transactional.TxType.MANDATORY)
    void isOneOfUsNow(long userId) {
        database.createNativeQuery("UPDATE user_identities SET confirmed_at = NULL WHERE user_id = :user")
                .setParameter("user", userId)
                .executeUpdate();
    }

    private boolean isGood(String field, String value) {
        return validator.validateValue(RegisterRequest.class, field, value).isEmpty();
    }

    /** As they might have given it themselves; what a registration would refuse is left out. */
    private String name(@Nullable String given, String otherwise) {
        return given != null && isGood("firstName", given) && !CardNumbers.isInText(given) ? given : otherwise;
    }
}
