package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import io.emporium.local.stripe.TestCards.Card;
import java.util.Map;

/**
 * A payment method somebody made of a test card: it pays once, or, attached to a customer, as often as that customer wants.
 * {@code spent} says that it has paid, or was detached, without belonging to a customer: then it pays no more.
 */
record Method(String id, long created, String customer, boolean spent) {
    static Method of(Card card) {
        return new Method(TestCards.methodId(card), Ledger.now(), null, false);
    }

    Method attached(String to) {
        return new Method(id, created, to, spent);
    }

    Method used() {
        return new Method(id, created, customer, true);
    }

    /** Throws what Stripe refuses: another customer's, and one that was used up. Both without a code or a parameter, as there. */
    Method checkedFor(String payer) {
        if (customer != null && payer == null) {
            throw StripeError.refused(
                    null,
                    "The payment method you provided is attached to a customer, so for security purposes you must provide the"
                            + " customer in the request.");
        }
        if (customer != null && !customer.equals(payer)) {
            throw StripeError.refused(
                    null,
                    "PaymentMethod " + id + " does not belong to the Customer " + payer
                            + ". Please use this PaymentMethod with the Customer that it belongs to instead.");
        }
        if (customer == null && spent) {
            throw StripeError.refused(
                    null,
                    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was"
                            + " detached from a Customer. It may not be used again.");
        }
        return this;
    }

    Map<String, Object> view() {
        Map<String, Object> view = TestCards.named(id).view();
        view.put("created", created);
        view.put("customer", customer);
        return view;
    }

    Map<String, Object> state() {
        return Json.object("id", id, "created", created, "customer", customer, "spent", spent);
    }

    static Method from(Map<String, Object> state) {
        return new Method(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "customer"),
                Json.flag(state, "spent"));
    }
}
