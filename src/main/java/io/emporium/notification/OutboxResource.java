package io.emporium.notification;

import io.emporium.outbox.Replayable;
import io.emporium.shared.Refusal;
import io.emporium.web.Answer;
import io.emporium.web.AuditLog;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.quarkus.arc.All;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What waits to leave, and what was given up: for those who run the shop (contract.md "Endpoints"). */
@Path("/api/v1/admin/outbox")
@Tag(name = "Outbox")
@RunOnVirtualThread
public class OutboxResource {
    private final OutboxState state;
    private final List<Replayable> replayables;
    private final Idempotency idempotency;
    private final AuditLog audit;
    private final Caller caller;

    OutboxResource(
            OutboxState state,
            @All List<Replayable> replayables,
            Idempotency idempotency,
            AuditLog audit,
            Caller caller) {
        this.state = state;
        this.replayables = replayables;
        this.idempotency = idempotency;
        this.audit = audit;
        this.caller = caller;
    }

    @GET
    @Operation(
            operationId = "getOutbox",
            summary = "Unsent events and parked messages",
            description =
                    "How many events wait for the broker and since when, and a page of the messages that failed five times, newest first.")
    public Answer<OutboxView> get(
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return Answer.of(state.view(page, limit));
    }

    @POST
    @Path("/parked/{id}/replay")
    @Operation(
            operationId = "replayParkedMessage",
            summary = "Try a parked message again",
            description = "Gives it five new tries, beginning now. 404 if there is no parked message of that number.")
    public Answer<Void> replay(@PathParam("id") long id, @HeaderParam(Idempotency.HEADER) @Nullable String key) {
        var request = new Idempotency.Request(
                caller.userId(), key, "POST /admin/outbox/parked/" + id + "/replay", Map.of(), 200);
        return idempotency.inOneTransaction(request, () -> {
            if (replayables.stream().noneMatch(parked -> parked.replay(id))) {
                throw Refusal.notFound("Parked message");
            }
            audit.record("outbox.replayed", "message", id, null, null);
            return Answer.done("Message is tried again");
        });
    }
}
