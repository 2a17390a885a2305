package io.emporium.identity;

import io.smallrye.jwt.KeyFormat;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.build.Jwt;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.lang.JoseException;

/**
 * Writes access tokens (RFC 9068), and tells SmallRye JWT which ones hold: RS256 by one of our keys, our issuer and audience, not
 * expired. That a token is genuine does not make its session live: {@link AuthService#validateToken} asks further.
 */
@Singleton
class AccessTokens {
    private static final String TYPE = "at+jwt";
    private static final String USER_ID = "user_id";
    private static final String ROLE = "role";
    private static final String SESSION = "sid";
    // Two replicas' clocks may differ by so much.
    private static final Duration AHEAD = Duration.ofMinutes(1);

    private final SigningKey key;
    private final TokenKeys keys;
    private final TokenSettings settings;
    private final Clock clock;

    AccessTokens(SigningKey key, TokenKeys keys, TokenSettings settings, Clock clock) {
        this.key = key;
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
    }

    String issue(long userId, Role role, UUID sessionId) {
        Instant now = clock.instant();
        return Jwt.issuer(settings.issuer())
                .audience(settings.audience())
                .subject(Long.toString(userId))
                .issuedAt(now)
                .expiresAt(now.plus(settings.expiry()))
                .claim("jti", UUID.randomUUID().toString())
                .claim(USER_ID, userId)
                .claim(ROLE, role.code())
                .claim(SESSION, sessionId.toString())
                .jws()
                .algorithm(SignatureAlgorithm.RS256)
                .keyId(key.id())
                .type(TYPE)
                .sign(key.privateKey());
    }

    /** How long a token holds. */
    Duration expiry() {
        return settings.expiry();
    }

    /** What SmallRye JWT checks of every bearer token before anybody else sees it. */
    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    JWTAuthContextInfo accepted() {
        var accepted = new JWTAuthContextInfo();
        accepted.setIssuedBy(settings.issuer());
        // Told here and asked of nobody: no token says where its key is.
        accepted.setPublicKeyContent(keys.keySet());
        accepted.setKeyFormat(KeyFormat.JWK);
        accepted.setSignatureAlgorithm(Set.of(SignatureAlgorithm.RS256));
        accepted.setExpectedAudience(Set.of(settings.audience()));
        accepted.setRequiredClaims(Set.of("sub", "iat", "jti", USER_ID, ROLE, SESSION));
        // Whoever writes the tokens reads them: two clocks that differ are not a reason to outlive the expiry.
        accepted.setClockSkew(0);
        accepted.setMaxTimeToLiveSecs(settings.expiry().toSeconds());
        return accepted;
    }

    /**
     * The session a genuine token speaks for, and whose it claims to be.
     *
     * @throws IllegalArgumentException if it is genuine but no access token of ours: made for another use
     */
    Claims read(JsonWebToken token) {
        refuseOtherSpellings(token.getRawToken());
        if (Instant.ofEpochSecond(token.getIssuedAtTime())
                .isAfter(clock.instant().plus(AHEAD))) {
            throw new IllegalArgumentException("It is of the future");
        }
        try {
            var header = JsonWebStructure.fromCompactSerialization(token.getRawToken());
            // RFC 9068 4: something else that we may once sign with this key (a mailed link, an ID token) opens no
            // door.
            if (!TYPE.equals(header.getHeader("typ"))
                    // Its claims would be those of a token within, whose header nobody looks at.
                    || header.getHeader("cty") != null
                    || !keys.knows(header.getKeyIdHeaderValue())) {
                throw new IllegalArgumentException("No access token of these keys");
            }
        } catch (JoseException unreadable) {
            throw new IllegalArgumentException(unreadable);
        }
        if (!token.getSubject().equals(text(token, USER_ID))) {
            throw new IllegalArgumentException("It speaks for two users");
        }
        return new Claims(Long.parseLong(token.getSubject()), UUID.fromString(text(token, SESSION)));
    }

    // The decoder passes over what is not base64, and the signature does not cover itself: one token would have many
    // spellings.
    private static void refuseOtherSpellings(String token) {
        String signature = token.substring(token.lastIndexOf('.') + 1);
        byte[] bytes = Base64.getUrlDecoder().decode(signature);
        if (!Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(signature)) {
            throw new IllegalArgumentException("The signature is spelled otherwise");
        }
    }

    // A client may not, but we may one day sign a claim with another type; as text all of them compare.
    private static String text(JsonWebToken token, String claim) {
        Object value = token.getClaim(claim);
        return String.valueOf(value);
    }

    /** What a token claims. Its role is for gateways; the shop asks the database. */
    record Claims(long userId, UUID sessionId) {}
}
