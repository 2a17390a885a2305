package io.emporium.payment;

import io.emporium.payment.stripe.StripeCustomers;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A card that the provider keeps for a customer: what tells it from their others, and no more.
 *
 * @param id with which it pays: {@code payment_details {"payment_method_id": …}}
 * @param last4 the last four digits
 */
record SavedMethodView(
        @Schema(examples = "pm_1234567890") String id,
        @Schema(examples = "visa") String brand,
        @Schema(examples = "4242") String last4,
        @Schema(examples = "12") int expMonth,
        @Schema(examples = "2034") int expYear) {

    /** All of a customer's, newest first. */
    record Listed(List<SavedMethodView> paymentMethods) {}

    static SavedMethodView of(StripeCustomers.Card card) {
        return new SavedMethodView(card.id(), card.brand(), card.last4(), card.expMonth(), card.expYear());
    }
}
