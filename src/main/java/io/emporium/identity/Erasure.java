package io.emporium.identity;

import io.emporium.outbox.NotAWorker;
import io.emporium.shared.PersonalData;
import io.emporium.shared.Refusal;
import io.emporium.web.AuditLog;
import io.quarkus.arc.All;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Somebody leaves: what says who they are is erased in all modules, in one transaction. The row of the account stays without
 * it, for their orders point to it. Not before everything between them and the shop is settled.
 */
@ApplicationScoped
class Erasure {
    // Longer than any transaction may take: whatever was being written while they left is written by then.
    private static final Duration UNTIL_SWEPT = Duration.ofMinutes(2);
    private static final int BATCH = 100;

    private final EntityManager database;
    private final List<PersonalData> modules;
    private final Credentials credentials;
    private final Passwords passwords;
    private final AuditLog audit;
    private final Clock clock;

    Erasure(
            EntityManager database,
            @All List<PersonalData> modules,
            Credentials credentials,
            Passwords passwords,
            AuditLog audit,
            Clock clock) {
        this.database = database;
        this.modules = modules;
        this.credentials = credentials;
        this.passwords = passwords;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Erases somebody who has shown that they know their password. Twice at once is once.
     *
     * @throws Refusal INVALID_CREDENTIALS; INVALID_STATUS_TRANSITION with {@code details.open} while something is not settled, or for
     *     the last admin
     */
    void erase(long userId, String password) {
        credentials.confirmed(userId, password);
        // Nobody's: an account that is there must have one, and it takes as long to look at as any.
        String nobodys = passwords.hash(UUID.randomUUID().toString());
        QuarkusTransaction.requiringNew().run(() -> erase(userId, nobodys, clock.instant()));
    }

    private void erase(long userId, String passwordHash, Instant now) {
        modules.forEach(module -> module.hold(userId));
        refuseLastAdmin(userId);
        // Whoever adds a row of theirs waits from here on, and the sweep finds it.
        List<Boolean> here = database.createNativeQuery(
                        "SELECT erased_at IS NULL FROM users WHERE user_id = :user FOR UPDATE", Boolean.class)
                .setParameter("user", userId)
                .getResultList();
        if (here.isEmpty() || !here.getFirst()) {
            return;
        }
        List<String> open = modules.stream()
                .flatMap(module -> module.open(userId).stream())
                .distinct()
                .toList();
        if (!open.isEmpty()) {
            throw IdentityError.notSettled(open);
        }
        modules.forEach(module -> module.erase(userId));
        database.createNativeQuery("""
                        UPDATE users SET email = :email, password_hash = :hash, first_name = 'Erased', last_name = 'Customer', phone = NULL,
                               role = 'customer', is_active = FALSE, email_verified_at = NULL, password_changed_at = :now, second_factor_since = NULL,
                               updated_at = :now, erased_at = :now, version = version + 1
                         WHERE user_id = :user
                        """)
                // Nobody can register it: .invalid is no domain (RFC 2606).
                .setParameter("email", "erased-" + userId + "@erased.invalid")
                .setParameter("hash", passwordHash)
                .setParameter("now", now)
                .setParameter("user", userId)
                .executeUpdate();
        audit.record("user.erased", "user", userId, null, null);
    }

    private void refuseLastAdmin(long userId) {
        if (User.<User>findByIdOptional(userId)
                .filter(user -> user.role() == Role.ADMIN)
                .isEmpty()) {
            return;
        }
        if (User.lockActiveAdmins().equals(List.of(userId))) {
            throw IdentityError.lastAdmin();
        }
    }

    /** Erases once more what was being written while somebody left. */
    @Scheduled(
            every = "1m",
            delayed = "30s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void sweep() {
        List<Long> left = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                        SELECT user_id FROM users WHERE erased_at < :before AND NOT erasure_swept ORDER BY erased_at LIMIT :batch
                        """, Long.class)
                        .setParameter("before", clock.instant().minus(UNTIL_SWEPT))
                        .setParameter("batch", BATCH)
                        .getResultList());
        for (long userId : left) {
            try {
                QuarkusTransaction.requiringNew().run(() -> {
                    modules.forEach(module -> module.erase(userId));
                    database.createNativeQuery("UPDATE users SET erasure_swept = TRUE WHERE user_id = :user")
                            .setParameter("user", userId)
                            .executeUpdate();
                });
            } catch (RuntimeException fault) {
                Log.warnf(fault, "What was left of user %d could not be erased; it is tried again", userId);
            }
        }
    }
}
