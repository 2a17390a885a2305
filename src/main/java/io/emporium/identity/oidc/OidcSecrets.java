package io.emporium.identity.oidc;

import io.emporium.web.Production;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Sign-in at a provider is set as a whole or not at all: with a half of it, or in the open, production does not start. */
@ApplicationScoped
class OidcSecrets {
    private static final String OF_LOCAL_MODE = "emporium_local";
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    void check(@Observes @Priority(Production.CHECKED_FIRST) StartupEvent start, OidcSettings settings) {
        List<String> wrong = wrong(settings);
        if (!wrong.isEmpty()) {
            Production.refuse("set " + String.join(" and ", wrong) + "; or have no OIDC_ setting");
        }
    }

    static List<String> wrong(OidcSettings settings) {
        List<String> wrong = new ArrayList<>();
        List<String> redirects = settings.redirectUris().orElse(List.of());
        if (!isSet(settings.issuer())
                && !isSet(settings.clientId())
                && !isSet(settings.clientSecret())
                && redirects.isEmpty()) {
            return wrong;
        }
        if (!settings.issuer().filter(OidcSecrets::isProvider).isPresent()) {
            wrong.add("OIDC_ISSUER (the provider's https address)");
        }
        if (!isSet(settings.clientId()) || settings.clientId().stream().anyMatch(OF_LOCAL_MODE::equals)) {
            wrong.add("OIDC_CLIENT_ID (as which the provider knows the shop)");
        }
        if (!isSet(settings.clientSecret())) {
            wrong.add("OIDC_CLIENT_SECRET (of the same client)");
        }
        if (redirects.isEmpty() || !redirects.stream().allMatch(OidcSecrets::isPlaceToComeBack)) {
            wrong.add("OIDC_REDIRECT_URIS (https, or an app's own scheme, without a fragment)");
        }
        return wrong;
    }

    private static boolean isSet(Optional<String> setting) {
        return setting.filter(value -> !value.isBlank()).isPresent();
    }

    private static boolean isProvider(String issuer) {
        return parsed(issuer)
                .filter(uri -> "https".equals(uri.getScheme())
                        && uri.getHost() != null
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null)
                .isPresent();
    }

    /** An app's own scheme, a domain's name turned round (RFC 8252 7.1), is as good as https; http is for the same machine. */
    private static boolean isPlaceToComeBack(String address) {
        return parsed(address)
                .filter(uri -> uri.isAbsolute() && uri.getRawFragment() == null)
                .filter(uri -> switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
                    case "https" -> uri.getHost() != null;
                    case "http" -> THIS_MACHINE.contains(String.valueOf(uri.getHost()));
                    default -> uri.getScheme().contains(".");
                })
                .isPresent();
    }

    private static Optional<URI> parsed(String text) {
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }
}
