package io.emporium.payment.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.net.RequestOptions;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentRetrieveParams;
import com.stripe.param.PaymentIntentSearchParams;
import com.stripe.service.PaymentIntentService;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.Charge;
import io.emporium.payment.gateway.Door;
import io.emporium.payment.gateway.Gateway;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.GatewayOutcome.Unknown;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.Reversal;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.instrumentation.annotations.WithSpan;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Card payments at Stripe: one PaymentIntent an attempt, confirmed with its creation. */
@ApplicationScoped
public class StripeGateway implements Gateway {
    /** Where our reference stands in the intent's metadata. */
    static final String REFERENCE = "transaction_reference";
    /** Only the charge tells which card it was and how risky Stripe thinks it is. */
    private static final String CHARGE = "latest_charge";

    private final StripeCalls stripe;
    private final StripeRefunds refunds;
    private final PaymentIntentService intents;

    StripeGateway(StripeClient client, StripeCalls stripe, StripeRefunds refunds) {
        this.stripe = stripe;
        this.refunds = refunds;
        this.intents = client.v1().paymentIntents();
    }

    @Override
    public PaymentMethod method() {
        return PaymentMethod.CREDIT_CARD;
    }

    @Override
    public Door door() {
        return stripe.door();
    }

    /** Stripe keeps the answer under the charge's reference for at least 24 hours, so it is repeated within 23. */
    @Override
    @WithSpan(value = "Stripe: charge", kind = SpanKind.CLIENT)
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
            return new Unknown(StripeCalls.describe(unanswered), StripeCalls.isKept(unanswered));
        }
    }

    /**
     * As {@link #charge}, of one that was asked for before. Stripe keeps its answer of 500 too, and gives it again for as
     * long as it keeps the key, though the money may be taken: whether it is, then only the search can tell.
     */
    @Override
    public GatewayOutcome chargeAgain(Charge charge) {
        GatewayOutcome outcome = charge(charge);
        if (!(outcome instanceof Unknown)) {
            return outcome;
        }
        GatewayOutcome found = search(charge.reference());
        return found instanceof Declined none && none.isNeverArrived() ? outcome : found;
    }

    /**
     * What became of a payment. One whose last card was declined is closed at Stripe first: the customer's browser holds
     * its client secret and could pay with another card what we have already called failed.
     *
     * @param intent {@code pi_…}
     */
    @Override
    @WithSpan(value = "Stripe: find", kind = SpanKind.CLIENT)
    public GatewayOutcome find(String intent) {
        try {
            PaymentIntent found = retrieve(intent);
            return StripeAnswer.isOpen(found) ? cancel(intent) : StripeAnswer.of(found);
        } catch (StripeException | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    /** @param intent {@code pi_…} */
    @Override
    @WithSpan(value = "Stripe: cancel", kind = SpanKind.CLIENT)
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
     * Stripe's search lags behind by about a minute: only for charges whose last call is longer ago than that.
     *
     * @return {@link Declined} as {@link Declined#NEVER_ARRIVED} where there is none
     */
    @Override
    @WithSpan(value = "Stripe: search", kind = SpanKind.CLIENT)
    public GatewayOutcome search(Charge charge) {
        return search(charge.reference());
    }

    private GatewayOutcome search(String reference) {
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

    @Override
    @WithSpan(value = "Stripe: refund", kind = SpanKind.CLIENT)
    public RefundOutcome refund(Reversal reversal) {
        return refunds.refund(reversal);
    }

    @Override
    @WithSpan(value = "Stripe: findRefund", kind = SpanKind.CLIENT)
    public RefundOutcome findRefund(String refund) {
        return refunds.find(refund);
    }

    @Override
    public RefundOutcome findOrRefund(Reversal reversal) {
        return refunds.findOrRefund(reversal);
    }

    private GatewayOutcome asItIs(String intent) {
        try {
            PaymentIntent found = retrieve(intent);
            return StripeAnswer.isOpen(found)
                    ? new Unknown("open, and could not be cancelled")
                    : StripeAnswer.of(found);
        } catch (StripeException | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    private PaymentIntent retrieve(String intent) throws StripeException {
        var parameters = PaymentIntentRetrieveParams.builder().addExpand(CHARGE).build();
        return stripe.ask(() -> intents.retrieve(intent, parameters));
    }

    private static GatewayOutcome refused(Charge charge, InvalidRequestException refused) {
        String parameter = String.valueOf(refused.getParam());
        boolean saysNothing = refused.getParam() == null && refused.getCode() == null;
        // So Stripe refuses a card that is kept for another customer, and one that has been used up.
        if (parameter.startsWith("payment_method") || saysNothing) {
            return StripeAnswer.refused(refused, Declined.UNUSABLE_METHOD, "This payment method cannot be used");
        }
        if (parameter.equals("customer")) {
            return StripeAnswer.refused(refused, Declined.UNKNOWN_CUSTOMER, "The payment was refused");
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
                .addExpand(CHARGE)
                .putMetadata("order_id", Long.toString(charge.orderId()))
                .putMetadata("order_number", charge.orderNumber())
                .putMetadata(REFERENCE, charge.reference());
        String token = Objects.requireNonNull(charge.token(), "a card payment without a card");
        if (token.startsWith("tok_")) {
            parameters.setPaymentMethodData(PaymentIntentCreateParams.PaymentMethodData.builder()
                    .putExtraParam("type", "card")
                    .putExtraParam("card", Map.of("token", token))
                    .build());
        } else {
            parameters.setPaymentMethod(token);
        }
        if (charge.customer() != null) {
            parameters.setCustomer(charge.customer());
        }
        if (charge.savesMethod()) {
            // The customer is there again the next time.
            parameters.setSetupFutureUsage(PaymentIntentCreateParams.SetupFutureUsage.ON_SESSION);
        }
        return parameters.build();
    }
}
