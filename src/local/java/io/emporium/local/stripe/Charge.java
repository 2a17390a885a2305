package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import io.emporium.local.stripe.TestCards.Card;
import io.emporium.local.stripe.TestCards.Trait;
import java.util.Map;

/**
 * Money taken, or a try to take it: {@code decline} is null where it was taken. {@code refunded} is what was given back or is on
 * its way back, in the currency's smallest unit; {@code authenticated} says that the customer passed 3-D Secure.
 */
record Charge(
        String id,
        long created,
        String intent,
        long amount,
        String currency,
        String paymentMethod,
        Map<String, String> metadata,
        Decline decline,
        long refunded,
        boolean disputed,
        boolean authenticated) {

    boolean paid() {
        return decline == null;
    }

    long refundable() {
        return paid() ? amount - refunded : 0;
    }

    Charge refunded(long total) {
        return new Charge(
                id,
                created,
                intent,
                amount,
                currency,
                paymentMethod,
                metadata,
                decline,
                total,
                disputed,
                authenticated);
    }

    Charge inDispute() {
        return new Charge(
                id, created, intent, amount, currency, paymentMethod, metadata, decline, refunded, true, authenticated);
    }

    Map<String, Object> view() {
        Card card = TestCards.named(paymentMethod);
        return Json.object(
                "id",
                id,
                "object",
                "charge",
                "amount",
                amount,
                "amount_captured",
                paid() ? amount : 0L,
                "amount_refunded",
                refunded,
                "application",
                null,
                "application_fee",
                null,
                "application_fee_amount",
                null,
                "balance_transaction",
                null,
                "billing_details",
                card.view().get("billing_details"),
                "calculated_statement_descriptor",
                "EMPORIUM",
                "captured",
                paid(),
                "created",
                created,
                "currency",
                currency,
                "customer",
                null,
                "description",
                null,
                "disputed",
                disputed,
                "failure_balance_transaction",
                null,
                "failure_code",
                paid() ? null : decline.code(),
                "failure_message",
                paid() ? null : decline.message(),
                "fraud_details",
                Map.of(),
                "livemode",
                false,
                "metadata",
                metadata,
                "outcome",
                outcome(card),
                "paid",
                paid(),
                "payment_intent",
                intent,
                "payment_method",
                paymentMethod,
                "payment_method_details",
                Json.object("card", cardDetails(card), "type", "card"),
                "receipt_email",
                null,
                "receipt_number",
                null,
                "receipt_url",
                null,
                "refunded",
                paid() && refunded == amount,
                "review",
                null,
                "shipping",
                null,
                "source_transfer",
                null,
                "statement_descriptor",
                null,
                "status",
                paid() ? "succeeded" : "failed",
                "transfer_data",
                null,
                "transfer_group",
                null);
    }

    private Map<String, Object> cardDetails(Card card) {
        return Json.object(
                "amount_authorized",
                paid() ? amount : null,
                "brand",
                card.brand(),
                "checks",
                card.checks(),
                "country",
                card.country(),
                "exp_month",
                12L,
                "exp_year",
                2034L,
                "fingerprint",
                card.fingerprint(),
                "funding",
                card.funding(),
                "installments",
                null,
                "last4",
                card.last4(),
                "mandate",
                null,
                "network",
                card.brand(),
                "three_d_secure",
                authenticated
                        ? Json.object("authentication_flow", "challenge", "result", "authenticated", "version", "2.2.0")
                        : null,
                "wallet",
                null);
    }

    private Map<String, Object> outcome(Card card) {
        boolean highest = card.is(Trait.BLOCKED) || card.is(Trait.HIGHEST_RISK);
        boolean blocked = highest && !paid();
        boolean elevated = card.is(Trait.ELEVATED_RISK);
        return Json.object(
                "network_status",
                        paid() ? "approved_by_network" : blocked ? "not_sent_to_network" : "declined_by_network",
                "reason", paid() ? null : blocked ? "highest_risk_level" : decline.declineCode(),
                "risk_level", highest ? "highest" : elevated ? "elevated" : "normal",
                "risk_score", highest ? 95L : elevated ? 70L : 12L,
                "seller_message", paid() ? "Payment complete." : "The payment did not complete.",
                "type", paid() ? "authorized" : blocked ? "blocked" : "issuer_declined");
    }

    Map<String, Object> state() {
        return Json.object(
                "id", id,
                "created", created,
                "payment_intent", intent,
                "amount", amount,
                "currency", currency,
                "payment_method", paymentMethod,
                "metadata", metadata,
                "decline", decline == null ? null : decline.state(),
                "refunded", refunded,
                "disputed", disputed,
                "authenticated", authenticated);
    }

    @SuppressWarnings("unchecked")
    static Charge from(Map<String, Object> state) {
        return new Charge(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "payment_intent"),
                Json.number(state, "amount", 0),
                Json.text(state, "currency"),
                Json.text(state, "payment_method"),
                (Map<String, String>) (Map<String, ?>) Json.map(state, "metadata"),
                Decline.from(Json.map(state, "decline")),
                Json.number(state, "refunded", 0),
                Json.flag(state, "disputed"),
                Json.flag(state, "authenticated"));
    }
}
