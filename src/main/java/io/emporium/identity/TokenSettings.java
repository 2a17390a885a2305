package io.emporium.identity;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Optional;

/** How somebody stays signed in (contract.md "Tokens", low-level-design 10.1). */
@ConfigMapping(prefix = "emporium.tokens")
interface TokenSettings {
    /** How long an access token holds: {@code JWT_EXPIRY}, as {@code 15m}, {@code 24h} or seconds. */
    Duration expiry();

    /** How long a refresh token, and an unused session with it, holds. */
    Duration refreshExpiry();

    /** Who says so: the {@code iss} of every token. */
    String issuer();

    /** To whom: the {@code aud} of every token. */
    String audience();

    /** Where the RSA key that signs tokens is: PKCS#8 in PEM. Needed in production, this or the next. */
    Optional<String> privateKeyFile();

    /** The same key itself; {@code \n} may stand for a line's end. */
    Optional<String> privateKey();
}
