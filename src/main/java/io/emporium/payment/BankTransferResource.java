package io.emporium.payment;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where an admin says which transfers have come (contract.md "Payments"). */
@Path("/api/v1/payments/bank-transfers")
@Tag(name = "Payments")
@RunOnVirtualThread
public class BankTransferResource {
    private final BankTransfers transfers;
    private final Idempotency idempotency;
    private final Caller caller;

    BankTransferResource(BankTransfers transfers, Idempotency idempotency, Caller caller) {
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.caller = caller;
    }

    /** @param amount what came, in the order's currency */
    record Confirmation(
            @NotNull
            @Positive
            @DecimalMax("9999999999.99")
            @Digits(integer = 10, fraction = 2)
            @Schema(examples = "999.99")
            BigDecimal amount) {}

    /** Transfers of one status, the longest waiting first. */
    @GET
    @Operation(
            operationId = "getBankTransfers",
            summary = "Bank transfers by status",
            description = "Those that are awaited (pending_verification), or completed, cancelled, failed."
                    + " Of an awaited one reported_amount says that something else came.")
    public Answer<BankTransferView.Listed> list(
            @QueryParam("status") @DefaultValue("pending_verification") String status,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return Answer.of(BankTransferView.Listed.of(transfers.list(status, page, limit)));
    }

    /** A transfer has come. */
    @POST
    @Path("/{reference}/confirm")
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND,INVALID_STATUS_TRANSITION")
    @Operation(
            operationId = "confirmBankTransfer",
            summary = "Confirm that a transfer has come",
            description =
                    "The right amount pays the order; if the order could not wait for it, the money is to go back. Another"
                            + " amount is refused and noted at the transfer.")
    public Answer<BankTransferView> confirm(
            @HeaderParam(Idempotency.HEADER) @Nullable String key,
            @PathParam("reference") String reference,
            @Valid @NotNull Confirmation confirmation) {
        var request = new Idempotency.Request(
                caller.userId(), key, "POST /payments/bank-transfers/" + reference + "/confirm", confirmation, 200);
        return idempotency.acrossTransactions(request, () -> {
            BankTransferView transfer = transfers.confirm(reference, confirmation.amount());
            if (!transfer.hasCome()) {
                throw PaymentError.wrongAmount(transfer.amount());
            }
            return new Idempotency.Outcome<>(200, Answer.of("Transfer confirmed", transfer));
        });
    }
}
