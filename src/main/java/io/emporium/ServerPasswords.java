package io.emporium;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.Config;

/**
 * In production Emporium does not start without the passwords of its servers, nor with those that everybody knows. Looked
 * at before Quarkus starts: the first connections, those of the migrations, are made before any bean is asked.
 */
final class ServerPasswords {
    /** The setting that is used, and what a person sets. */
    private static final Map<String, String> ASKED =
            Map.of("quarkus.datasource.password", "DB_PASSWORD", "rabbitmq-password", "RABBITMQ_PASSWORD");

    private static final Set<String> WELL_KNOWN =
            Set.of("guest", "postgres", "password", "emporium", "admin", "secret", "changeme", "rabbitmq");

    private ServerPasswords() {}

    /** What is to be set before a start, in one line; empty when nothing is. */
    static Optional<String> missing(Config config) {
        List<String> missing = new ArrayList<>();
        ASKED.forEach((property, name) -> {
            String password = config.getOptionalValue(property, String.class).orElse("");
            if (password.isBlank()) {
                missing.add(name);
            } else if (WELL_KNOWN.contains(password.toLowerCase(Locale.ROOT))) {
                missing.add(name + " (everybody knows this one)");
            }
        });
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("Emporium does not start: set "
                        + String.join(" and ", missing.stream().sorted().toList()));
    }
}
