package io.emporium.payment.paypal;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PayPalSecretsTest {

    @Test
    void paypal_is_set_as_a_whole_or_not_at_all() {
        assertThat(PayPalSecrets.missing(settings(Map.of()), false)).isEmpty();
        assertThat(PayPalSecrets.missing(
                        settings(Map.of("client-id", "A", "client-secret", "B", "webhook-id", "C")), true))
                .isEmpty();
        assertThat(PayPalSecrets.missing(settings(Map.of("client-id", "A")), false))
                .hasSize(2)
                .allMatch(line -> line.startsWith("PAYPAL_CLIENT_SECRET") || line.startsWith("PAYPAL_WEBHOOK_ID"));
        assertThat(PayPalSecrets.missing(settings(Map.of("webhook-id", "C")), false))
                .hasSize(2);
    }

    @Test
    void who_offers_paypal_needs_all_of_it() {
        assertThat(PayPalSecrets.missing(settings(Map.of()), true)).hasSize(3);
    }

    @Test
    void the_client_of_local_mode_is_none() {
        assertThat(PayPalSecrets.missing(
                        settings(Map.of("client-id", "emporium_local", "client-secret", "B", "webhook-id", "C")), true))
                .singleElement()
                .asString()
                .startsWith("PAYPAL_CLIENT_ID");
    }

    private static PayPalSettings settings(Map<String, String> given) {
        Map<String, String> properties = new java.util.HashMap<>();
        given.forEach((name, value) -> properties.put("emporium.paypal." + name, value));
        return new SmallRyeConfigBuilder()
                .withMapping(PayPalSettings.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .withConverter(java.time.Duration.class, 100, new io.quarkus.runtime.configuration.DurationConverter())
                .build()
                .getConfigMapping(PayPalSettings.class);
    }
}
