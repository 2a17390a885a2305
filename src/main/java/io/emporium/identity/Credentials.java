package io.emporium.identity;

import io.emporium.identity.AccountTokens.Purpose;
import io.emporium.outbox.NotAWorker;
import io.emporium.outbox.Outbox;
import io.emporium.shared.Batches;
import io.emporium.shared.Refusal;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How somebody shows that an address is theirs, and gets another password: knowing the old one, or by a mail. */
@ApplicationScoped
class Credentials {
    private static final int BATCH = 100;

    private final EntityManager database;
    private final Passwords passwords;
    private final Sessions sessions;
    private final ApiKeys keys;
    private final LinkedIdentities identities;
    private final AccountTokens tokens;
    private final Outbox outbox;
    private final Clock clock;

    Credentials(
            EntityManager database,
            Passwords passwords,
            Sessions sessions,
            ApiKeys keys,
            LinkedIdentities identities,
            AccountTokens tokens,
            Outbox outbox,
            Clock clock) {
        this.database = database;
        this.passwords = passwords;
        this.sessions = sessions;
        this.keys = keys;
        this.identities = identities;
        this.tokens = tokens;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** @throws Refusal VALIDATION_ERROR for a token that is good for nothing (any more) */
    void verifyEmail(String token) {
        QuarkusTransaction.requiringNew().run(() -> {
            long userId = tokens.spend(token, Purpose.VERIFY_EMAIL).orElseThrow(IdentityError::badMailedToken);
            User.verified(userId, clock.instant());
        });
    }

    /**
     * Has the mail sent again that verifies the address; the one before is good for nothing then.
     *
     * @return whether there is anything left to verify
     */
    boolean resendVerification(long userId) {
        return QuarkusTransaction.requiringNew().call(() -> {
            User user = User.<User>findByIdOptional(userId).orElseThrow(() -> Refusal.notFound("User"));
            if (user.isEmailVerified()) {
                return false;
            }
            var requested = new IdentityEvent.EmailVerificationRequested(UUID.randomUUID(), userId, clock.instant());
            tokens.ask(userId, Purpose.VERIFY_EMAIL, requested.id(), requested.at());
            outbox.append(requested);
            return true;
        });
    }

    /**
     * Somebody has forgotten the password of an account, if it is one: that is looked up later, so that neither the answer
     * nor its time says whether.
     */
    void forgot(String email) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "INSERT INTO forgotten_passwords (request_id, email, asked_at) VALUES (:request, :email, :now)")
                        .setParameter("request", UUID.randomUUID())
                        .setParameter("email", email)
                        .setParameter("now", clock.instant())
                        .executeUpdate());
    }

    /** Looks up who has forgotten their password, and forgets whoever has no account. */
    @Scheduled(
            every = "1s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void lookUpForgotten() {
        Batches.workOff(BATCH, batch -> QuarkusTransaction.requiringNew().call(() -> lookUp(batch)));
    }

    private int lookUp(int batch) {
        List<Object[]> asked = database.createNativeQuery("""
                        DELETE FROM forgotten_passwords WHERE request_id IN (
                            SELECT request_id FROM forgotten_passwords ORDER BY asked_at LIMIT :batch FOR UPDATE SKIP LOCKED)
                        RETURNING request_id, email, asked_at
                        """, Object[].class)
                .setParameter("batch", batch)
                .getResultList();
        List<IdentityEvent.PasswordResetRequested> requests = new ArrayList<>();
        for (Object[] row : asked) {
            Instant at = (Instant) row[2];
            User.findByEmail((String) row[1])
                    .filter(user -> user.isActive()
                            // What was asked for before the password was changed is settled.
                            && (user.passwordChangedAt == null || user.passwordChangedAt.isBefore(at)))
                    .ifPresent(user ->
                            requests.add(new IdentityEvent.PasswordResetRequested((UUID) row[0], user.userId(), at)));
        }
        // In the order of the users: two workers that wait for each other's rows get nowhere.
        requests.sort(Comparator.comparingLong(IdentityEvent.PasswordResetRequested::userId)
                .thenComparing(IdentityEvent.PasswordResetRequested::at));
        requests.forEach(request -> tokens.ask(request.userId(), Purpose.RESET_PASSWORD, request.id(), request.at()));
        outbox.appendAll(requests);
        return asked.size();
    }

    /**
     * Sets the password of whoever holds a mailed token, ends all their sessions, and takes their address as verified.
     *
     * @return the account's address
     * @throws Refusal VALIDATION_ERROR for a token that is good for nothing (any more), or for a password that will not do: then
     *     the token stays good
     */
    String reset(String token, String password) {
        User user = tokens.owner(token, Purpose.RESET_PASSWORD).orElseThrow(IdentityError::badMailedToken);
        passwords.check("password", password, user.email());
        String hash = passwords.hash(password);
        QuarkusTransaction.requiringNew().run(() -> {
            long userId = tokens.spend(token, Purpose.RESET_PASSWORD).orElseThrow(IdentityError::badMailedToken);
            Instant now = clock.instant();
            if (!change(userId, user.passwordChangedAt, hash, null, now)) {
                throw IdentityError.badMailedToken();
            }
            User.verified(userId, now);
        });
        return user.email();
    }

    /**
     * Changes a password; every session but the caller's ends.
     *
     * @throws Refusal INVALID_CREDENTIALS if the current one is wrong, VALIDATION_ERROR if the new one will not do
     */
    void changePassword(long userId, @Nullable UUID sessionId, String current, String wanted) {
        User user = confirmed(userId, current);
        passwords.check("new_password", wanted, user.email());
        if (wanted.equals(current)) {
            throw IdentityError.invalid("new_password", "must be another one than the current");
        }
        String hash = passwords.hash(wanted);
        QuarkusTransaction.requiringNew().run(() -> {
            if (!change(userId, user.passwordChangedAt, hash, sessionId, clock.instant())) {
                throw IdentityError.wrongPassword();
            }
        });
    }

    /**
     * The user, who has shown that they know the password.
     *
     * @throws Refusal INVALID_CREDENTIALS if they do not
     */
    User confirmed(long userId, String password) {
        Optional<User> user = QuarkusTransaction.requiringNew().call(() -> User.<User>findByIdOptional(userId));
        boolean right = passwords.matches(
                password, user.map(account -> account.passwordHash).orElse(null));
        return user.filter(account -> right).orElseThrow(IdentityError::wrongPassword);
    }

    // The requests' rows first and then the user's, here as everywhere: two that wait for each other get nowhere.
    private boolean change(long userId, @Nullable Instant seen, String hash, @Nullable UUID butThis, Instant now) {
        tokens.revoke(userId, Purpose.RESET_PASSWORD);
        if (!User.changePassword(userId, seen, hash, now)) {
            return false;
        }
        sessions.endAll(userId, butThis, Sessions.End.PASSWORD_CHANGED);
        keys.revokeAll(userId);
        identities.passwordIsAnother(userId);
        outbox.append(new IdentityEvent.PasswordChanged(UUID.randomUUID(), userId, now));
        return true;
    }
}
