package io.emporium.payment;

import io.emporium.shared.CardNumbers;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.emporium.web.RateLimits;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Paying, giving back, and how both stand (low-level-design 4.5). */
@Path("/api/v1/payments")
@Tag(name = "Payments")
@RunOnVirtualThread
public class PaymentResource {
    private final PaymentService payments;
    private final Idempotency idempotency;
    private final RateLimits limits;
    private final Caller caller;

    PaymentResource(PaymentService payments, Idempotency idempotency, RateLimits limits, Caller caller) {
        this.payments = payments;
        this.idempotency = idempotency;
        this.limits = limits;
        this.caller = caller;
    }

    /** Pays an own order. */
    @POST
    @Path("/process")
    @Extension(
            name = ApiDocument.ERRORS,
            value =
                    "INVALID_PAYMENT_METHOD,INVALID_PAYMENT_DETAILS,PAYMENT_DECLINED,RESOURCE_NOT_FOUND,ORDER_NOT_PAYABLE")
    @Extension(name = ApiDocument.STATUSES, value = "200,202")
    @Operation(
            operationId = "processPayment",
            summary = "Pay an order",
            description = "200 completed, or requires_action with client_secret and next_action (3-D Secure) or with"
                    + " next_action.redirect_url (PayPal: once the buyer is back, its transaction_id is sent as"
                    + " token). 202 processing while the outcome is not known: ask for it with the transaction_reference. 402 declined, the order"
                    + " stays payable. A second call never charges twice.")
    public RestResponse<Answer<PaymentView>> process(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @Valid @NotNull PaymentRequest request) {
        long userId = caller.userId();
        limits.check(RateLimits.Kind.PAYMENTS, userId);
        refuseCardNumber(key);
        // Nothing of the body goes further than here: what does is an order, a method and a token.
        PaymentService.Payment payment = PaymentService.validatePayment(request);
        Answer<PaymentView> answer = idempotency.acrossTransactions(
                new Idempotency.Request(userId, key, "POST /payments/process", payment, 200), () -> {
                    PaymentView view = payments.processPayment(userId, payment, key);
                    return new Idempotency.Outcome<>(view.httpStatus(), Answer.of(view.message(), view));
                });
        return answered(answer, answer.data() == null ? 200 : answer.data().httpStatus());
    }

    /** Gives money back, or asks for it. */
    @POST
    @Path("/refund")
    @Extension(
            name = ApiDocument.ERRORS,
            value = "INVALID_PAYMENT_DETAILS,RESOURCE_NOT_FOUND,REFUND_EXCEEDS_PAYMENT,INVALID_STATUS_TRANSITION")
    @Extension(name = ApiDocument.STATUSES, value = "200,202")
    @Operation(
            operationId = "refundPayment",
            summary = "Refund a payment",
            description =
                    "An admin at once, any order. The owner at once while the order is not shipped; after that 202"
                            + " pending_approval, and an admin decides. Never more than is left of what was paid, and not"
                            + " what the customer has disputed at their bank.")
    public RestResponse<Answer<RefundView>> refund(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @Valid @NotNull RefundRequest request) {
        long userId = caller.userId();
        limits.check(RateLimits.Kind.REFUNDS, userId);
        refuseCardNumber(key);
        boolean byAdmin = caller.mayInFull();
        Answer<RefundView> answer = idempotency.acrossTransactions(
                new Idempotency.Request(userId, key, "POST /payments/refund", request, 200), () -> {
                    RefundView view = payments.refundPayment(userId, byAdmin, request, key);
                    return new Idempotency.Outcome<>(view.httpStatus(), Answer.of(view.message(), view));
                });
        return answered(answer, answer.data() == null ? 200 : answer.data().httpStatus());
    }

    /** How a payment or refund stands, by our reference or the provider's. */
    @GET
    @Path("/{transaction_reference}")
    @Operation(
            operationId = "getPayment",
            summary = "How a payment or refund stands",
            description = "By our transaction_reference or the provider's id. Own ones; support and admins all.")
    public Answer<TransactionView> get(@PathParam("transaction_reference") String reference) {
        return Answer.of(payments.getTransactionStatus(reference, caller.mayInFull() ? null : caller.userId()));
    }

    private static void refuseCardNumber(@Nullable String key) {
        if (CardNumbers.isInKey(key)) {
            throw PaymentError.cardNumber();
        }
    }

    private static <T> RestResponse<Answer<T>> answered(Answer<T> answer, int status) {
        return RestResponse.ResponseBuilder.create(RestResponse.Status.fromStatusCode(status), answer)
                .build();
    }
}
