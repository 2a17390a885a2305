package io.emporium.identity;

import io.emporium.web.AuditLog;
import io.emporium.web.Production;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Creates the first admin from ADMIN_EMAIL and ADMIN_PASSWORD if that account is missing; a shop without one cannot be run. */
@Singleton
class FirstAdmin {
    /** Local mode's, told in the README: everybody knows it. */
    private static final String WELL_KNOWN = "Admin-Passw0rd!";

    private static final int ONCE_ALL_IS_CHECKED = Production.CHECKED_FIRST + 1;

    private final Optional<String> email;
    private final Optional<String> password;
    private final Passwords passwords;
    private final AuditLog audit;
    private final Clock clock;

    FirstAdmin(
            @ConfigProperty(name = "ADMIN_EMAIL") Optional<String> email,
            @ConfigProperty(name = "ADMIN_PASSWORD") Optional<String> password,
            Passwords passwords,
            AuditLog audit,
            Clock clock) {
        this.email = email.map(String::strip).filter(given -> !given.isEmpty());
        this.password = password.filter(given -> !given.isEmpty());
        this.passwords = passwords;
        this.audit = audit;
        this.clock = clock;
    }

    void check(@Observes @Priority(Production.CHECKED_FIRST) StartupEvent start) {
        if (email.isPresent() != password.isPresent()) {
            throw Production.refusal("ADMIN_EMAIL and ADMIN_PASSWORD go together: one of them is missing");
        }
        if (email.isPresent() && password.isPresent()) {
            String fault = passwords.fault(password.get(), email.get());
            if (password.get().equals(WELL_KNOWN) || fault != null) {
                Production.refuse("ADMIN_PASSWORD " + (fault == null ? "is the well-known one of local mode" : fault));
            }
        }
    }

    void createIfMissing(@Observes @Priority(ONCE_ALL_IS_CHECKED) StartupEvent start) {
        if (email.isPresent() && password.isPresent()) {
            create(email.get(), password.get());
        }
    }

    private void create(String address, String secret) {
        Optional<User> existing = QuarkusTransaction.requiringNew().call(() -> User.findByEmail(address));
        if (existing.isPresent()) {
            // Not promoted: whoever registered with that address first may not be who the operator meant.
            if (existing.get().role() != Role.ADMIN) {
                Log.warn("The account of ADMIN_EMAIL exists and is no admin; it is left as it is");
            }
            return;
        }
        String hash = passwords.hashAtStart(secret);
        QuarkusTransaction.requiringNew()
                .run(() -> User.open(address, hash, "Shop", "Admin", null, Role.ADMIN, clock.instant())
                        // Empty: another replica that starts at the same moment was first.
                        .ifPresent(userId -> {
                            audit.record("user.created", "user", userId, null, Map.of("role", Role.ADMIN.code()));
                            Log.infof("Created the first admin, user %d", userId);
                        }));
    }
}
