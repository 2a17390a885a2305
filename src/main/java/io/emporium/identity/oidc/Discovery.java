package io.emporium.identity.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Optional;

/**
 * Where the provider does what (OpenID Connect Discovery 1.0), as it says at an address made of its name. The places may be on other
 * hosts, as Google's are; none is less guarded than the provider itself: to an https one leads nothing but https.
 *
 * @param userInfo where it tells more of somebody; empty if nowhere
 * @param takesSecretInBody whether it takes the shop's secret in the form and not in a header
 */
record Discovery(URI authorization, URI token, URI keys, Optional<URI> userInfo, boolean takesSecretInBody) {

    /** The document's address for a provider of that name. */
    static URI address(String issuer) {
        return URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration");
    }

    /** @throws ProviderAway if it is another's document, or leaves out what is needed */
    static Discovery of(JsonNode document, String issuer) {
        // One that names another would have that one's tokens believed (OpenID Connect Discovery 4.3).
        if (!document.path("issuer").asText().equals(issuer)) {
            throw new ProviderAway("its discovery document is not that of OIDC_ISSUER");
        }
        boolean needsTls = issuer.startsWith("https:");
        JsonNode methods = document.path("token_endpoint_auth_methods_supported");
        return new Discovery(
                place(document, "authorization_endpoint", needsTls),
                place(document, "token_endpoint", needsTls),
                place(document, "jwks_uri", needsTls),
                document.hasNonNull("userinfo_endpoint")
                        ? Optional.of(place(document, "userinfo_endpoint", needsTls))
                        : Optional.empty(),
                // Nothing said is client_secret_basic.
                methods.isArray()
                        && !methods.valueStream()
                                .anyMatch(method -> method.asText().equals("client_secret_basic")));
    }

    private static URI place(JsonNode document, String name, boolean needsTls) {
        try {
            URI place = URI.create(document.path(name).asText());
            boolean isHttp = "https".equals(place.getScheme()) || !needsTls && "http".equals(place.getScheme());
            if (isHttp && place.getHost() != null && place.getRawFragment() == null) {
                return place;
            }
        } catch (IllegalArgumentException notOne) {
            throw new ProviderAway("its " + name + " is no address");
        }
        throw new ProviderAway("its " + name + " is no address to go to");
    }
}
