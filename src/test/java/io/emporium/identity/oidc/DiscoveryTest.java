package io.emporium.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
    private static final String ISSUER = "https://accounts.example";

    private static ObjectNode document() {
        return new ObjectMapper()
                .createObjectNode()
                .put("issuer", ISSUER)
                .put("authorization_endpoint", ISSUER + "/authorize?tenant=1")
                .put("token_endpoint", "https://tokens.example/token/")
                .put("jwks_uri", "https://keys.example/jwks");
    }

    private static Discovery read(String name, @Nullable String value) {
        return Discovery.of(document().put(name, value), ISSUER);
    }

    @Test
    void the_places_are_those_of_the_document() {
        Discovery found = Discovery.of(document(), ISSUER);
        assertThat(found.token()).isEqualTo(URI.create("https://tokens.example/token/"));
        assertThat(found.userInfo()).isEmpty();
        assertThat(found.takesSecretInBody()).isFalse();
        ObjectNode another = document().put("userinfo_endpoint", ISSUER + "/me");
        another.putArray("token_endpoint_auth_methods_supported").add("client_secret_post");
        assertThat(Discovery.of(another, ISSUER).takesSecretInBody()).isTrue();
        assertThat(Discovery.of(another, ISSUER).userInfo()).contains(URI.create(ISSUER + "/me"));
    }

    @Test
    void the_address_is_made_of_the_name() {
        String path = "/.well-known/openid-configuration";
        assertThat(Discovery.address(ISSUER)).isEqualTo(URI.create(ISSUER + path));
        assertThat(Discovery.address(ISSUER + "/")).isEqualTo(URI.create(ISSUER + path));
        assertThat(Discovery.address(ISSUER + "/realms/a")).isEqualTo(URI.create(ISSUER + "/realms/a" + path));
    }

    @Test
    void the_document_of_another_is_none() {
        for (String other :
                List.of("https://accounts.example/", "http://accounts.example", "https://evil.example", "")) {
            assertThatThrownBy(() -> read("issuer", other)).as(other).isInstanceOf(ProviderAway.class);
        }
    }

    @Test
    void no_place_is_less_guarded_than_the_provider() {
        for (String name : List.of("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")) {
            for (String place : List.of(
                    "http://accounts.example/x",
                    "file:///etc/passwd",
                    "/token",
                    "https:///x",
                    "https://a.example/#x",
                    "h ttp:")) {
                assertThatThrownBy(() -> read(name, place))
                        .as(name + " " + place)
                        .isInstanceOf(ProviderAway.class);
            }
        }
        assertThatThrownBy(() -> read("jwks_uri", null)).isInstanceOf(ProviderAway.class);
    }
}
