package io.emporium.identity;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How somebody stays signed in, and proves who they are (contract.md "Tokens", low-level-design 10.1). */
@ConfigMapping(prefix = "emporium.tokens")
interface TokenSettings {
    /** How long an access token holds: {@code JWT_EXPIRY}, as {@code 15m}, {@code 24h} or seconds. */
    Duration expiry();

    /** How long a refresh token, and an unused session with it, holds. */
    Duration refreshExpiry();

    /** How long the secret of a mail that verifies an address is good, from its leaving. */
    Duration verifyExpiry();

    /** How long the secret of a mail that resets a password is good, from its leaving. */
    Duration resetExpiry();

    /** Who says so: the {@code iss} of every token. */
    String issuer();

    /** To whom: the {@code aud} of every token. */
    String audience();

    /** Where the RSA key that signs tokens is: PKCS#8 in PEM. Needed in production, this or the next. */
    Optional<String> privateKeyFile();

    /** The same key itself; {@code \n} may stand for a line's end. */
    Optional<String> privateKey();

    /**
     * Where further keys are whose tokens hold, though this process signs with none of them: what others sign with already, or what
     * has signed until now. RSA, public or private, in PEM.
     */
    Optional<List<String>> acceptedKeyFiles();
}
