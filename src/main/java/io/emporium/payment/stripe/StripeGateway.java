package io.emporium.payment.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.net.RequestOptions;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentSearchParams;
import com.stripe.service.PaymentIntentService;
import io.emporium.payment.gateway.Charge;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.GatewayOutcome.Unknown;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Map;

/**
 * Card payments at Stripe: one PaymentIntent an attempt, confirmed with its creation. No method throws for what Stripe
 * or the network do: whatever cannot be told is {@link Unknown}. Never call it inside a transaction.
 */
@ApplicationScoped
public class StripeGateway {
    /** Where our reference stands in the intent's metadata. */
    static final String REFERENCE = "transaction_reference";

    private final StripeCalls stripe;
    private final PaymentIntentService intents;

    StripeGateway(StripeClient client, StripeCalls stripe) {
        this.stripe = stripe;
        this.intents = client.v1().paymentIntents();
    }

    /**
     * Charges, or asks what became of the same charge: Stripe keeps the answer under the charge's reference for at
     * least 24 hours, so within 23 hours of the first call this may be repeated.
     */
    public GatewayOutcome charge(Charge charge) {
        try {
            return StripeAnswer.of(stripe.ask(() -> intents.create(parameters(charge), key(charge.reference()))));
        } catch (CardException declined) {
            return StripeAnswer.of(declined);
        } catch (InvalidRequestException refused) {
            return refused(charge, refused);
        } catch (IdempotencyException otherParameters) {
            // The first call came from an older version of us, and it arrived. The search may not show it yet.
            GatewayOutcome found = search(charge.reference());
            return found instanceof Declined none && none.isNeverArrived() ? unknown(otherParameters) : found;
        } catch (StripeException | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    /**
     * What became of a payment. One whose last card was declined is closed at Stripe first: the customer's browser holds
     * its client secret and could pay with another card what we have already called failed.
     *
     * @param intent {@code pi_…}
     */
    public GatewayOutcome find(String intent) {
        try {
            PaymentIntent found = stripe.ask(() -> intents.retrieve(intent));
            return StripeAnswer.isOpen(found) ? cancel(intent) : StripeAnswer.of(found);
        } catch (StripeException | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    /**
     * Calls a payment off, unless it is paid or declined already: then this is what it was.
     *
     * @param intent {@code pi_…}
     */
    public GatewayOutcome cancel(String intent) {
        try {
            return StripeAnswer.of(stripe.ask(() -> intents.cancel(intent)));
        } catch (InvalidRequestException tooLate) {
            return asItIs(intent);
        } catch (StripeException | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    /**
     * Looks for a payment of which nothing but our reference is known. Stripe's search lags behind by about a minute:
     * only for charges whose last call is longer ago than that.
     *
     * @return {@link Declined} as {@link Declined#NEVER_ARRIVED} where there is none
     */
    public GatewayOutcome search(String reference) {
        var query = PaymentIntentSearchParams.builder()
                .setQuery("metadata['" + REFERENCE + "']:'" + reference + "'")
                .setLimit(1L)
                .build();
        try {
            var found = stripe.ask(() -> intents.search(query)).getData();
            return found.isEmpty()
                    ? new Declined(null, Declined.NEVER_ARRIVED, "The payment did not reach the provider", null)
                    : find(found.getFirst().getId());
        } catch (StripeException | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    private GatewayOutcome asItIs(String intent) {
        try {
            PaymentIntent found = stripe.ask(() -> intents.retrieve(intent));
            return StripeAnswer.isOpen(found)
                    ? new Unknown("open, and could not be cancelled")
                    : StripeAnswer.of(found);
        } catch (StripeException | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    private static GatewayOutcome refused(Charge charge, InvalidRequestException refused) {
        String parameter = String.valueOf(refused.getParam());
        if (parameter.startsWith("payment_method")) {
            return StripeAnswer.refused(refused, Declined.UNUSABLE_METHOD, "This payment method cannot be used");
        }
        // Of these only the amount's bounds can be a customer's doing; the rest is a fault of ours to be seen.
        Log.errorf(
                "Stripe refused to charge %s: %s %s (request %s)",
                charge.reference(), refused.getCode(), parameter, refused.getRequestId());
        String code = refused.getCode() == null ? "refused" : refused.getCode();
        return StripeAnswer.refused(refused, code, "The payment was refused");
    }

    private static Unknown unknown(Exception unanswered) {
        return new Unknown(StripeCalls.describe(unanswered));
    }

    private static RequestOptions key(String reference) {
        return RequestOptions.builder().setIdempotencyKey(reference).build();
    }

    private static PaymentIntentCreateParams parameters(Charge charge) {
        var parameters = PaymentIntentCreateParams.builder()
                .setAmount(charge.amount().minorUnits())
                .setCurrency(charge.amount().currency().getCurrencyCode().toLowerCase(Locale.ROOT))
                .addPaymentMethodType("card")
                .setConfirm(true)
                .putMetadata("order_id", Long.toString(charge.orderId()))
                .putMetadata("order_number", charge.orderNumber())
                .putMetadata(REFERENCE, charge.reference());
        if (charge.token().startsWith("tok_")) {
            parameters.setPaymentMethodData(PaymentIntentCreateParams.PaymentMethodData.builder()
                    .putExtraParam("type", "card")
                    .putExtraParam("card", Map.of("token", charge.token()))
                    .build());
        } else {
            parameters.setPaymentMethod(charge.token());
        }
        return parameters.build();
    }
}
