package io.emporium.identity;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where one turns one's own second factor on and off (docs/accounts.md). Wrong passwords and codes count like failed sign-ins. */
@Path("/api/v1/users/me/second-factor")
@RunOnVirtualThread
@Tag(name = "Account")
class SecondFactorResource {
    private static final String REFUSALS = "INVALID_CREDENTIALS,INVALID_STATUS_TRANSITION";

    private final SecondFactors secondFactors;
    private final PasswordTries tries;
    private final Caller caller;

    SecondFactorResource(SecondFactors secondFactors, PasswordTries tries, Caller caller) {
        this.secondFactors = secondFactors;
        this.tries = tries;
        this.caller = caller;
    }

    @GET
    @Operation(operationId = "getSecondFactor", summary = "Whether your sign-in takes a second factor")
    public Answer<SecondFactorView> get() {
        return Answer.of(secondFactors.of(caller.userId()));
    }

    @POST
    @Extension(name = ApiDocument.ERRORS, value = REFUSALS)
    @Operation(
            operationId = "beginSecondFactor",
            summary = "Have a secret made for an authenticator app",
            description =
                    "Told this once. It counts for nothing before it is confirmed by a code; asked for again, it is"
                            + " another. Errors: INVALID_CREDENTIALS; INVALID_STATUS_TRANSITION if a second factor is on.")
    public Answer<SecondFactorView.Begun> begin(@Valid @NotNull PasswordProof proof) {
        return tries.ofCaller(user ->
                Answer.of("Confirm it with a code of the app", secondFactors.begin(user.userId(), proof.password())));
    }

    @POST
    @Path("/confirm")
    @Extension(name = ApiDocument.ERRORS, value = REFUSALS)
    @Operation(
            operationId = "confirmSecondFactor",
            summary = "Turn the second factor on with a first code of the app",
            description =
                    "Answers ten recovery codes, told this once: each is good once where the app is lost. Ends every"
                            + " other session of yours, and tells you by mail. Errors: INVALID_CREDENTIALS;"
                            + " INVALID_STATUS_TRANSITION if one is on.")
    public Answer<SecondFactorView.RecoveryCodes> confirm(@Valid @NotNull AppCode shown) {
        return tries.ofCaller(user -> Answer.of(
                "The second factor is on: keep these codes, they are not shown again",
                secondFactors.confirm(user.userId(), caller.sessionId(), shown.code())));
    }

    @POST
    @Path("/recovery-codes")
    @Extension(name = ApiDocument.ERRORS, value = REFUSALS)
    @Operation(
            operationId = "renewRecoveryCodes",
            summary = "Ten other recovery codes",
            description = "The ones before are good for nothing then. Errors: INVALID_CREDENTIALS;"
                    + " INVALID_STATUS_TRANSITION if no second factor is on.")
    public Answer<SecondFactorView.RecoveryCodes> renewRecoveryCodes(@Valid @NotNull SecondFactorProof proof) {
        return tries.ofCaller(user -> Answer.of(
                "Keep these codes, they are not shown again",
                secondFactors.renewRecoveryCodes(user.userId(), proof.password(), proof.code())));
    }

    @DELETE
    @Extension(name = ApiDocument.ERRORS, value = REFUSALS)
    @Operation(
            operationId = "turnOffSecondFactor",
            summary = "Sign in with the password alone again",
            description =
                    "Tells you by mail. `code` is one of the app, or a recovery code. Errors: INVALID_CREDENTIALS;"
                            + " INVALID_STATUS_TRANSITION if no second factor is on.")
    public Answer<Void> turnOff(@Valid @NotNull SecondFactorProof proof) {
        return tries.ofCaller(user -> {
            secondFactors.turnOff(user.userId(), proof.password(), proof.code());
            return Answer.done("The second factor is off");
        });
    }
}
