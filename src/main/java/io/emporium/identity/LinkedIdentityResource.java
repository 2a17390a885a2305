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
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** With what at another provider one signs in to one's own account (docs/accounts.md). */
@Path("/api/v1/users/me/identities")
@RunOnVirtualThread
@Tag(name = "Account")
class LinkedIdentityResource {
    private final LinkedIdentities identities;
    private final OidcSignIn signIn;
    private final PasswordTries tries;
    private final Caller caller;

    LinkedIdentityResource(LinkedIdentities identities, OidcSignIn signIn, PasswordTries tries, Caller caller) {
        this.identities = identities;
        this.signIn = signIn;
        this.tries = tries;
        this.caller = caller;
    }

    @GET
    @Operation(operationId = "getIdentities", summary = "With what at another provider you can sign in")
    public Answer<LinkedIdentityView.Listed> list() {
        return Answer.of(new LinkedIdentityView.Listed(identities.of(caller.userId())));
    }

    @POST
    @Extension(
            name = ApiDocument.ERRORS,
            value = "INVALID_CREDENTIALS,INVALID_TOKEN,IDENTITY_NOT_LINKED,INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "linkIdentity",
            summary = "Sign in at another provider from now on, too",
            description =
                    "Begun as a sign-in there, at /auth/oidc/start; with your password, and a code of your second factor if you"
                            + " have one. Again is fine. Tells you by mail. Errors: INVALID_CREDENTIALS, which counts like a failed"
                            + " sign-in; INVALID_TOKEN: begin again; IDENTITY_NOT_LINKED (linked_elsewhere): it is another"
                            + " account's; INVALID_STATUS_TRANSITION: another one of that provider is linked.")
    public Answer<Void> link(@Valid @NotNull OidcReturn.ToLink returned) {
        return tries.ofCaller(user -> {
            signIn.link(user.userId(), returned);
            return Answer.done("Linked: you can sign in there");
        });
    }

    @DELETE
    @Path("/{identity_id}")
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND,INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "unlinkIdentity",
            summary = "Sign in there no longer",
            description =
                    "Ends every other session of yours and tells you by mail. Linked again it is only by yourself. Errors:"
                            + " RESOURCE_NOT_FOUND if it is none of yours; INVALID_STATUS_TRANSITION if you have no password: it is your"
                            + " only way in.")
    public Answer<Void> unlink(@PathParam("identity_id") long identityId) {
        identities.unlink(caller.userId(), identityId, caller.sessionId());
        return Answer.done("Unlinked");
    }
}
