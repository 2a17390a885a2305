package io.emporium;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/**
 * TLS by the shop itself, where no gateway in front of it does that: TLS 1.2 and 1.3, certificate and key from files that are
 * looked at again every half minute. Nothing is answered without TLS then, but for operators at their own port.
 */
final class OwnTls {
    private static final String CERTIFICATE = "TLS_CERTIFICATE_FILE";
    private static final String KEY = "TLS_PRIVATE_KEY_FILE";

    /** Quarkus' name for it. */
    static final String NAME = "shop";

    static final String CERTIFICATE_PROPERTY = "quarkus.tls." + NAME + ".key-store.pem.shop.cert";
    static final String KEY_PROPERTY = "quarkus.tls." + NAME + ".key-store.pem.shop.key";
    /** How often {@link NewCertificate} looks at them. */
    static final String LOOKED_AT = "emporium.own-tls.looked-at";

    private OwnTls() {}

    /**
     * Quarkus' settings for it; none where no certificate is given.
     *
     * @throws IllegalArgumentException with what to set, in one line
     */
    static Map<String, String> settings(Config config) {
        String certificate = config.getOptionalValue(CERTIFICATE, String.class).orElse("");
        String key = config.getOptionalValue(KEY, String.class).orElse("");
        if (certificate.isBlank() && key.isBlank()) {
            return Map.of();
        }
        if (certificate.isBlank() || key.isBlank()) {
            throw new IllegalArgumentException("set both " + CERTIFICATE + " and " + KEY + ", or none of them");
        }
        requireReadable(CERTIFICATE, certificate);
        requireReadable(KEY, key);
        return Map.of(
                CERTIFICATE_PROPERTY,
                certificate,
                KEY_PROPERTY,
                key,
                "quarkus.tls." + NAME + ".protocols",
                "TLSv1.3,TLSv1.2",
                LOOKED_AT,
                "30s",
                "quarkus.http.tls-configuration-name",
                NAME,
                "quarkus.http.ssl-port",
                config.getOptionalValue("TLS_PORT", String.class).orElse("8443"),
                // No redirect: whoever sends a token in clear should hear of it at once.
                "quarkus.http.insecure-requests",
                "disabled");
    }

    private static void requireReadable(String name, String file) {
        if (!Files.isReadable(Path.of(file))) {
            throw new IllegalArgumentException(name + " cannot be read: " + file);
        }
    }
}
