package io.emporium.notification.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TwilioSecretsTest {
    private static final String ACCOUNT = "AC" + "0".repeat(32);

    @Test
    void twilio_is_set_as_a_whole_or_not_at_all() {
        assertThat(TwilioSecrets.missing(settings(Map.of()))).isEmpty();
        assertThat(TwilioSecrets.missing(
                        settings(Map.of("account-sid", ACCOUNT, "auth-token", "B", "phone-number", "+15005550006"))))
                .isEmpty();
        assertThat(TwilioSecrets.missing(settings(Map.of("account-sid", ACCOUNT))))
                .hasSize(2);
        assertThat(TwilioSecrets.missing(settings(Map.of("auth-token", "B")))).hasSize(2);
        assertThat(TwilioSecrets.missing(
                        settings(Map.of("account-sid", "AC/../x", "auth-token", "B", "phone-number", "555 1234"))))
                .hasSize(2);
    }

    @Test
    void without_its_settings_there_are_no_sms() {
        var off = new TwilioSender(settings(Map.of()), new com.fasterxml.jackson.databind.ObjectMapper(), null);
        var half = new TwilioSender(
                settings(Map.of("account-sid", ACCOUNT)), new com.fasterxml.jackson.databind.ObjectMapper(), null);
        assertThat(off.isOn()).isFalse();
        assertThat(half.isOn()).isFalse();
    }

    private static TwilioSettings settings(Map<String, String> given) {
        Map<String, String> properties = new HashMap<>();
        given.forEach((name, value) -> properties.put("emporium.twilio." + name, value));
        return new SmallRyeConfigBuilder()
                .withMapping(TwilioSettings.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .withConverter(java.time.Duration.class, 100, new io.quarkus.runtime.configuration.DurationConverter())
                .build()
                .getConfigMapping(TwilioSettings.class);
    }
}
