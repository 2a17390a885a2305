package io.emporium.local.stripe;

import io.emporium.local.stripe.TestCards.Card;
import java.util.Set;

/** Customers, and the payment methods that are made, attached and detached. */
final class Customers {
    private Customers() {}

    /** POST /v1/customers. */
    static Customer create(Form form, Change change) {
        form.allowOnly(Set.of("email", "name", "phone", "description", "metadata", "expand"));
        return change.put(new Customer(Ids.next("cus_"), Ledger.now(), form.text("email"), form.metadata(), false));
    }

    /** POST /v1/payment_methods, as a customer's browser makes one of a card. */
    static Method method(Form form, Change change) {
        form.allowOnly(Set.of("type", "card", "billing_details", "metadata", "expand"));
        if (!"card".equals(form.text("type"))) {
            throw StripeError.parameter("parameter_invalid", "type", "The fake Stripe knows cards only.");
        }
        String token = form.hash("card").text("token");
        if (token == null) {
            throw StripeError.missing("card[token]");
        }
        Card card = TestCards.ofToken(token);
        return change.put(Method.of(card));
    }

    /** POST /v1/payment_methods/{id}/attach. */
    static Method attach(String id, Form form, Change change) {
        form.allowOnly(Set.of("customer", "expand"));
        String customer = form.text("customer");
        if (customer == null) {
            throw StripeError.missing("customer");
        }
        checked(customer, change.ledger());
        Method method = inPath(id, change.ledger());
        if (method.customer() != null && !method.customer().equals(customer)) {
            throw StripeError.refused(null, "The payment method you provided has already been attached to a customer.");
        }
        return change.put(method.checkedFor(customer).attached(customer));
    }

    /** POST /v1/payment_methods/{id}/detach. */
    static Method detach(String id, Form form, Change change) {
        form.allowOnly(Set.of("expand"));
        Method method = inPath(id, change.ledger());
        if (method.customer() == null) {
            throw StripeError.refused(
                    null, "The payment method you provided is not attached to a customer so detachment is impossible.");
        }
        return change.put(method.attached(null).used());
    }

    /** The merchant has deleted a customer in the dashboard, and with it what was attached. */
    static Customer delete(String id, Change change) {
        Ledger ledger = change.ledger();
        Customer gone = change.put(named(id, ledger).gone());
        ledger.methods().values().stream()
                .filter(method -> id.equals(method.customer()))
                .toList()
                .forEach(method -> change.put(method.attached(null).used()));
        return gone;
    }

    /** A customer that is a parameter: 400 where there is none. */
    static void checked(String id, Ledger ledger) {
        Customer customer = ledger.customer(id);
        if (customer == null || customer.deleted()) {
            throw StripeError.parameter("resource_missing", "customer", "No such customer: '" + id + "'");
        }
    }

    /** One in the path: 404 where there is none. */
    static Customer named(String id, Ledger ledger) {
        Customer customer = ledger.customer(id);
        if (customer == null || customer.deleted()) {
            throw StripeError.notFound("customer", "id", id);
        }
        return customer;
    }

    static Method inPath(String id, Ledger ledger) {
        Method method = ledger.method(id);
        if (method == null) {
            throw StripeError.notFound("PaymentMethod", "payment_method", TestCards.shown(id));
        }
        return method;
    }

    static Method of(String customer, String id, Ledger ledger) {
        Method method = inPath(id, ledger);
        if (!customer.equals(method.customer())) {
            throw StripeError.notFound("PaymentMethod", "payment_method", TestCards.shown(id));
        }
        return method;
    }
}
