package io.emporium.payment;

import io.emporium.shared.CardNumbers;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** A customer's own saved cards; one is saved with a payment (contract.md "Payments"). */
@Path("/api/v1/payment-methods")
@Tag(name = "Payments")
@RunOnVirtualThread
public class SavedMethodResource {
    private final SavedMethods methods;
    private final Caller caller;

    SavedMethodResource(SavedMethods methods, Caller caller) {
        this.methods = methods;
        this.caller = caller;
    }

    /** The caller's cards, newest first. */
    @GET
    @Operation(
            operationId = "getPaymentMethods",
            summary = "Own saved payment methods, newest first",
            description =
                    "Cards that were saved with a payment (save_payment_method); at most 100. They are kept by the payment"
                            + " provider: 503 while it is away.")
    public Answer<SavedMethodView.Listed> list() {
        return Answer.of(new SavedMethodView.Listed(methods.list(caller.userId())));
    }

    /** Takes one away. */
    @DELETE
    @Path("/{payment_method_id}")
    @Extension(name = ApiDocument.ERRORS, value = "INVALID_PAYMENT_DETAILS")
    @Operation(operationId = "deletePaymentMethod", summary = "Delete an own saved payment method")
    public Answer<Void> delete(
            @PathParam("payment_method_id") @Pattern(regexp = "pm_[A-Za-z0-9_]{1,250}") String methodId) {
        // It becomes a part of an address, and addresses are logged by whoever stands between.
        if (CardNumbers.isIn(methodId)) {
            throw PaymentError.cardNumber();
        }
        methods.delete(caller.userId(), methodId);
        return Answer.done("Payment method deleted");
    }
}
