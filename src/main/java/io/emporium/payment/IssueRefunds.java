package io.emporium.payment;

import io.emporium.payment.gateway.Door;
import io.emporium.payment.gateway.Gateway;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.RefundOutcome.Failed;
import io.emporium.payment.gateway.RefundOutcome.Pending;
import io.emporium.payment.gateway.RefundOutcome.Succeeded;
import io.emporium.payment.gateway.RefundOutcome.Unknown;
import io.emporium.payment.gateway.Reversal;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Gives back what was taken twice, or was another amount than it should be, because an admin says so. The order keeps the
 * payment that paid it, so this is no refund of the order's: it stands on the list's entry. As everywhere the reference is committed before the provider is asked, and
 * whoever asks again asks for the same refund.
 */
@ApplicationScoped
class IssueRefunds {
    private final PaymentIssues issues;
    private final Settlement settlement;
    private final Gateways gateways;

    IssueRefunds(PaymentIssues issues, Settlement settlement, Gateways gateways) {
        this.issues = issues;
        this.settlement = settlement;
        this.gateways = gateways;
    }

    /**
     * @param note why, for the list
     * @return the entry: resolved, or, where the provider has not said, as it was
     * @throws io.emporium.shared.Refusal SERVICE_UNAVAILABLE while the provider is away; RESOURCE_NOT_FOUND; INVALID_STATUS_TRANSITION if it is resolved already, or about
     *     no money taken twice; REFUND_EXCEEDS_PAYMENT if the provider refuses
     */
    PaymentIssueView refund(long adminId, long issueId, String note) {
        PaymentIssues.BegunRefund begun = issues.beginRefund(issueId);
        Reversal reversal = begun.reversal();
        RefundOutcome outcome = ask(reversal);
        return switch (outcome) {
            case Succeeded succeeded -> refunded(adminId, issueId, begun, succeeded.providerReference(), note);
            case Pending pending -> refunded(adminId, issueId, begun, pending.providerReference(), note);
            case Failed failed -> {
                Log.errorf("Refund %s of %s failed: %s", reversal.reference(), reversal.payment(), failed.code());
                issues.refundFailed(issueId);
                throw PaymentError.refundRefused(reversal.reference());
            }
            case Unknown unknown -> {
                Log.warnf("What became of refund %s is not known yet: %s", reversal.reference(), unknown.why());
                if (unknown.spoiltKey() != null) {
                    issues.keySpoilt(issueId, unknown.spoiltKey());
                }
                yield issues.view(issueId);
            }
        };
    }

    private RefundOutcome ask(Reversal reversal) {
        Gateway gateway = gateways.of(reversal.method());
        try (Door.Pass _ = gateway.door().enter()) {
            return gateway.findOrRefund(reversal);
        }
    }

    private PaymentIssueView refunded(
            long adminId, long issueId, PaymentIssues.BegunRefund begun, String refund, String note) {
        if (begun.wrong() != null) {
            // First, so that whoever dies in between can be asked again; then the order can be paid anew, or expires.
            settlement.settle(begun.wrong(), over(begun.reversal().payment()));
        }
        return issues.refunded(adminId, issueId, refund, note);
    }

    /** What becomes of a payment that took another amount than it was to, once that is given back: it was none. */
    static Declined over(String payment) {
        return new Declined(payment, Declined.CALLED_OFF, "Another amount was taken, and is given back", null);
    }
}
