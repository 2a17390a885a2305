package io.emporium.payment;

import io.emporium.payment.stripe.StripeWebhook;
import io.emporium.web.Answer;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where the payment providers call (contract.md "Payments"). */
@Path("/api/v1/payments/webhooks")
@Tag(name = "Payments")
@RunOnVirtualThread
public class WebhookResource {
    private final StripeWebhook stripe;
    private final WebhookInbox inbox;

    WebhookResource(StripeWebhook stripe, WebhookInbox inbox) {
        this.stripe = stripe;
        this.inbox = inbox;
    }

    /** Takes an event that Stripe has signed, as text: the signature is over its very bytes. */
    @POST
    @Path("/stripe")
    @Consumes(MediaType.WILDCARD)
    @PermitAll
    @Operation(
            operationId = "takeStripeWebhook",
            summary = "Stripe's webhook",
            description = "Signed in Stripe-Signature, at most five minutes from now. Answered once the event is kept.")
    public Answer<Void> take(@HeaderParam(StripeWebhook.HEADER) @Nullable String signature, @Nullable String body) {
        inbox.take(stripe.read(body == null ? "" : body, signature).orElseThrow(PaymentError::notSigned));
        return Answer.done("Received");
    }
}
