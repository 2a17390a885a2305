package io.emporium.identity;

import io.emporium.web.Caller;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Turns a genuine access token into who is calling, by one query on each call. The token alone would let somebody in until
 * it expires, whatever happened to their session, account or role meanwhile.
 */
@ApplicationScoped
class SessionCheck implements SecurityIdentityAugmentor {
    private final AuthService auth;
    private final UserInLog log;

    SessionCheck(AuthService auth, UserInLog log) {
        this.auth = auth;
        this.log = log;
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        if (identity.isAnonymous() || !(identity.getPrincipal() instanceof JsonWebToken token)) {
            return Uni.createFrom().item(identity);
        }
        return context.runBlocking(() -> {
            AuthService.SignedIn signedIn = auth.validateToken(token);
            // Built anew and not added to: no role comes from the token.
            var caller = QuarkusSecurityIdentity.builder()
                    .setPrincipal(token)
                    .addRole(signedIn.role().code())
                    .addAttribute(Caller.USER_ID, signedIn.userId())
                    .addAttribute(Caller.PSEUDONYM, log.pseudonym(signedIn.userId()))
                    .addAttribute(Caller.SESSION_ID, signedIn.sessionId());
            if (signedIn.needsSecondFactor()) {
                caller.addAttribute(Caller.NEEDS_SECOND_FACTOR, true);
            }
            return caller.build();
        });
    }
}
