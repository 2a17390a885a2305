package io.emporium.identity.oidc;

import io.emporium.shared.Refusal;
import io.quarkus.logging.Log;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException;
import org.jose4j.http.SimpleResponse;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodeValidator;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Which ID tokens are believed (OpenID Connect Core 3.1.3.7): of this provider, for this shop and this one sign-in, fresh, and signed
 * by one of the keys that the provider shows. The keys are kept for as long as it says; for one that is not among them it is asked
 * again, so that it may change them.
 */
final class IdTokens {
    // By the provider's private key: an HMAC would be made with what everybody may know, and none with nothing.
    private static final String[] ALGORITHMS = {
        AlgorithmIdentifiers.RSA_USING_SHA256,
        AlgorithmIdentifiers.RSA_USING_SHA384,
        AlgorithmIdentifiers.RSA_USING_SHA512,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
        AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
        AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512
    };
    // It was made a moment ago, for a code that lives for minutes.
    private static final Duration OLDEST = Duration.ofMinutes(10);
    private static final int OTHERS_NONCE = 1001;
    private static final int OTHERS_PARTY = 1002;

    private final String issuer;
    private final String clientId;
    private final Duration clockSkew;
    private final Clock clock;
    private final HttpsJwksVerificationKeyResolver keys;

    /** @param get asks the provider; throws ProviderAway */
    IdTokens(
            String issuer,
            String clientId,
            Duration clockSkew,
            Clock clock,
            URI keysAt,
            Function<URI, HttpResponse<String>> get) {
        this.issuer = issuer;
        this.clientId = clientId;
        this.clockSkew = clockSkew;
        this.clock = clock;
        var shown = new HttpsJwks(keysAt.toString());
        shown.setSimpleHttpGet(location -> shown(get.apply(URI.create(location))));
        this.keys = new HttpsJwksVerificationKeyResolver(shown);
        // Two keys without a name are tried in turn.
        keys.setDisambiguateWithVerifySignature(true);
    }

    /**
     * What an ID token says, if it is to be believed.
     *
     * @param nonce of this sign-in
     * @return empty if not
     * @throws ProviderAway if its keys cannot be had, or what else {@link ProviderCalls#send} throws
     */
    Optional<JwtClaims> read(String idToken, String nonce) {
        var consumer = new JwtConsumerBuilder()
                .setVerificationKeyResolver(keys)
                .setJwsAlgorithmConstraints(ConstraintType.PERMIT, ALGORITHMS)
                .setExpectedIssuer(true, issuer)
                .setExpectedAudience(true, clientId)
                .setRequireSubject()
                .setRequireExpirationTime()
                .setRequireIssuedAt()
                .setEvaluationTime(NumericDate.fromSeconds(clock.instant().getEpochSecond()))
                .setAllowedClockSkewInSeconds(Math.toIntExact(clockSkew.toSeconds()))
                .setIssuedAtRestrictions(Math.toIntExact(clockSkew.toSeconds()), Math.toIntExact(OLDEST.toSeconds()))
                .registerValidator((ErrorCodeValidator) context -> nonceFault(context.getJwtClaims(), nonce))
                .registerValidator((ErrorCodeValidator) context -> partyFault(context.getJwtClaims()))
                .build();
        try {
            return Optional.of(consumer.processToClaims(idToken));
        } catch (InvalidJwtException untrue) {
            for (Throwable cause = untrue.getCause(); cause != null; cause = cause.getCause()) {
                // The keys could not be had, or were not even asked for: that says nothing of the token.
                if (cause instanceof ProviderAway
                        || cause instanceof Refusal
                        || cause instanceof FaultToleranceException) {
                    throw (RuntimeException) cause;
                }
            }
            // Its message would have the claims in it.
            Log.warnf(
                    "An ID token of %s is not believed: %s",
                    issuer,
                    untrue.getErrorDetails().stream()
                            .map(ErrorCodeValidator.Error::getErrorCode)
                            .toList());
            return Optional.empty();
        }
    }

    /** A token of another sign-in, which somebody brings into this one. */
    private static ErrorCodeValidator.@Nullable Error nonceFault(JwtClaims claims, String nonce) {
        return nonce.equals(claims.getClaimValue("nonce"))
                ? null
                : new ErrorCodeValidator.Error(OTHERS_NONCE, "The nonce is another sign-in's");
    }

    /** A token for several must say who asked for it, and whoever is named must be this shop. */
    private ErrorCodeValidator.@Nullable Error partyFault(JwtClaims claims) throws MalformedClaimException {
        Object party = claims.getClaimValue("azp");
        boolean isOurs = party == null ? claims.getAudience().size() == 1 : clientId.equals(party);
        return isOurs ? null : new ErrorCodeValidator.Error(OTHERS_PARTY, "It was given to somebody else");
    }

    /** What is no set of keys says nothing of a token. */
    private static Shown shown(HttpResponse<String> answer) {
        try {
            new JsonWebKeySet(answer.body());
        } catch (JoseException none) {
            throw new ProviderAway("it shows no keys where they should be");
        }
        return new Shown(answer);
    }

    /** The provider's keys as jose4j reads them. */
    private record Shown(HttpResponse<String> answer) implements SimpleResponse {
        @Override
        public int getStatusCode() {
            return answer.statusCode();
        }

        @Override
        public String getStatusMessage() {
            return "";
        }

        @Override
        public Collection<String> getHeaderNames() {
            return headers().map().keySet();
        }

        @Override
        public List<String> getHeaderValues(String name) {
            return headers().allValues(name);
        }

        @Override
        public String getBody() {
            return answer.body();
        }

        private HttpHeaders headers() {
            return answer.headers();
        }
    }
}
