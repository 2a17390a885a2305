package io.emporium.payment;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.emporium.web.PlainText;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Where an admin finds the payments and refunds that no program can settle. */
@Path("/api/v1/admin/payments/attention")
@Tag(name = "Payments")
@RunOnVirtualThread
public class PaymentIssueResource {
    private final PaymentIssues issues;
    private final IssueRefunds refunds;
    private final Idempotency idempotency;
    private final Caller caller;

    PaymentIssueResource(PaymentIssues issues, IssueRefunds refunds, Idempotency idempotency, Caller caller) {
        this.issues = issues;
        this.refunds = refunds;
        this.idempotency = idempotency;
        this.caller = caller;
    }

    /** @param note what was done, at most 500 characters */
    public record Resolution(
            @NotBlank @Size(max = 500) @PlainText @Schema(examples = "Refunded in Stripe's dashboard")
            String note) {}

    /** What nobody has looked at yet, the longest waiting first. */
    @GET
    @Operation(
            operationId = "getPaymentsForAttention",
            summary = "Payments and refunds that a person has to look at",
            description =
                    "Another amount than was asked for, money taken twice, nothing known for more than a day, a refund"
                            + " that failed; and entries of the bank account that fit nothing. The longest waiting first; what settles by itself leaves the list.")
    public Answer<PaymentIssueView.Listed> list(
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return Answer.of(PaymentIssueView.Listed.of(issues.list(page, limit)));
    }

    /** Takes it from the list. It moves no money: that was done, or not, before. */
    @POST
    @Path("/{issue_id}/resolve")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "resolvePaymentIssue",
            summary = "Take a payment from the list",
            description = "With a note of what was done. It moves no money by itself.")
    public Answer<PaymentIssueView> resolve(
            @PathParam("issue_id") long issueId, @Valid @NotNull Resolution resolution) {
        return Answer.of("Resolved", issues.resolve(caller.userId(), issueId, resolution.note()));
    }

    /** Gives back what was taken twice. */
    @POST
    @Path("/{issue_id}/refund")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_STATUS_TRANSITION,REFUND_EXCEEDS_PAYMENT")
    @Extension(name = ApiDocument.STATUSES, value = "200,202")
    @Operation(
            operationId = "refundPaymentIssue",
            summary = "Give back what was taken twice, or was another amount",
            description = "The capture that pays no order goes back, and the entry leaves the list with"
                    + " a note. 202 while the provider has not said what became of it: asked again, the same refund is"
                    + " asked for. Of captured_twice the order and its payment stay as they are; of an amount_mismatch"
                    + " the payment is over with it, and the order can be paid anew while it waits.")
    public RestResponse<Answer<PaymentIssueView>> refund(
            @HeaderParam(Idempotency.HEADER) @Nullable String key,
            @PathParam("issue_id") long issueId,
            @Valid @NotNull Resolution resolution) {
        long adminId = caller.userId();
        String operation = "POST /admin/payments/attention/" + issueId + "/refund";
        Answer<PaymentIssueView> answer = idempotency.acrossTransactions(
                new Idempotency.Request(adminId, key, operation, resolution, 200), () -> {
                    PaymentIssueView view = refunds.refund(adminId, issueId, resolution.note());
                    return new Idempotency.Outcome<>(
                            view.httpStatus(), Answer.of(view.resolvedAt() == null ? "Under way" : "Given back", view));
                });
        int status = answer.data() == null ? 200 : answer.data().httpStatus();
        return RestResponse.ResponseBuilder.create(RestResponse.Status.fromStatusCode(status), answer)
                .build();
    }
}
