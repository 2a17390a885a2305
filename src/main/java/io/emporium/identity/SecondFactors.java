package io.emporium.identity;

import io.emporium.outbox.Outbox;
import io.emporium.shared.Refusal;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The second factor of whoever has turned one on: an authenticator app, and ten recovery codes for the day it is lost. All of it is
 * in the database: what is spent and what was tried counts on every replica, with or without Redis.
 */
@ApplicationScoped
class SecondFactors {
    private static final int RECOVERY_CODES = 10;
    private static final int RECOVERY_BYTES = 10;
    private static final int FAILURES_A_LOCK = 5;
    private static final Duration FIRST_LOCK = Duration.ofMinutes(15);
    private static final Duration LONGEST_LOCK = Duration.ofDays(1);

    private final EntityManager database;
    private final Credentials credentials;
    private final Sessions sessions;
    private final SealedSecrets secrets;
    private final SecondFactorSettings settings;
    private final Outbox outbox;
    private final OwnDoings doings;
    private final Clock clock;

    SecondFactors(
            EntityManager database,
            Credentials credentials,
            Sessions sessions,
            SealedSecrets secrets,
            SecondFactorSettings settings,
            Outbox outbox,
            OwnDoings doings,
            Clock clock) {
        this.database = database;
        this.credentials = credentials;
        this.sessions = sessions;
        this.secrets = secrets;
        this.settings = settings;
        this.outbox = outbox;
        this.doings = doings;
        this.clock = clock;
    }

    @Transactional
    SecondFactorView of(long userId) {
        User user = user(userId);
        long left = ((Number) database.createNativeQuery(
                                "SELECT count(*) FROM recovery_codes WHERE user_id = :user AND used_at IS NULL",
                                Long.class)
                        .setParameter("user", userId)
                        .getSingleResult())
                .longValue();
        return new SecondFactorView(
                user.hasSecondFactor(),
                user.secondFactorSince,
                left,
                settings.adminsNeedOne() && user.role() == Role.ADMIN);
    }

    /**
     * Makes a secret for an app. It counts for nothing until a code shows that the app has it; begun again, it is another.
     *
     * @throws Refusal INVALID_CREDENTIALS; INVALID_STATUS_TRANSITION if it is on
     */
    SecondFactorView.Begun begin(long userId, String password) {
        credentials.confirmed(userId, password);
        byte[] secret = Totp.newSecret();
        return QuarkusTransaction.requiringNew().call(() -> {
            User user = locked(userId);
            if (user.hasSecondFactor()) {
                throw IdentityError.secondFactorIsOn();
            }
            database.createNativeQuery("""
                            INSERT INTO second_factors (user_id, secret) VALUES (:user, :secret)
                            ON CONFLICT (user_id) DO UPDATE
                               SET secret = excluded.secret, last_step = 0, failures = 0, locked_until = NULL
                            """)
                    .setParameter("user", userId)
                    .setParameter("secret", secrets.seal(secret, userId))
                    .executeUpdate();
            return new SecondFactorView.Begun(Totp.base32(secret), Totp.uri(settings.issuer(), user.email(), secret));
        });
    }

    /**
     * Turns it on for whoever shows a code of their app. Every other session of theirs ends: from now on each has shown it.
     *
     * @throws Refusal INVALID_CREDENTIALS, RATE_LIMITED; INVALID_STATUS_TRANSITION if it is on, or was not begun
     */
    SecondFactorView.RecoveryCodes confirm(long userId, @Nullable UUID sessionId, String code) {
        if (QuarkusTransaction.requiringNew().call(() -> user(userId).hasSecondFactor())) {
            throw IdentityError.secondFactorIsOn();
        }
        show(userId, code);
        return QuarkusTransaction.requiringNew().call(() -> {
            User user = locked(userId);
            // Begun again meanwhile: that secret nobody has shown to have.
            boolean isShown = !database.createNativeQuery(
                            "SELECT 1 FROM second_factors WHERE user_id = :user AND last_step > 0", Integer.class)
                    .setParameter("user", userId)
                    .getResultList()
                    .isEmpty();
            if (user.hasSecondFactor() || !isShown) {
                throw IdentityError.secondFactorIsOn();
            }
            Instant now = clock.instant();
            user.takeSecondFactor(now);
            sessions.endAll(userId, sessionId, Sessions.End.SECOND_FACTOR);
            outbox.append(new IdentityEvent.SecondFactorTurnedOn(UUID.randomUUID(), userId, now));
            doings.record(user, "user.second_factor_turned_on");
            return newRecoveryCodes(userId);
        });
    }

    /**
     * Other recovery codes; the ones before are good for nothing then.
     *
     * @throws Refusal INVALID_CREDENTIALS, RATE_LIMITED; INVALID_STATUS_TRANSITION if it is not on
     */
    SecondFactorView.RecoveryCodes renewRecoveryCodes(long userId, String password, String code) {
        prove(userId, password, code);
        return QuarkusTransaction.requiringNew().call(() -> {
            User user = on(userId);
            doings.record(user, "user.recovery_codes_renewed");
            return newRecoveryCodes(userId);
        });
    }

    /**
     * Turns it off for whoever both knows and has.
     *
     * @throws Refusal INVALID_CREDENTIALS, RATE_LIMITED; INVALID_STATUS_TRANSITION if it is not on
     */
    void turnOff(long userId, String password, String code) {
        prove(userId, password, code);
        QuarkusTransaction.requiringNew().run(() -> {
            User user = on(userId);
            takeFrom(user);
            doings.record(user, "user.second_factor_turned_off");
        });
    }

