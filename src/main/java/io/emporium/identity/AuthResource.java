package io.emporium.identity;

import io.emporium.shared.Refusal;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.RateLimits;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
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

/** Opening an account, signing in and out, showing who one is by mail (low-level-design 4.1). */
@Path("/api/v1/auth")
@RunOnVirtualThread
@Tag(name = "Authentication")
class AuthResource {
    // RFC 6749 5.1: no cache on the way keeps a token.
    private static final String NO_STORE = "no-store";

    private final AuthService auth;
    private final Credentials credentials;
    private final UserService users;
    private final PasswordTries tries;
    private final Caller caller;
    private final RateLimits limits;

    AuthResource(
            AuthService auth,
            Credentials credentials,
            UserService users,
            PasswordTries tries,
            Caller caller,
            RateLimits limits) {
        this.auth = auth;
        this.credentials = credentials;
        this.users = users;
        this.tries = tries;
        this.caller = caller;
        this.limits = limits;
    }

    @POST
    @Path("/register")
    @Extension(name = ApiDocument.STATUSES, value = "201")
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
    @ResponseHeader(name = HttpHeaders.CACHE_CONTROL, value = NO_STORE)
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_CREDENTIALS,SECOND_FACTOR_REQUIRED")
    @Operation(
            operationId = "login",
            summary = "Sign in",
            description = "Begins a session. Unknown address, wrong password and inactive account are answered alike:"
                    + " INVALID_CREDENTIALS. Too many attempts, or an account softly locked after 10 failures in 15 minutes:"
                    + " RATE_LIMITED, whether there is such an account or not. SECOND_FACTOR_REQUIRED: the password was right;"
                    + " go on with details.challenge at /auth/login/second-factor within details.expires_in seconds.")
    public Answer<LoginView> login(
            @Valid @NotNull LoginRequest request,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.USER_AGENT) @Nullable String userAgent) {
        return Answer.of(
                "Login successful",
                tries.count(request.email(), () -> auth.login(request.email(), request.password(), userAgent)));
    }

    @POST
    @Path("/login/second-factor")
    @ResponseHeader(name = HttpHeaders.CACHE_CONTROL, value = NO_STORE)
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_CREDENTIALS")
    @Operation(
            operationId = "loginSecondFactor",
            summary = "Sign in, the second step",
            description =
                    "With the challenge that the first step was answered with (SECOND_FACTOR_REQUIRED) and a code of"
                            + " your app, or a recovery code: each is good once. INVALID_CREDENTIALS: the code is not; it counts like"
                            + " a failed sign-in. INVALID_TOKEN: begin again with the first step. RATE_LIMITED: five wrong codes, no"
                            + " other is looked at for 15 minutes, and after each further five twice as long.")
    public Answer<LoginView> loginSecondFactor(
            @Valid @NotNull SecondStep step,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.USER_AGENT) @Nullable String userAgent) {
        User user = auth.challenged(step.challenge());
        return Answer.of(
                "Login successful",
                tries.count(user.email(), () -> auth.login(user, step.challenge(), step.code(), userAgent)));
    }

    @POST
    @Path("/refresh")
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

    @POST
    @Path("/email/verify")
    @Operation(
            operationId = "verifyEmail",
            summary = "Show that an address is yours",
            description =
                    "With the token that was mailed there on registration: good once, for 24 hours, until another is"
                            + " asked for. Errors: VALIDATION_ERROR (token), one answer for wrong, used and expired ones.")
    public Answer<Void> verifyEmail(@Valid @NotNull MailedTokenRequest request) {
        credentials.verifyEmail(request.token());
        return Answer.done("E-mail address verified");
    }

    @POST
    @Path("/email/resend")
    @Operation(
            operationId = "resendVerification",
            summary = "Have the mail sent again that verifies your address",
            description = "The token of the mail before is good for nothing then. Nothing is sent to an address that is"
                    + " verified already.")
    public Answer<Void> resendVerification() {
        User user = users.get(caller.userId());
        limits.checkMailTo(user.email());
        return Answer.done(
                credentials.resendVerification(user.userId())
                        ? "A mail is on its way"
                        : "The e-mail address is verified already");
    }

    @POST
    @Path("/password/forgot")
    @Operation(
            operationId = "forgotPassword",
            summary = "Have a mail sent with which a password can be reset",
            description =
                    "The answer is the same whether the address has an account or not. The mail's token is good once,"
                            + " for an hour, until another is asked for. RATE_LIMITED: too often for this address, or from here.")
    public Answer<Void> forgotPassword(@Valid @NotNull ForgotRequest request) {
        limits.checkMailTo(request.email());
        credentials.forgot(request.email());
        return Answer.done("If this address has an account, a mail is on its way");
    }

    @POST
    @Path("/password/reset")
    @Operation(
            operationId = "resetPassword",
            summary = "Choose a new password with a mailed token",
            description =
                    "Ends every session of the account and tells its owner by mail. Errors: VALIDATION_ERROR (token), one"
                            + " answer for wrong, used and expired ones; VALIDATION_ERROR (password), after which the token is still good.")
    public Answer<Void> resetPassword(@Valid @NotNull ResetRequest request) {
        String email = credentials.reset(request.token(), request.password());
        // Whoever guessed before has not guessed this one.
        limits.loginSucceeded(email);
        return Answer.done("Password changed: sign in with it");
    }

    @PUT
    @Path("/password")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_CREDENTIALS")
    @Operation(
            operationId = "changePassword",
            summary = "Change your password",
            description = "Ends every other session of yours and tells you by mail. A wrong current password is"
                    + " INVALID_CREDENTIALS and counts like a failed sign-in.")
    public Answer<Void> changePassword(@Valid @NotNull PasswordChange change) {
        return tries.ofCaller(user -> {
            credentials.changePassword(
                    user.userId(), caller.sessionId(), change.currentPassword(), change.newPassword());
            return Answer.done("Password changed");
        });
    }
}
