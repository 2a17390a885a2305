package io.emporium.identity;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Keys for programs: made, seen and revoked by an admin (low-level-design 6.3, contract.md {@code /api-keys}). */
@Path("/api/v1/api-keys")
@RunOnVirtualThread
@Tag(name = "Staff")
class ApiKeyResource {
    private final ApiKeys keys;
    private final Credentials credentials;
    private final PasswordTries tries;

    ApiKeyResource(ApiKeys keys, Credentials credentials, PasswordTries tries) {
        this.keys = keys;
        this.credentials = credentials;
        this.tries = tries;
    }

    // No Idempotency-Key: the answer is not kept, for the key is in it.
    @POST
    @Extension(name = ApiDocument.STATUSES, value = "201")
    @ResponseStatus(201)
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_CREDENTIALS")
    @Operation(
            operationId = "createApiKey",
            summary = "Make a key for a program",
            description =
                    "It calls in your name and is sent as `X-API-Key`. `key` is told this once. It may do what its"
                            + " scopes say, and no more than you may yourself at the moment. Takes your password, for it"
                            + " outlives your session: INVALID_CREDENTIALS counts like a failed sign-in.")
    public Answer<ApiKeyView.Created> create(@Valid @NotNull ApiKeyRequest request) {
        return tries.ofCaller(user -> {
            credentials.confirmed(user.userId(), request.password());
            return Answer.of("API key created: keep it, it is not shown again", keys.create(user.userId(), request));
        });
    }

    @GET
    @Operation(operationId = "getApiKeys", summary = "Everybody's keys, the newest first")
    public Answer<ApiKeyView.Listed> list(
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return Answer.of(ApiKeyView.Listed.of(keys.list(page, limit)));
    }

    @DELETE
    @Path("/{api_key_id}")
    @Operation(
            operationId = "revokeApiKey",
            summary = "Revoke a key",
            description = "From the next call on it opens nothing.")
    public Answer<Void> revoke(@PathParam("api_key_id") long apiKeyId) {
        keys.revoke(apiKeyId);
        return Answer.done("API key revoked");
    }
}
