package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.emporium.shared.Money;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt to pay stands (low-level-design 4.5.1).
 *
 * @param transactionId the provider's name for it; absent until the provider has answered
 * @param transactionReference ours, there from the beginning: {@code GET /payments/{transaction_reference}}
 * @param status completed, requires_action, pending_verification, or processing while the outcome is not known
 * @param clientSecret with which the customer's browser confirms; only while requires_action
 * @param nextAction what the browser has to do while requires_action; while pending_verification, which account to pay to
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PaymentView(
        @Nullable @Schema(examples = "pi_1234567890") String transactionId,
        @Schema(examples = "pay_0b9e2f6c") String transactionReference,
        @Schema(examples = "completed") TransactionStatus status,

        @Schema(type = SchemaType.NUMBER, examples = "999.99")
        Money amount,

        @Nullable String clientSecret,

        @Nullable @JsonRawValue @Schema(type = SchemaType.OBJECT)
        String nextAction) {

    static PaymentView of(Transaction payment) {
        return new PaymentView(
                payment.providerReference,
                payment.transactionReference(),
                payment.status(),
                payment.amount(),
                payment.clientSecret,
                payment.nextAction);
    }

    /** With which HTTP status it is answered: 202 where the outcome is still to come. */
    int httpStatus() {
        return switch (status) {
            case PENDING, PROCESSING -> 202;
            case REQUIRES_ACTION, PENDING_VERIFICATION, COMPLETED, FAILED, CANCELLED -> 200;
        };
    }

    /** For a person. */
    String message() {
        return switch (status) {
            case COMPLETED -> "Payment processed successfully";
            case REQUIRES_ACTION -> "The payment has to be confirmed by the customer";
            case PENDING_VERIFICATION -> "The order waits for the transfer";
            case PENDING, PROCESSING -> "The payment is being processed";
            case FAILED, CANCELLED -> "The payment failed";
        };
    }
}
