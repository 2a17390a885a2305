package io.emporium.identity.oidc;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Signing in at somebody else's (docs/accounts.md). Without an issuer it is off; half of the settings stops the start. */
@ConfigMapping(prefix = "emporium.oidc")
interface OidcSettings {
    /** {@code OIDC_ISSUER}: the provider, exactly as it names itself; https in production. */
    Optional<String> issuer();

    /** {@code OIDC_CLIENT_ID}: as which the provider knows the shop. */
    Optional<String> clientId();

    /** {@code OIDC_CLIENT_SECRET}: with which the shop shows that it is. */
    Optional<String> clientSecret();

    /** {@code OIDC_REDIRECT_URIS}: where the provider may send people back to, each to the letter. */
    Optional<List<String>> redirectUris();

    @WithDefault("2s")
    Duration connectTimeout();

    /** Until the provider's whole answer is here. A sign-in takes three answers at most, mostly one. */
    @WithDefault("5s")
    Duration readTimeout();

    /** How many calls of this process may wait for the provider at once; one more is refused with 503. */
    @WithDefault("16")
    int atOnce();

    /** How far the provider's clock may be from ours. */
    @WithDefault("1m")
    Duration clockSkew();
}
