package io.emporium.payment;

import io.emporium.payment.paypal.PayPalWebhook;
import io.emporium.payment.stripe.StripeWebhook;
import io.emporium.web.Answer;
import io.smallrye.common.annotation.RunOnVirtualThread;
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
    private final PayPalWebhook paypal;
    private final WebhookInbox inbox;

    WebhookResource(StripeWebhook stripe, PayPalWebhook paypal, WebhookInbox inbox) {
        this.stripe = stripe;
        this.paypal = paypal;
        this.inbox = inbox;
    }

    /** Takes an event that PayPal has signed, as text: the signature is over its very bytes. */
    @POST
    @Path("/paypal")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            operationId = "takePayPalWebhook",
            summary = "PayPal's webhook",
            description =
                    "Signed in the PAYPAL-TRANSMISSION headers, verified by asking PayPal, and answered once the event is"
                            + " kept; 503 while PayPal cannot be asked: it sends it again.")
    public Answer<Void> takePayPal(
            @HeaderParam("PAYPAL-AUTH-ALGO") @Nullable String algorithm,
            @HeaderParam("PAYPAL-CERT-URL") @Nullable String certUrl,
            @HeaderParam("PAYPAL-TRANSMISSION-ID") @Nullable String transmissionId,
            @HeaderParam("PAYPAL-TRANSMISSION-SIG") @Nullable String signature,
            @HeaderParam("PAYPAL-TRANSMISSION-TIME") @Nullable String time,
            @Nullable String body) {
        var signed = new PayPalWebhook.Signature(algorithm, certUrl, transmissionId, signature, time);
        inbox.take(paypal.read(body == null ? "" : body, signed).orElseThrow(PaymentError::notSigned));
        return Answer.done("Received");
    }

    /** Takes an event that Stripe has signed, as text: the signature is over its very bytes. */
    @POST
    @Path("/stripe")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            operationId = "takeStripeWebhook",
            summary = "Stripe's webhook",
            description = "Signed in Stripe-Signature, at most five minutes from now. Answered once the event is kept.")
    public Answer<Void> take(@HeaderParam(StripeWebhook.HEADER) @Nullable String signature, @Nullable String body) {
        inbox.take(stripe.read(body == null ? "" : body, signature).orElseThrow(PaymentError::notSigned));
        return Answer.done("Received");
    }
}
