package io.emporium.identity;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** A customer to try the shop with, in local mode only: who starts it can sign in and buy without registering first. */
@Singleton
class DemoCustomer {
    private final Optional<String> email;
    private final Optional<String> password;
    private final boolean local;
    private final Passwords passwords;
    private final AddressService addresses;
    private final Clock clock;

    DemoCustomer(
            @ConfigProperty(name = "DEMO_CUSTOMER_EMAIL") Optional<String> email,
            @ConfigProperty(name = "DEMO_CUSTOMER_PASSWORD") Optional<String> password,
            @ConfigProperty(name = "EMPORIUM_LOCAL", defaultValue = "false") boolean local,
            Passwords passwords,
            AddressService addresses,
            Clock clock) {
        this.email = email;
        this.password = password;
        this.local = local;
        this.passwords = passwords;
        this.addresses = addresses;
        this.clock = clock;
    }

    void createIfMissing(@Observes StartupEvent started) {
        if (!local || email.isEmpty() || password.isEmpty()) {
            return;
        }
        boolean missing = QuarkusTransaction.requiringNew()
                .call(() -> User.findByEmail(email.get()).isEmpty());
        if (missing) {
            String hash = passwords.hashAtStart(password.get());
            QuarkusTransaction.requiringNew().run(() -> {
                Optional<Long> userId =
                        User.open(email.get(), hash, "Grace", "Hopper", null, Role.CUSTOMER, clock.instant());
                userId.ifPresent(id -> {
                    // They are to get promotions when they ask for them.
                    User.verified(id, clock.instant());
                    addresses.add(
                            id, new AddressRequest("1 Harbour Street", null, "Arlington", "VA", "22201", "USA", true));
                });
            });
        }
    }
}
