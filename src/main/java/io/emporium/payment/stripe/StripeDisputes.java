package io.emporium.payment.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Dispute;
import com.stripe.model.PaymentIntent;
import com.stripe.param.DisputeRetrieveParams;
import com.stripe.service.DisputeService;
import io.emporium.payment.gateway.DisputeFacts;
import io.emporium.payment.gateway.NoAnswer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;

/** What Stripe knows of a dispute. Never call it inside a transaction. */
@ApplicationScoped
public class StripeDisputes {
    private final StripeCalls stripe;
    private final DisputeService disputes;

    StripeDisputes(StripeClient client, StripeCalls stripe) {
        this.stripe = stripe;
        this.disputes = client.v1().disputes();
    }

    /**
     * How a dispute stands now.
     *
     * @param dispute {@code dp_…}
     * @return nothing where there is none of that name, or it is about no payment intent and so not about ours
     * @throws NoAnswer if Stripe does not say
     */
    public Optional<DisputeFacts> find(String dispute) {
        var withItsPayment =
                DisputeRetrieveParams.builder().addExpand("payment_intent").build();
        try {
            Dispute found = stripe.ask(() -> disputes.retrieve(dispute, withItsPayment));
            PaymentIntent payment = found.getPaymentIntentObject();
            return payment == null ? Optional.empty() : Optional.of(of(found, payment));
        } catch (InvalidRequestException notThere) {
            return Optional.empty();
        } catch (StripeException | RuntimeException unanswered) {
            throw new NoAnswer(StripeCalls.describe(unanswered));
        }
    }

    private static DisputeFacts of(Dispute dispute, PaymentIntent payment) {
        Dispute.EvidenceDetails evidence = dispute.getEvidenceDetails();
        Long dueBy = evidence == null ? null : evidence.getDueBy();
        return new DisputeFacts(
                dispute.getId(),
                payment.getId(),
                payment.getMetadata().get(StripeGateway.REFERENCE),
                dispute.getAmount(),
                dispute.getCurrency(),
                dispute.getReason(),
                dispute.getStatus(),
                dueBy == null ? null : Instant.ofEpochSecond(dueBy),
                Instant.ofEpochSecond(dispute.getCreated()));
    }
}
