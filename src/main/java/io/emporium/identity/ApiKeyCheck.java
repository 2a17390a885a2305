package io.emporium.identity;

import io.emporium.web.Caller;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.BaseAuthenticationRequest;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/** Turns {@code X-API-Key} into who is calling, by one query on each call: the key's owner, with the key's scopes. */
@ApplicationScoped
class ApiKeyCheck implements HttpAuthenticationMechanism, IdentityProvider<ApiKeyCheck.Shown> {
    private static final int LONGEST = 200;

    private final ApiKeys keys;
    private final UserInLog log;

    ApiKeyCheck(ApiKeys keys, UserInLog log) {
        this.keys = keys;
        this.log = log;
    }

    /** A key as it was sent. */
    static final class Shown extends BaseAuthenticationRequest {
        private final String key;

        Shown(String key) {
            this.key = key;
        }
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext door, IdentityProviderManager providers) {
        String key = door.request().getHeader(Caller.API_KEY_HEADER);
        if (key == null) {
            return Uni.createFrom().nullItem();
        }
        // Whoever shows two proofs of who they are is neither.
        boolean isOne = key.startsWith(ApiKeys.BEGINNING)
                && key.length() <= LONGEST
                && door.request().getHeader(HttpHeaders.AUTHORIZATION) == null;
        return isOne
                ? providers.authenticate(new Shown(key))
                : Uni.createFrom().failure(new AuthenticationFailedException());
    }

    @Override
    public Uni<SecurityIdentity> authenticate(Shown shown, AuthenticationRequestContext context) {
        return context.runBlocking(() -> {
            ApiKeys.Live live = keys.find(shown.key).orElseThrow(AuthenticationFailedException::new);
            return QuarkusSecurityIdentity.builder()
                    .setPrincipal(new QuarkusPrincipal(live.prefix()))
                    .addRole(live.role().code())
                    .addAttribute(Caller.USER_ID, live.userId())
                    .addAttribute(Caller.PSEUDONYM, log.pseudonym(live.userId()))
                    .addAttribute(Caller.API_KEY, live.apiKeyId())
                    .addAttribute(Caller.SCOPES, live.scopes())
                    .addAttribute(Caller.KEY_RATE, live.rate())
                    .build();
        });
    }

    @Override
    public Class<Shown> getRequestType() {
        return Shown.class;
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of(Shown.class);
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext door) {
        return Uni.createFrom().nullItem();
    }

    /** Asked first: it knows at a glance whether there is a key. */
    @Override
    public int getPriority() {
        return 2 * DEFAULT_PRIORITY;
    }
}
