package io.emporium.notification.delivery;

import io.emporium.identity.EmailAddress;
import io.emporium.notification.delivery.Suppressions.Suppression;
import io.emporium.shared.Page;
import io.emporium.shared.Refusal;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.AuditLog;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.emporium.web.OneLine;
import io.emporium.web.Pagination;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** The addresses that get no mail, for those who run the shop. */
@Path("/api/v1/admin/suppressions")
@Tag(name = "Outbox")
@RunOnVirtualThread
public class SuppressionResource {
    private final Suppressions suppressions;
    private final AuditLog audit;
    private final Idempotency idempotency;
    private final Caller caller;

    SuppressionResource(Suppressions suppressions, AuditLog audit, Idempotency idempotency, Caller caller) {
        this.suppressions = suppressions;
        this.audit = audit;
        this.idempotency = idempotency;
        this.caller = caller;
    }

    /**
     * An address that is to get no promotion.
     *
     * @param address in any case
     * @param note why, at most 200 characters in one line
     */
    record SuppressionRequest(
            @Schema(examples = "jane@example.com") @NotNull @EmailAddress
            String address,

            @Schema(examples = "Asked for it by telephone") @Size(max = 200) @OneLine @Nullable
            String note) {}

    /** A page of the list. */
    record SuppressionList(List<SuppressionView> suppressions, Pagination pagination) {}

    /**
     * An address that gets no mail.
     *
     * @param reason hard_bounce (no mail at all), complaint or admin (no promotion)
     * @param detail what was said with it, a mail server's reply for example
     */
    record SuppressionView(
            @Schema(examples = "7") long suppressionId,
            @Schema(examples = "jane@example.com") String address,
            @Schema(examples = "hard_bounce") String reason,

            @Schema(examples = "5.1.1 no such user") @Nullable
            String detail,

            Instant createdAt) {

        static SuppressionView of(Suppression suppression) {
            return new SuppressionView(
                    suppression.id(),
                    suppression.address(),
                    suppression.reason(),
                    suppression.detail(),
                    suppression.createdAt());
        }
    }

    @GET
    @Operation(
            operationId = "listSuppressions",
            summary = "Addresses that get no mail",
            description = "Newest first, and why: after a hard bounce no mail at all, otherwise no promotion.")
    public Answer<SuppressionList> list(
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        Page<SuppressionView> found = suppressions.page(page, limit).map(SuppressionView::of);
        return Answer.of(new SuppressionList(found.items(), Pagination.of(found)));
    }

    /** For the same reason once, however often it is asked for. */
    @POST
    @Extension(name = ApiDocument.STATUSES, value = "201")
    @ResponseStatus(201)
    @Operation(
            operationId = "addSuppression",
            summary = "Send an address no promotion any more",
            description =
                    "For somebody who has asked for it by letter or telephone, whether there is an account of that address"
                            + " or not. Messages about orders and accounts go on. Again is fine: the entry that is there is answered, with"
                            + " the note that it has.")
    public Answer<SuppressionView> add(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @Valid @NotNull SuppressionRequest request) {
        return idempotency.inOneTransaction(
                new Idempotency.Request(caller.userId(), key, "POST /admin/suppressions", request, 201), () -> {
                    boolean isNew = suppressions.add(request.address(), Suppressions.Reason.ADMIN, request.note());
                    Suppression entry = suppressions.get(request.address(), Suppressions.Reason.ADMIN);
                    if (isNew) {
                        audit.record(
                                "suppression.added", "suppression", entry.id(), null, Map.of("reason", entry.reason()));
                    }
                    return Answer.of("Address gets no promotion", SuppressionView.of(entry));
                });
    }

    @DELETE
    @Path("/{id}")
    @Transactional
    @Operation(
            operationId = "removeSuppression",
            summary = "Send mail to an address again",
            description = "What was skipped meanwhile stays skipped. 404 if there is none of that number.")
    public Answer<Void> remove(@PathParam("id") long id) {
        String reason = suppressions.remove(id).orElseThrow(() -> Refusal.notFound("Suppression"));
        audit.record("suppression.removed", "suppression", id, Map.of("reason", reason), null);
        return Answer.done("Address is written to again");
    }
}