    /** They sign in with their password alone from now on. */
    @Transactional(Transactional.TxType.MANDATORY)
    void takeFrom(User user) {
        Instant now = clock.instant();
        user.dropSecondFactor(now);
        database.createNativeQuery("DELETE FROM second_factors WHERE user_id = :user")
                .setParameter("user", user.userId())
                .executeUpdate();
        outbox.append(new IdentityEvent.SecondFactorTurnedOff(UUID.randomUUID(), user.userId(), now));
    }

    private void prove(long userId, String password, String code) {
        if (!credentials.confirmed(userId, password).hasSecondFactor()) {
            throw IdentityError.noSecondFactor();
        }
        show(userId, code);
    }

    /**
     * Spends a code: of the app, or a recovery code. Of any number at once with one code one succeeds.
     *
     * @throws Refusal INVALID_CREDENTIALS; RATE_LIMITED if the app's code was wrong five times: then none is looked at for a quarter
     *     of an hour, and after each further five twice as long, up to a day. A recovery code is looked at all the same: none is
     *     guessed, and whoever knows no more than the password keeps nobody out with it
     */
    void show(long userId, String code) {
        // In a transaction of its own that always commits: that it was tried must outlive the refusal.
        Shown shown = QuarkusTransaction.requiringNew().call(() -> look(userId, plain(code), clock.instant()));
        if (shown.locked() != null) {
            throw IdentityError.tooManyCodes(shown.locked());
        }
        if (!shown.isRight()) {
            throw IdentityError.wrongCode();
        }
    }

    private record Shown(boolean isRight, @Nullable Duration locked) {}

    private Shown look(long userId, String code, Instant now) {
        // One after the other: guesses made at one moment are all counted.
        List<Object[]> found = database.createNativeQuery(
                        "SELECT secret, last_step, failures, locked_until FROM second_factors WHERE user_id = :user FOR UPDATE",
                        Object[].class)
                .setParameter("user", userId)
                .getResultList();
        if (found.isEmpty()) {
            return new Shown(false, null);
        }
        if (code.length() != Totp.DIGITS) {
            return new Shown(spendRecoveryCode(userId, code, now), null);
        }
        Object[] row = found.getFirst();
        Instant lockedUntil = (Instant) row[3];
        if (lockedUntil != null && lockedUntil.isAfter(now)) {
            return new Shown(false, Duration.between(now, lockedUntil));
        }
        byte[] secret = secrets.open((byte[]) row[0], userId);
        var step = Totp.stepOf(secret, code, now, ((Number) row[1]).longValue());
        if (step.isPresent()) {
            // Sealed anew: with the key of now, so that the one before may go.
            database.createNativeQuery("""
                            UPDATE second_factors SET last_step = :step, secret = :secret, failures = 0, locked_until = NULL
                             WHERE user_id = :user
                            """)
                    .setParameter("step", step.getAsLong())
                    .setParameter("secret", secrets.seal(secret, userId))
                    .setParameter("user", userId)
                    .executeUpdate();
            return new Shown(true, null);
        }
        int failures = ((Number) row[2]).intValue() + 1;
        database.createNativeQuery("""
                        UPDATE second_factors SET failures = :failures, locked_until = CAST(:until AS timestamptz) WHERE user_id = :user
                        """)
                .setParameter("failures", failures)
                .setParameter("until", failures % FAILURES_A_LOCK == 0 ? now.plus(lock(failures)) : null)
                .setParameter("user", userId)
                .executeUpdate();
        return new Shown(false, null);
    }

    /** After how many wrong codes nobody may try for how long. */
    static Duration lock(int failures) {
        Duration lock = FIRST_LOCK;
        for (int i = FAILURES_A_LOCK; i < failures && lock.compareTo(LONGEST_LOCK) < 0; i += FAILURES_A_LOCK) {
            lock = lock.multipliedBy(2);
        }
        return lock.compareTo(LONGEST_LOCK) < 0 ? lock : LONGEST_LOCK;
    }

    private boolean spendRecoveryCode(long userId, String code, Instant now) {
        int spent = database.createNativeQuery("""
                        UPDATE recovery_codes SET used_at = :now
                         WHERE user_id = :user AND code_hash = :hash AND used_at IS NULL
                        """)
                .setParameter("now", now)
                .setParameter("user", userId)
                .setParameter("hash", Secrets.hash(code))
                .executeUpdate();
        if (spent == 1) {
            outbox.append(new IdentityEvent.RecoveryCodeUsed(UUID.randomUUID(), userId, now));
        }
        return spent == 1;
    }

    private SecondFactorView.RecoveryCodes newRecoveryCodes(long userId) {
        database.createNativeQuery("DELETE FROM recovery_codes WHERE user_id = :user")
                .setParameter("user", userId)
                .executeUpdate();
        List<String> codes = Stream.generate(() -> Totp.base32(Secrets.random(RECOVERY_BYTES)))
                .limit(RECOVERY_CODES)
                .toList();
        for (String code : codes) {
            database.createNativeQuery("INSERT INTO recovery_codes (user_id, code_hash) VALUES (:user, :hash)")
                    .setParameter("user", userId)
                    .setParameter("hash", Secrets.hash(code))
                    .executeUpdate();
        }
        return new SecondFactorView.RecoveryCodes(codes.stream()
                .map(code -> code.replaceAll("(.{4})(?=.)", "$1-"))
                .toList());
    }

    /** As people type what they read: with spaces or dashes, in small letters. */
    private static String plain(String code) {
        return code.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
    }

    private User on(long userId) {
        User user = locked(userId);
        if (!user.hasSecondFactor()) {
            throw IdentityError.noSecondFactor();
        }
        return user;
    }

    private static User locked(long userId) {
        return User.lock(userId).orElseThrow(() -> Refusal.notFound("User"));
    }

    private static User user(long userId) {
        return User.<User>findByIdOptional(userId).orElseThrow(() -> Refusal.notFound("User"));
    }
}
