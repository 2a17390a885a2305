package io.emporium.identity;

import io.emporium.outbox.NotAWorker;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What somebody holds between the two steps of a sign-in: that their password was right. It opens nothing but the second step,
 * once, for minutes and a few tries, and not after another password; stored hashed, in no token's form.
 */
@ApplicationScoped
class SignInChallenges {
    private static final int MOST_TRIES = 5;

    private final EntityManager database;
    private final SecondFactorSettings settings;
    private final Clock clock;

    SignInChallenges(EntityManager database, SecondFactorSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /** How long one holds. */
    Duration expiry() {
        return settings.challengeExpiry();
    }

    /** @param user as they were when their password was found right */
    String begin(User user) {
        String challenge = Secrets.random();
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("""
                        INSERT INTO sign_in_challenges (challenge_hash, user_id, password_changed_at, expires_at)
                        VALUES (:hash, :user, CAST(:seen AS timestamptz), :expires)
                        """)
                        .setParameter("hash", Secrets.hash(challenge))
                        .setParameter("user", user.userId())
                        .setParameter("seen", user.passwordChangedAt)
                        .setParameter("expires", clock.instant().plus(expiry()))
                        .executeUpdate());
        return challenge;
    }

    /** Whose it is, for one try more. */
    Optional<User> tryOf(String challenge) {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<Long> theirs = database.createNativeQuery("""
                            UPDATE sign_in_challenges c SET tries = tries + 1
                              FROM users u
                             WHERE c.challenge_hash = :hash AND c.expires_at > :now AND c.tries < :most
                               AND u.user_id = c.user_id AND u.is_active
                               AND u.password_changed_at IS NOT DISTINCT FROM c.password_changed_at
                            RETURNING c.user_id
                            """, Long.class)
                    .setParameter("hash", Secrets.hash(challenge))
                    .setParameter("now", clock.instant())
                    .setParameter("most", MOST_TRIES)
                    .getResultList();
            return theirs.stream().findFirst().flatMap(userId -> User.<User>findByIdOptional(userId));
        });
    }

    /** Of any number at once one succeeds. */
    boolean spend(String challenge) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("DELETE FROM sign_in_challenges WHERE challenge_hash = :hash")
                                .setParameter("hash", Secrets.hash(challenge))
                                .executeUpdate()
                        == 1);
    }

    /** Those that somebody has are good for nothing any more. */
    @Transactional(Transactional.TxType.MANDATORY)
    void revoke(long userId) {
        database.createNativeQuery("DELETE FROM sign_in_challenges WHERE user_id = :user")
                .setParameter("user", userId)
                .executeUpdate();
    }

    @Scheduled(every = "1h", delayed = "7m", skipExecutionIf = NotAWorker.class)
    @Transactional
    void forget() {
        database.createNativeQuery("DELETE FROM sign_in_challenges WHERE expires_at < :now")
                .setParameter("now", clock.instant())
                .executeUpdate();
    }
}
