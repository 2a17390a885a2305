package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import io.emporium.local.stripe.TestCards.Trait;
import java.util.Map;
import java.util.Set;

/** Giving money back: never more than was taken, counted from the moment the refund is made, also while it is pending. */
final class Refunds {
    private static final Set<String> CREATE =
            Set.of("payment_intent", "charge", "amount", "reason", "metadata", "expand");
    private static final Set<String> REASONS = Set.of("duplicate", "fraudulent", "requested_by_customer");

    private final Settings settings;

    Refunds(Settings settings) {
        this.settings = settings;
    }

    /** POST /v1/refunds: all that is left, or {@code amount} in the currency's smallest unit. */
    Refund create(Form form, Change change) {
        form.allowOnly(CREATE);
        Long asked = form.positive("amount");
        String reason = form.text("reason");
        if (reason != null && !REASONS.contains(reason)) {
            throw StripeError.parameter("parameter_invalid", "reason", "Invalid reason: must be one of " + REASONS);
        }
        Map<String, String> metadata = form.metadata();
        Charge charge = charge(form, change.ledger());
        long left = charge.refundable() - Disputes.taken(charge, change.ledger());
        if (Disputes.hold(charge, change.ledger()) || charge.refundable() > 0 && left <= 0) {
            throw StripeError.refused(
                    "charge_disputed", "Charge " + charge.id() + " is disputed and cannot be refunded.");
        }
        if (charge.refundable() == 0) {
            throw StripeError.refused(
                    "charge_already_refunded", "Charge " + charge.id() + " has already been refunded.");
        }
        long amount = asked == null ? left : asked;
        if (amount > left) {
            throw StripeError.refused(
                            null,
                            "Refund amount (" + amount + ") is greater than unrefunded amount on charge (" + left
                                    + ").")
                    .with("param", "amount");
        }
        boolean slow = settings.refundsPending()
                || TestCards.named(charge.paymentMethod()).is(Trait.SLOW_REFUND);
        Refund refund = change.put(new Refund(
                Ids.next("re_"),
                Ledger.now(),
                charge.id(),
                charge.intent(),
                amount,
                charge.currency(),
                slow ? Refund.PENDING : Refund.SUCCEEDED,
                reason,
                metadata,
                null));
        Charge after = change.put(charge.refunded(charge.refunded() + amount));
        change.event("refund.created", refund.view());
        change.event("charge.refunded", after.view(), Json.object("amount_refunded", charge.refunded()));
        return refund;
    }

    /** A pending refund arrives, or fails: then the money is the merchant's again, and can be refunded again. */
    Refund complete(String id, boolean success, String failure, Change change) {
        Refund refund = named(id, change.ledger());
        // Stripe can fail a refund after it said succeeded, too: the bank sends the money back.
        if (refund.status().equals(Refund.FAILED) || (success && refund.status().equals(Refund.SUCCEEDED))) {
            throw StripeError.refused(null, "The refund is " + refund.status() + ".");
        }
        Refund ended = change.put(refund.ended(
                success ? Refund.SUCCEEDED : Refund.FAILED, success ? null : failure == null ? "unknown" : failure));
        Map<String, Object> before = Json.object("status", refund.status());
        if (!success) {
            Charge charge = change.ledger().charge(refund.charge());
            Charge after = change.put(charge.refunded(charge.refunded() - refund.amount()));
            change.event("charge.updated", after.view(), Json.object("amount_refunded", charge.refunded()));
            change.event("refund.failed", ended.view(), before);
        }
        change.event("refund.updated", ended.view(), before);
        return ended;
    }

    static Refund named(String id, Ledger ledger) {
        Refund refund = ledger.refund(id);
        if (refund == null) {
            throw StripeError.notFound("refund", "id", id);
        }
        return refund;
    }

    private static Charge charge(Form form, Ledger ledger) {
        String chargeId = form.text("charge");
        String intentId = form.text("payment_intent");
        if (chargeId == null && intentId == null) {
            throw StripeError.parameter("parameter_missing", null, "One of charge and payment_intent must be given.");
        }
        if (chargeId != null && intentId != null) {
            throw StripeError.parameter(
                    "parameter_invalid", "charge", "Only one of charge and payment_intent may be given.");
        }
        if (chargeId != null) {
            Charge charge = ledger.charge(chargeId);
            if (charge == null) {
                throw StripeError.notFound("charge", "charge", chargeId);
            }
            if (!charge.paid()) {
                throw StripeError.refused(null, "Charge " + chargeId + " failed and cannot be refunded.")
                        .with("param", "charge");
            }
            return charge;
        }
        Intent intent = PaymentIntents.named(intentId, ledger);
        if (!intent.is(Intent.SUCCEEDED)) {
            throw StripeError.refused(
                            null, "This PaymentIntent (" + intentId + ") does not have a successful charge to refund.")
                    .with("param", "payment_intent");
        }
        return ledger.charge(intent.progress().latestCharge());
    }
}
