package io.emporium.payment.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.stripe.model.Charge;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.model.StripeError;
import org.jspecify.annotations.Nullable;

/**
 * What Stripe tells of the card an intent was paid with, or was to be: enough to tell cards apart and to judge by, and
 * nothing to pay with. Of a charge, which has to be asked for, it tells the risk too.
 */
record StripeCard(
        @Nullable String fingerprint,
        @Nullable String country,
        @Nullable String funding,
        @Nullable String streetCheck,
        @Nullable String postalCodeCheck,
        @Nullable String cvcCheck,
        @Nullable String riskLevel,
        @Nullable Long riskScore) {
    private static final StripeCard UNKNOWN = new StripeCard(null, null, null, null, null, null, null, null);

    static StripeCard of(PaymentIntent intent) {
        Charge charge = intent.getLatestChargeObject();
        if (charge != null
                && charge.getPaymentMethodDetails() != null
                && charge.getPaymentMethodDetails().getCard() != null) {
            return of(charge, charge.getPaymentMethodDetails().getCard());
        }
        StripeError error = intent.getLastPaymentError();
        PaymentMethod declined = error == null ? null : error.getPaymentMethod();
        return declined == null || declined.getCard() == null ? UNKNOWN : of(declined.getCard());
    }

    private static StripeCard of(Charge charge, Charge.PaymentMethodDetails.Card card) {
        var checks = card.getChecks();
        var outcome = charge.getOutcome();
        return new StripeCard(
                card.getFingerprint(),
                card.getCountry(),
                card.getFunding(),
                checks == null ? null : checks.getAddressLine1Check(),
                checks == null ? null : checks.getAddressPostalCodeCheck(),
                checks == null ? null : checks.getCvcCheck(),
                outcome == null ? null : outcome.getRiskLevel(),
                outcome == null ? null : outcome.getRiskScore());
    }

    private static StripeCard of(PaymentMethod.Card card) {
        var checks = card.getChecks();
        return new StripeCard(
                card.getFingerprint(),
                card.getCountry(),
                card.getFunding(),
                checks == null ? null : checks.getAddressLine1Check(),
                checks == null ? null : checks.getAddressPostalCodeCheck(),
                checks == null ? null : checks.getCvcCheck(),
                null,
                null);
    }

    /** Writes down what is known, as {@code card} and {@code risk}. */
    void keepIn(ObjectNode evidence) {
        if (fingerprint != null) {
            evidence.putObject("card")
                    .put("fingerprint", fingerprint)
                    .put("country", country)
                    .put("funding", funding)
                    .put("address_line1_check", streetCheck)
                    .put("address_postal_code_check", postalCodeCheck)
                    .put("cvc_check", cvcCheck);
        }
        if (riskLevel != null) {
            evidence.putObject("risk").put("level", riskLevel).put("score", riskScore);
        }
    }
}
