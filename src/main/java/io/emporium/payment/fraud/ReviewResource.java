package io.emporium.payment.fraud;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.emporium.web.PlainText;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where an admin decides about paid orders that the fraud signals hold (contract.md "Payments"). */
@Path("/api/v1/admin/reviews")
@Tag(name = "Payments")
@RunOnVirtualThread
public class ReviewResource {
    private final Reviews reviews;
    private final Idempotency idempotency;
    private final Caller caller;

    ReviewResource(Reviews reviews, Idempotency idempotency, Caller caller) {
        this.reviews = reviews;
        this.idempotency = idempotency;
        this.caller = caller;
    }

    /** @param note why, for the shop; the customer does not see it */
    public record Decision(
            @Nullable @Size(max = 500) @PlainText @Schema(examples = "Called the customer")
            String note) {}

    /** Reviews of one status, the longest waiting first. */
    @GET
    @Operation(
            operationId = "getReviews",
            summary = "Paid orders on hold",
            description =
                    "Those that wait for a decision, or were approved, rejected, or closed because the order was cancelled"
                            + " before. The longest waiting first, each with the rules that it met.")
    public Answer<ReviewView.Listed> list(
            @QueryParam("status") @DefaultValue("open") String status,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return Answer.of(ReviewView.Listed.of(reviews.list(status, page, limit)));
    }

    /** Says yes: the order can be packed. */
    @POST
    @Path("/{review_id}/approve")
    @Consumes(MediaType.APPLICATION_JSON)
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND,INVALID_STATUS_TRANSITION")
    @Operation(operationId = "approveReview", summary = "Release a held order")
    public Answer<ReviewView> approve(
            @HeaderParam(Idempotency.HEADER) @Nullable String key,
            @PathParam("review_id") long reviewId,
            @Valid @Nullable Decision decision) {
        long adminId = caller.userId();
        String note = note(decision);
        return idempotency.inOneTransaction(
                request(adminId, key, reviewId + "/approve", note),
                () -> Answer.of("Review approved", reviews.approve(adminId, reviewId, note)));
    }

    /** Says no: the order is cancelled, the money goes back. */
    @POST
    @Path("/{review_id}/reject")
    @Consumes(MediaType.APPLICATION_JSON)
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND,INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "rejectReview",
            summary = "Turn a held order down",
            description = "It is cancelled in the shop's name, and what was paid is refunded.")
    public Answer<ReviewView> reject(
            @HeaderParam(Idempotency.HEADER) @Nullable String key,
            @PathParam("review_id") long reviewId,
            @Valid @Nullable Decision decision) {
        long adminId = caller.userId();
        String note = note(decision);
        return idempotency.inOneTransaction(
                request(adminId, key, reviewId + "/reject", note),
                () -> Answer.of("Review rejected", reviews.reject(adminId, reviewId, note)));
    }

    private static @Nullable String note(@Nullable Decision decision) {
        return decision == null ? null : decision.note();
    }

    private static Idempotency.Request request(long adminId, @Nullable String key, String what, @Nullable String note) {
        return new Idempotency.Request(adminId, key, "POST /admin/reviews/" + what, note == null ? "" : note, 200);
    }
}
