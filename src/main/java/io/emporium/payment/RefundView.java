package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A refund (low-level-design 4.5.2).
 *
 * @param refundId the provider's name for it, ours until the provider has answered; absent until it is decided
 * @param refundRequestId under which an admin decides
 * @param status succeeded; pending while it is on its way or not known; pending_approval; failed; rejected
 * @param cause requested, cancelled, late_payment; provider: made there by somebody; dispute: the bank has given it back
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RefundView(
        @Nullable @Schema(examples = "re_1234567890") String refundId,
        @Schema(examples = "1") long refundRequestId,
        @Schema(examples = "1") long orderId,
        @Schema(examples = "succeeded") String status,

        @Schema(type = SchemaType.NUMBER, examples = "999.99")
        Money amount,

        @Nullable @Schema(examples = "Product defective") String reason,
        @Schema(examples = "requested") RefundCause cause,
        Instant createdAt) {

    /** Without the customer's own words. */
    RefundView forTheLog() {
        return new RefundView(refundId, refundRequestId, orderId, status, amount, null, cause, createdAt);
    }

    /** A page of them. */
    record Listed(List<RefundView> refundRequests, Pagination pagination) {
        static Listed of(Page<RefundView> page) {
            return new Listed(page.items(), Pagination.of(page));
        }
    }

    /** @param money null until the refund is decided */
    static RefundView of(Refund refund, @Nullable Transaction money) {
        String id = money == null ? null : money.transactionReference();
        return new RefundView(
                money != null && money.providerReference != null ? money.providerReference : id,
                refund.refundId(),
                refund.orderId,
                // Whether the provider has it or we still ask it makes no difference to who waits for the money.
                refund.status() == RefundStatus.PROCESSING
                        ? RefundStatus.PENDING.code()
                        : refund.status().code(),
                refund.amount(),
                refund.reason,
                refund.cause,
                refund.createdAt);
    }

    @JsonIgnore
    boolean isWaitingForApproval() {
        return status.equals(RefundStatus.PENDING_APPROVAL.code());
    }

    @JsonIgnore
    boolean hasFailed() {
        return status.equals(RefundStatus.FAILED.code());
    }

    /** With which HTTP status it is answered: 202 while somebody has to decide. */
    int httpStatus() {
        return isWaitingForApproval() ? 202 : 200;
    }

    /** For a person. */
    String message() {
        return isWaitingForApproval() ? "The refund waits for approval" : "Refund processed successfully";
    }
}
