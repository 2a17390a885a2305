package io.emporium.identity;

import io.emporium.web.AuditLog;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
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

    // And before the schedulers, which would complain of a start that is refused.
    private static final int AFTER_THE_KEY = 200;

    private final Optional<String> email;
    private final Optional<String> password;
    private final boolean production;
    private final Passwords passwords;
    private final AuditLog audit;
    private final Clock clock;

    FirstAdmin(
            @ConfigProperty(name = "ADMIN_EMAIL") Optional<String> email,
            @ConfigProperty(name = "ADMIN_PASSWORD") Optional<String> password,
            @ConfigProperty(name = "EMPORIUM_LOCAL", defaultValue = "false") boolean local,
            Passwords passwords,
            AuditLog audit,
            Clock clock) {
        this.email = email.map(String::strip).filter(given -> !given.isEmpty());
        this.password = password.filter(given -> !given.isEmpty());
        this.production = LaunchMode.current() == LaunchMode.NORMAL && !local;
        this.passwords = passwords;
        this.audit = audit;
        this.clock = clock;
    }

    void createIfMissing(@Observes @Priority(AFTER_THE_KEY) StartupEvent started) {
        if (email.isEmpty() && password.isEmpty()) {
            return;
        }
        if (email.isEmpty() || password.isEmpty()) {
            throw refused("ADMIN_EMAIL and ADMIN_PASSWORD go together: one of them is missing");
        }
        create(email.get(), password.get());
    }

    private void create(String address, String secret) {
        if (production) {
            String fault = passwords.fault(secret, address);
            if (secret.equals(WELL_KNOWN) || fault != null) {
                throw refused("ADMIN_PASSWORD " + (fault == null ? "is the well-known one of local mode" : fault));
            }
        }
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

    private static ConfigurationException refused(String line) {
        return new ConfigurationException("Emporium does not start: " + line);
    }
}
