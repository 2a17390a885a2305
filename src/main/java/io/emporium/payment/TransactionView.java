package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.emporium.order.PaymentMethod;
import io.emporium.shared.Money;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A row of the book of money: an attempt to pay, or a refund.
 *
 * @param transactionId the provider's name for it; absent until the provider has answered. To the customer not that of a
 *     payment that failed: whether the provider was asked at all is the shop's affair
 * @param transactionReference ours
 * @param type payment or refund
 * @param amount negative for a refund
 * @param declineCode why it failed; to the customer without what would help a thief
 * @param clientSecret for the customer who has to confirm
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TransactionView(
        @Nullable @Schema(examples = "pi_1234567890") String transactionId,
        @Schema(examples = "pay_0b9e2f6c") String transactionReference,
        @Schema(examples = "1") long orderId,
        @Schema(examples = "payment") String type,
        PaymentMethod paymentMethod,
        TransactionStatus status,

        @Schema(type = SchemaType.NUMBER, examples = "999.99")
        Money amount,

        @Schema(examples = "USD") String currency,
        @Nullable String declineCode,
        @Nullable String clientSecret,

        @Nullable @JsonRawValue @Schema(type = SchemaType.OBJECT)
        String nextAction,

        Instant createdAt,
        Instant updatedAt) {

    /**
     * All that belongs to one order, oldest first.
     *
     * @param disputes for support and admins only
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record OfOrder(
            List<TransactionView> transactions, @Nullable List<DisputeView> disputes) {}

    static TransactionView of(Transaction transaction, boolean forAdmin) {
        String code = transaction.declineCode;
        return new TransactionView(
                forAdmin || !isFailedPayment(transaction) ? transaction.providerReference : null,
                transaction.transactionReference(),
                transaction.orderId,
                transaction.transactionType,
                transaction.paymentMethod,
                transaction.status(),
                transaction.amount(),
                transaction.currency,
                code == null || forAdmin ? code : PaymentError.shown(code),
                forAdmin ? null : transaction.clientSecret,
                forAdmin ? null : transaction.nextAction,
                transaction.createdAt,
                transaction.updatedAt);
    }

    private static boolean isFailedPayment(Transaction transaction) {
        return transaction.isPayment() && transaction.status() == TransactionStatus.FAILED;
    }
}
