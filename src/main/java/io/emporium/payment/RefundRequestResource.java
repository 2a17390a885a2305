package io.emporium.payment;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where an admin decides what customers want given back after their order was shipped (contract.md "Payments"). */
@Path("/api/v1/refund-requests")
@Tag(name = "Payments")
@RunOnVirtualThread
public class RefundRequestResource {
    private final PaymentService payments;
    private final RefundRequests requests;
    private final Idempotency idempotency;
    private final Caller caller;

    RefundRequestResource(PaymentService payments, RefundRequests requests, Idempotency idempotency, Caller caller) {
        this.payments = payments;
        this.requests = requests;
        this.idempotency = idempotency;
        this.caller = caller;
    }

    /** Refunds of one status, the longest waiting first. */
    @GET
    @Operation(
            operationId = "getRefundRequests",
            summary = "Refunds by status",
            description =
                    "Those that wait for a decision, or of another status: processing, pending, succeeded, failed,"
                            + " rejected. The longest waiting first.")
    public Answer<RefundView.Listed> list(
            @QueryParam("status") @DefaultValue("pending_approval") String status,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return Answer.of(RefundView.Listed.of(requests.list(status, page, limit)));
    }

    /** Says yes: the money goes back. */
    @POST
    @Path("/{refund_request_id}/approve")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION,REFUND_EXCEEDS_PAYMENT")
    @Operation(operationId = "approveRefundRequest", summary = "Approve a refund request")
    public Answer<RefundView> approve(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @PathParam("refund_request_id") long refundId) {
        long adminId = caller.userId();
        return idempotency.acrossTransactions(
                new Idempotency.Request(adminId, key, "POST /refund-requests/" + refundId + "/approve", "", 200),
                () -> {
                    RefundView view = payments.approveRefund(adminId, refundId);
                    return new Idempotency.Outcome<>(200, Answer.of("Refund approved", view));
                });
    }

    /** Says no. */
    @POST
    @Path("/{refund_request_id}/reject")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION")
    @Operation(operationId = "rejectRefundRequest", summary = "Reject a refund request")
    public Answer<RefundView> reject(@PathParam("refund_request_id") long refundId) {
        return Answer.of("Refund rejected", requests.reject(caller.userId(), refundId));
    }

    /** The shop has transferred the money back itself. */
    @POST
    @Path("/{refund_request_id}/transferred")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "refundTransferred",
            summary = "Say that a refund by bank transfer was made",
            description = "Of an order that was paid by transfer: no provider gives its money back, the shop does.")
    public Answer<RefundView> transferred(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @PathParam("refund_request_id") long refundId) {
        var request = new Idempotency.Request(
                caller.userId(), key, "POST /refund-requests/" + refundId + "/transferred", "", 200);
        return idempotency.acrossTransactions(
                request,
                () -> new Idempotency.Outcome<>(
                        200, Answer.of("Refund transferred", payments.refundTransferred(refundId))));
    }
}
