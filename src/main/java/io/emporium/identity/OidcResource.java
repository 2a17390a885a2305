package io.emporium.identity;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.RateLimits;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseHeader;
import org.jspecify.annotations.Nullable;

/** Signing in at another provider with OpenID Connect (docs/accounts.md), where the shop has one. */
@Path("/api/v1/auth/oidc")
@RunOnVirtualThread
@Tag(name = "Authentication")
class OidcResource {
    private static final String NO_STORE = "no-store";

    private final OidcSignIn signIn;
    private final RateLimits limits;

    OidcResource(OidcSignIn signIn, RateLimits limits) {
        this.signIn = signIn;
        this.limits = limits;
    }

    @POST
    @Path("/start")
    @ResponseHeader(name = HttpHeaders.CACHE_CONTROL, value = NO_STORE)
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND")
    @Operation(
            operationId = "startOidcSignIn",
            summary = "Begin to sign in at another provider",
            description =
                    "Keep `flow` and send the browser to `authorization_url`. The provider sends it back to `redirect_uri`"
                            + " with `state` and `code`. There are ten minutes. Errors: RESOURCE_NOT_FOUND where the shop has no provider;"
                            + " VALIDATION_ERROR for a redirect_uri that is not on its list; RATE_LIMITED as for a sign-in;"
                            + " SERVICE_UNAVAILABLE while the provider is away.")
    public Answer<OidcStart.Begun> start(@Valid @NotNull OidcStart wanted) {
        limits.checkSignInElsewhere();
        return Answer.of(signIn.start(wanted.redirectUri()));
    }

    @POST
    @Path("/finish")
    @ResponseHeader(name = HttpHeaders.CACHE_CONTROL, value = NO_STORE)
    @Extension(
            name = ApiDocument.ERRORS,
            value = "RESOURCE_NOT_FOUND,INVALID_TOKEN,INVALID_CREDENTIALS,SECOND_FACTOR_REQUIRED,IDENTITY_NOT_LINKED")
    @Operation(
            operationId = "finishOidcSignIn",
            summary = "Sign in with what the provider sent back",
            description =
                    "Answers as /auth/login does. Whoever comes for the first time gets an account, if the provider has"
                            + " verified their e-mail address. INVALID_TOKEN: begin again. SECOND_FACTOR_REQUIRED: go on at"
                            + " /auth/login/second-factor. INVALID_CREDENTIALS: the account is locked. IDENTITY_NOT_LINKED, with"
                            + " details.reason: email_not_verified (by the provider), account_not_verified (the address has an account that"
                            + " nobody has verified: choose a password by mail first), another_linked, password_needed (sign in and link"
                            + " it yourself). SERVICE_UNAVAILABLE: the provider is away; begin again later.")
    public Answer<LoginView> finish(
            @Valid @NotNull OidcReturn returned,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.USER_AGENT) @Nullable String userAgent) {
        return Answer.of("Login successful", signIn.finish(returned, userAgent));
    }
}
