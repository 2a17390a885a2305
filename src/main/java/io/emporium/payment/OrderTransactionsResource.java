package io.emporium.payment;

import io.emporium.web.Answer;
import io.emporium.web.Caller;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The book of money of one order (contract.md "Endpoints"). */
@Path("/api/v1/orders/{order_id}/transactions")
@Tag(name = "Payments")
@RunOnVirtualThread
public class OrderTransactionsResource {
    private final PaymentService payments;
    private final Caller caller;

    OrderTransactionsResource(PaymentService payments, Caller caller) {
        this.payments = payments;
        this.caller = caller;
    }

    /** Every attempt to pay the order and every refund, oldest first. */
    @GET
    @Operation(
            operationId = "getOrderTransactions",
            summary = "An order's payments and refunds",
            description =
                    "Oldest first; a refund's amount is negative. Of own orders; support and admins of all, with the disputes.")
    public Answer<TransactionView.OfOrder> list(@PathParam("order_id") long orderId) {
        return Answer.of(payments.getTransactions(orderId, caller.mayInFull() ? null : caller.userId()));
    }
}
