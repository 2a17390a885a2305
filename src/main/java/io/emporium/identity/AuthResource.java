package io.emporium.identity;

import io.emporium.shared.Refusal;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.RateLimits;
import io.quarkus.security.Authenticated;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.PermitAll;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseHeader;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Opening an account, signing in and out (low-level-design 4.1). */
@Path("/api/v1/auth")
@RunOnVirtualThread
@Tag(name = "Authentication")
class AuthResource {
    // RFC 6749 5.1: no cache on the way keeps a token.
    private static final String NO_STORE = "no-store";

    private final AuthService auth;
    private final Caller caller;
    private final RateLimits limits;

    AuthResource(AuthService auth, Caller caller, RateLimits limits) {
        this.auth = auth;
        this.caller = caller;
        this.limits = limits;
    }

    @POST
    @Path("/register")
    @PermitAll
    @ResponseStatus(201)
    @Extension(name = ApiDocument.ERRORS, value = "DUPLICATE_FIELD")
    @Operation(
            operationId = "register",
            summary = "Open an account",
            description =
                    "Password: at least 12 characters, at most 72 bytes, not a common one. Errors: VALIDATION_ERROR,"
                            + " DUPLICATE_FIELD (the e-mail address has an account).")
    public Answer<RegisteredView> register(@Valid @NotNull RegisterRequest request) {
        return Answer.of("User registered successfully", auth.register(request));
    }

    @POST
    @Path("/login")
    @PermitAll
    @ResponseHeader(name = HttpHeaders.CACHE_CONTROL, value = NO_STORE)
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_CREDENTIALS")
    @Operation(
            operationId = "login",
            summary = "Sign in",
            description = "Begins a session. Unknown address, wrong password and inactive account are answered alike:"
                    + " INVALID_CREDENTIALS. Too many attempts, or an account softly locked after 10 failures in 15 minutes:"
                    + " RATE_LIMITED, whether there is such an account or not.")
    public Answer<LoginView> login(
            @Valid @NotNull LoginRequest request,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.USER_AGENT) @Nullable String userAgent) {
        limits.checkLogin(request.email());
        try {
            LoginView signedIn = auth.login(request.email(), request.password(), userAgent);
            limits.loginSucceeded(request.email());
            return Answer.of("Login successful", signedIn);
        } catch (RuntimeException fault) {
            // Without a database, say, an honest customer shall not be locked out for having tried.
            if (!(fault instanceof Refusal refusal) || refusal.code() != Refusal.Code.INVALID_CREDENTIALS) {
                limits.loginUndecided(request.email());
            }
            throw fault;
        }
    }

    @POST
    @Path("/refresh")
    @PermitAll
    @ResponseHeader(name = HttpHeaders.CACHE_CONTROL, value = NO_STORE)
    @Operation(
            operationId = "refresh",
            summary = "Stay signed in",
            description = "Spends the refresh token for a new access token and a new refresh token. A spent one that is"
                    + " presented again ends the session: INVALID_TOKEN, and everything that came of it is refused. A second"
                    + " call that overlaps the first gets INVALID_TOKEN and does no harm: use the first call's answer.")
    public Answer<TokenView> refresh(@Valid @NotNull RefreshRequest request) {
        return Answer.of(auth.refreshToken(request.refreshToken()));
    }

    @POST
    @Path("/logout")
    @Consumes(MediaType.APPLICATION_JSON)
    @Authenticated
    @Operation(
            operationId = "logout",
            summary = "Sign out",
            description =
                    "Ends the session at once: its access and refresh tokens are refused from now on. The body may be"
                            + " missing; a refresh_token of another session of yours ends that one too.")
    public Answer<Void> logout(@Valid @Nullable LogoutRequest request) {
        UUID sessionId = caller.sessionId();
        if (sessionId == null) {
            // An API key, say: it is not a session and does not end.
            throw new Refusal(Refusal.Code.AUTHENTICATION_REQUIRED, "Only a session can be signed out");
        }
        auth.logout(caller.userId(), sessionId, request == null ? null : request.refreshToken());
        return Answer.done("Logged out");
    }
}
