package io.emporium.identity;

import io.emporium.identity.oidc.ProvenIdentity;
import io.emporium.identity.oidc.SignInProvider;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Signing in at another provider, from the way there to the way back (docs/accounts.md). */
@ApplicationScoped
class OidcSignIn {
    private final SignInProvider provider;
    private final OidcFlows flows;
    private final LinkedIdentities identities;
    private final AuthService auth;
    private final Credentials credentials;
    private final SecondFactors secondFactors;

    OidcSignIn(
            SignInProvider provider,
            OidcFlows flows,
            LinkedIdentities identities,
            AuthService auth,
            Credentials credentials,
            SecondFactors secondFactors) {
        this.provider = provider;
        this.flows = flows;
        this.identities = identities;
        this.auth = auth;
        this.credentials = credentials;
        this.secondFactors = secondFactors;
    }

    /** @throws io.emporium.shared.Refusal as {@link SignInProvider#authorization} has them */
    OidcStart.Begun start(String redirectUri) {
        var begun = OidcFlows.Begun.now();
        String challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(Secrets.hash(begun.verifier()));
        // Before it is kept: what leads nowhere leaves nothing.
        URI page = provider.authorization(redirectUri, begun.state(), begun.nonce(), challenge);
        flows.keep(begun, redirectUri);
        return new OidcStart.Begun(page.toString(), begun.flow(), OidcFlows.EXPIRY.toSeconds());
    }

    /**
     * Begins a session for whoever has come back.
     *
     * @throws io.emporium.shared.Refusal INVALID_TOKEN, IDENTITY_NOT_LINKED, SECOND_FACTOR_REQUIRED, INVALID_CREDENTIALS,
     *     SERVICE_UNAVAILABLE
     */
    LoginView finish(OidcReturn returned, @Nullable String userAgent) {
        ProvenIdentity proven = prove(returned);
        return auth.begin(() -> identities.admit(proven), userAgent);
    }

    /** Links it to somebody who is signed in and shows all that they sign in with. As {@link LinkedIdentities#link}. */
    void link(long userId, OidcReturn.ToLink returned) {
        User user = credentials.confirmed(userId, returned.password());
        if (user.hasSecondFactor()) {
            String code = returned.secondFactorCode();
            if (code == null) {
                throw IdentityError.secondFactorMissing();
            }
            secondFactors.show(userId, code);
        }
        identities.link(user, prove(returned.withoutProof()));
    }

    private ProvenIdentity prove(OidcReturn returned) {
        // Spent before the provider is asked: a code is tried once, however often it is sent.
        OidcFlows.Ended flow = flows.end(returned.flow(), returned.state()).orElseThrow(IdentityError::badFlow);
        return provider.prove(returned.code(), flow.redirectUri(), flow.nonce(), flow.verifier());
    }
}
