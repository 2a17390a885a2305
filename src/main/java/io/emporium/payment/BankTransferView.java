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
 * A transfer as the shop waits for it.
 *
 * @param reference what the customer writes on it
 * @param amount what is to come
 * @param reportedAmount what came instead, as last reported; absent where nothing wrong came
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record BankTransferView(
        @Nullable @Schema(examples = "RF18ORD20260001A1B2C3")
        String reference,

        @Schema(examples = "pay_0b9e2f6c") String transactionReference,
        @Schema(examples = "1") long orderId,
        @Schema(examples = "2") long userId,
        @Schema(examples = "pending_verification") TransactionStatus status,

        @Schema(type = SchemaType.NUMBER, examples = "999.99")
        Money amount,

        @Schema(examples = "USD") String currency,

        @Nullable @Schema(type = SchemaType.NUMBER, examples = "99.99")
        Money reportedAmount,

        @Nullable Instant reportedAt,
        Instant createdAt) {

    /** A page of them. */
    record Listed(List<BankTransferView> transfers, Pagination pagination) {
        static Listed of(Page<BankTransferView> page) {
            return new Listed(page.items(), Pagination.of(page));
        }
    }

    static BankTransferView of(Transaction transfer) {
        return new BankTransferView(
                transfer.providerReference,
                transfer.transactionReference(),
                transfer.orderId,
                transfer.userId,
                transfer.status(),
                transfer.amount(),
                transfer.currency,
                transfer.reportedAmount == null ? null : Money.of(transfer.reportedAmount, transfer.currency),
                transfer.reportedAt,
                transfer.createdAt);
    }

    @JsonIgnore
    boolean hasCome() {
        return status == TransactionStatus.COMPLETED;
    }
}
