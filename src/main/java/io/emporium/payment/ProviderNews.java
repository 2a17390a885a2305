package io.emporium.payment;

import io.emporium.payment.gateway.DisputeFacts;
import io.emporium.payment.gateway.Notice;
import io.emporium.payment.gateway.RefundFacts;
import io.emporium.payment.paypal.PayPalDisputes;
import io.emporium.payment.paypal.PayPalRefunds;
import io.emporium.payment.stripe.StripeDisputes;
import io.emporium.payment.stripe.StripeRefunds;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** What the providers tell of that did not begin here: disputes, and refunds made in their dashboards. */
@ApplicationScoped
class ProviderNews {
    static final String PAYPAL = "paypal";

    /** Money that PayPal has taken back by itself. */
    private static final String REVERSED = "PAYMENT.CAPTURE.REVERSED";

    private final StripeDisputes stripeDisputes;
    private final StripeRefunds stripeRefunds;
    private final PayPalDisputes paypalDisputes;
    private final PayPalRefunds paypalRefunds;
    private final Disputes disputes;
    private final RefundsElsewhere refunds;
    private final Clock clock;

    ProviderNews(
            StripeDisputes stripeDisputes,
            StripeRefunds stripeRefunds,
            PayPalDisputes paypalDisputes,
            PayPalRefunds paypalRefunds,
            Disputes disputes,
            RefundsElsewhere refunds,
            Clock clock) {
        this.stripeDisputes = stripeDisputes;
        this.stripeRefunds = stripeRefunds;
        this.paypalDisputes = paypalDisputes;
        this.paypalRefunds = paypalRefunds;
        this.disputes = disputes;
        this.refunds = refunds;
        this.clock = clock;
    }

    /**
     * @param notice of a dispute, {@code dp_…} or {@code PP-D-…}
     * @return whether it is about a payment of ours
     * @throws io.emporium.payment.gateway.NoAnswer if the provider does not say
     */
    boolean dispute(Notice notice) {
        Instant askedAt = clock.instant();
        String dispute = notice.objectId();
        Optional<DisputeFacts> facts = isPayPals(notice) ? paypalDisputes.find(dispute) : stripeDisputes.find(dispute);
        return facts.map(found -> disputes.record(found, askedAt)).orElse(false);
    }

    /**
     * @param notice of a refund of which there is no row here
     * @return under which number it can be settled; nothing where it is of no payment of ours
     * @throws io.emporium.payment.gateway.NoAnswer if the provider does not say
     */
    Optional<Long> refund(Notice notice) {
        String refund = notice.objectId();
        Optional<RefundFacts> facts = isPayPals(notice) ? paypalRefunds.look(refund) : stripeRefunds.look(refund);
        return facts.flatMap(found -> refunds.record(found, notice.type().equals(REVERSED)));
    }

    private static boolean isPayPals(Notice notice) {
        return notice.provider().equals(PAYPAL);
    }
}
