package io.emporium.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.shared.Refusal;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OidcSecretsTest {
    private static final Map<String, String> WHOLE = Map.of(
            "issuer", "https://accounts.example/shops",
            "client-id", "A",
            "client-secret", "B",
            "redirect-uris", "https://shop.example/signed-in,example.shop:/signed-in,http://127.0.0.1/signed-in");

    private static List<String> wrong(Map<String, String> given) {
        return OidcSecrets.wrong(settings(given));
    }

    private static List<String> wrongWith(String name, String value) {
        Map<String, String> given = new HashMap<>(WHOLE);
        given.put(name, value);
        return wrong(given);
    }

    @Test
    void it_is_set_as_a_whole_or_not_at_all() {
        assertThat(wrong(Map.of())).isEmpty();
        assertThat(wrong(WHOLE)).isEmpty();
        assertThat(wrong(Map.of("issuer", "https://accounts.example"))).hasSize(3);
        for (String name : WHOLE.keySet()) {
            assertThat(wrongWith(name, "")).as(name).hasSize(1);
        }
    }

    @Test
    void nothing_goes_in_the_open() {
        for (String issuer : List.of(
                "http://accounts.example",
                "accounts.example",
                "https:///x",
                "https://a.example?x",
                "https://a.example#x")) {
            assertThat(wrongWith("issuer", issuer))
                    .as(issuer)
                    .singleElement()
                    .asString()
                    .startsWith("OIDC_ISSUER");
        }
        for (String redirect : List.of(
                "http://shop.example/signed-in",
                "HTTP://shop.example/signed-in",
                "https:/signed-in",
                "javascript:alert(1)",
                "/signed-in",
                "https://shop.example/#x",
                "https://shop.example/*{}")) {
            assertThat(wrongWith("redirect-uris", redirect))
                    .as(redirect)
                    .singleElement()
                    .asString()
                    .startsWith("OIDC_REDIRECT_URIS");
        }
    }

    @Test
    void the_client_of_local_mode_is_none() {
        assertThat(wrongWith("client-id", "emporium_local"))
                .singleElement()
                .asString()
                .startsWith("OIDC_CLIENT_ID");
    }

    @Test
    void without_a_provider_there_is_no_way_there() {
        OidcSettings none = settings(Map.of());
        var provider = new SignInProvider(none, new ProviderCalls(none), new ObjectMapper(), Clock.systemUTC());
        assertThatThrownBy(() -> provider.authorization("https://shop.example/signed-in", "s", "n", "c"))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.RESOURCE_NOT_FOUND));
    }

    private static OidcSettings settings(Map<String, String> given) {
        Map<String, String> properties = new HashMap<>();
        given.forEach((name, value) -> properties.put("emporium.oidc." + name, value));
        return new SmallRyeConfigBuilder()
                .withMapping(OidcSettings.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .withConverter(Duration.class, 100, new DurationConverter())
                .build()
                .getConfigMapping(OidcSettings.class);
    }
}
