package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.order.Order;
import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A payment or refund that a person has to look at, or an entry of the bank account.
 *
 * @param reason amount_mismatch, captured_twice, unsettled for more than a day, refund_failed; of a bank entry also
 *     unknown_reference, wrong_currency, reversed
 * @param details what was seen
 * @param orderId absent, like what else is the order's or the payment's, for a bank entry that names none
 * @param type payment, refund or bank_entry
 * @param transactionId the provider's name for it; absent where the provider has not answered; the bank's of its entry
 * @param amount negative for a refund, and for what has left the bank account
 * @param capture the provider's name of the money that was taken twice, which can be given back from here
 * @param refundId the provider's name of the refund that gave it back
 * @param resolvedBy which admin; absent where it settled by itself
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PaymentIssueView(
        @Schema(examples = "1") long issueId,
        IssueReason reason,

        @Schema(examples = "captured 49.98 USD instead of 49.99 USD")
        String details,

        @Nullable @Schema(examples = "1") Long orderId,
        @Nullable @Schema(examples = "ORD-2026-0001") String orderNumber,
        @Schema(examples = "payment") String type,
        @Nullable @Schema(examples = "pay_0b9e2f6c") String transactionReference,
        @Nullable @Schema(examples = "pi_1234567890") String transactionId,
        @Nullable TransactionStatus status,

        @Schema(type = SchemaType.NUMBER, examples = "999.99")
        BigDecimal amount,

        @Schema(examples = "USD") String currency,
        @Nullable @Schema(examples = "pi_1234567891") String capture,
        @Nullable @Schema(examples = "re_1234567890") String refundId,
        Instant openedAt,
        @Nullable Instant resolvedAt,
        @Nullable Long resolvedBy,
        @Nullable String note) {

    /** Without the details, in which names and account numbers may be. */
    PaymentIssueView forTheLog() {
        return new PaymentIssueView(
                issueId,
                reason,
                "",
                orderId,
                orderNumber,
                type,
                transactionReference,
                transactionId,
                status,
                amount,
                currency,
                capture,
                refundId,
                openedAt,
                resolvedAt,
                resolvedBy,
                note);
    }

    /** A page of them. */
    record Listed(List<PaymentIssueView> payments, Pagination pagination) {
        static Listed of(Page<PaymentIssueView> page) {
            return new Listed(page.items(), Pagination.of(page));
        }
    }

    /** With which HTTP status a refund is answered: 202 while the provider has not said what became of it. */
    int httpStatus() {
        return resolvedAt == null ? 202 : 200;
    }

    /** @param entry null where it is about a payment or refund; that of an entry which names none is null */
    PaymentIssueView(
            PaymentIssue issue, @Nullable Transaction about, @Nullable Order order, @Nullable BankEntry entry) {
        this(
                issue.issueId(),
                issue.reason,
                issue.details,
                order == null ? null : order.orderId(),
                order == null ? null : order.orderNumber(),
                entry == null ? Objects.requireNonNull(about).transactionType : "bank_entry",
                about == null ? null : about.transactionReference(),
                entry == null ? Objects.requireNonNull(about).providerReference : entry.bankReference,
                about == null ? null : about.status(),
                entry == null ? Objects.requireNonNull(about).amount().amount() : signed(entry),
                entry == null ? Objects.requireNonNull(about).currency : entry.currency,
                issue.capture,
                issue.refundId,
                issue.openedAt,
                issue.resolvedAt,
                issue.resolvedBy,
                issue.note);
    }

    private static BigDecimal signed(BankEntry entry) {
        return entry.credit ? entry.plainAmount() : entry.plainAmount().negate();
    }
}
