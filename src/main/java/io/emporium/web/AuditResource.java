package io.emporium.web;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Who did what, for an admin to read, and whether anybody has been at it since. */
@Path("/api/v1/admin/audit")
@RunOnVirtualThread
@Tag(name = "Staff")
class AuditResource {
    private final AuditLog audit;

    AuditResource(AuditLog audit) {
        this.audit = audit;
    }

    /** Filters combine. */
    @GET
    @Operation(
            operationId = "getAuditLog",
            summary = "Who did what, the newest first",
            description =
                    "`entity_type` and `entity_id` name the thing, `actor_id` who did it. `before`: only entries older"
                            + " than that one; `next_before` of an answer leads on.")
    public Answer<AuditEntryView.Listed> list(
            @QueryParam("entity_type") @Size(max = 40) @PlainText @Nullable String entityType,
            @QueryParam("entity_id") @Size(max = 100) @PlainText @Nullable String entityId,
            @QueryParam("actor_id") @Min(1) @Nullable Long actorId,
            @QueryParam("before") @Min(1) @Nullable Long before,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return Answer.of(audit.entries(entityType, entityId, actorId, before, limit));
    }

    @GET
    @Path("/verification")
    @Operation(
            operationId = "verifyAuditLog",
            summary = "Whether the log is as it was written",
            description = "Reads all of it and compares every entry with its hash, which is over the entry and the hash"
                    + " before it. `known_head`: a `head` of an earlier answer; that it is no longer there tells"
                    + " of a log that was cut off or written anew.")
    public Answer<AuditEntryView.Verification> verify(
            @QueryParam("known_head")
                    @Pattern(regexp = "[0-9a-f]{64}", message = "must be 64 hexadecimal digits")
                    @Nullable
                    String knownHead) {
        return Answer.of(audit.verify(knownHead));
    }
}
