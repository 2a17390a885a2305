package io.emporium.payment.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.model.Refund;
import com.stripe.net.RequestOptions;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import com.stripe.param.RefundRetrieveParams;
import com.stripe.service.RefundService;
import io.emporium.payment.gateway.NoAnswer;
import io.emporium.payment.gateway.RefundFacts;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.RefundOutcome.Failed;
import io.emporium.payment.gateway.RefundOutcome.Pending;
import io.emporium.payment.gateway.RefundOutcome.Succeeded;
import io.emporium.payment.gateway.RefundOutcome.Unknown;
import io.emporium.payment.gateway.Reversal;
import io.emporium.shared.Money;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Currency;
import java.util.Locale;
import java.util.Optional;

/** Money back through Stripe. As {@link StripeGateway} it never throws, and is never called inside a transaction. */
@ApplicationScoped
public class StripeRefunds {
    /** Where our reference stands in the refund's metadata. */
    static final String REFERENCE = "refund_reference";

    private final StripeCalls stripe;
    private final RefundService refunds;

    StripeRefunds(StripeClient client, StripeCalls stripe) {
        this.stripe = stripe;
        this.refunds = client.v1().refunds();
    }

    /** Gives back, or asks what became of the same refund; may be repeated within 23 hours of the first call. */
    RefundOutcome refund(Reversal reversal) {
        var parameters = RefundCreateParams.builder()
                .setPaymentIntent(reversal.payment())
                .setAmount(reversal.amount().minorUnits())
                .setReason(RefundCreateParams.Reason.REQUESTED_BY_CUSTOMER)
                .putMetadata("order_id", Long.toString(reversal.orderId()))
                .putMetadata(REFERENCE, reversal.reference())
                .build();
        var key = RequestOptions.builder().setIdempotencyKey(reversal.key()).build();
        try {
            return of(stripe.ask(() -> refunds.create(parameters, key)));
        } catch (IdempotencyException otherParameters) {
            return new Unknown(StripeCalls.describe(otherParameters));
        } catch (InvalidRequestException refused) {
            return new Failed(
                    null, refused.getCode() == null ? "refused" : refused.getCode(), "The provider refused the refund");
        } catch (StripeException | RuntimeException unanswered) {
            return new Unknown(
                    StripeCalls.describe(unanswered), StripeCalls.isKept(unanswered) ? reversal.key() : null);
        }
    }

    /** @param refund {@code re_…} */
    RefundOutcome find(String refund) {
        try {
            return of(stripe.ask(() -> refunds.retrieve(refund)));
        } catch (StripeException | RuntimeException unanswered) {
            return new Unknown(StripeCalls.describe(unanswered));
        }
    }

    /**
     * As {@link #refund}, of one that was asked for before: looks through the payment's refunds first, and asks again only
     * if ours is not among them. Stripe may have forgotten the key, or keep an answer of 500 under it for a refund that it
     * has made; or for one that it has not, which then needs another key.
     */
    RefundOutcome findOrRefund(Reversal reversal) {
        var ofThePayment = RefundListParams.builder()
                .setPaymentIntent(reversal.payment())
                .setLimit(100L)
                .build();
        try {
            for (Refund refund : stripe.ask(() -> refunds.list(ofThePayment)).autoPagingIterable()) {
                if (reversal.reference().equals(refund.getMetadata().get(REFERENCE))) {
                    return of(refund);
                }
            }
        } catch (StripeException | RuntimeException unanswered) {
            return new Unknown(StripeCalls.describe(unanswered));
        }
        return refund(reversal);
    }

    /**
     * A refund that we may not have made.
     *
     * @param refund {@code re_…}
     * @return nothing where there is none of that name, or it is of no payment intent and so not of ours
     * @throws NoAnswer if Stripe does not say
     */
    public Optional<RefundFacts> look(String refund) {
        var withItsPayment =
                RefundRetrieveParams.builder().addExpand("payment_intent").build();
        try {
            Refund found = stripe.ask(() -> refunds.retrieve(refund, withItsPayment));
            PaymentIntent payment = found.getPaymentIntentObject();
            return payment == null
                    ? Optional.empty()
                    : Optional.of(new RefundFacts(
                            found.getId(),
                            payment.getId(),
                            payment.getMetadata().get(StripeGateway.REFERENCE),
                            found.getAmount(),
                            found.getCurrency(),
                            of(found) instanceof Failed));
        } catch (InvalidRequestException notThere) {
            return Optional.empty();
        } catch (StripeException | RuntimeException unanswered) {
            throw new NoAnswer(StripeCalls.describe(unanswered));
        }
    }

    private static RefundOutcome of(Refund refund) {
        return switch (refund.getStatus()) {
            case "succeeded" ->
                new Succeeded(
                        refund.getId(),
                        new Money(
                                refund.getAmount(),
                                Currency.getInstance(refund.getCurrency().toUpperCase(Locale.ROOT))));
            case "pending", "requires_action" -> new Pending(refund.getId());
            case "failed", "canceled" ->
                new Failed(
                        refund.getId(),
                        refund.getFailureReason() == null ? refund.getStatus() : refund.getFailureReason(),
                        "The refund did not go through");
            default -> new Unknown("refund " + refund.getId() + " is " + refund.getStatus());
        };
    }
}
