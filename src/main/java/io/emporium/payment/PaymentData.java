package io.emporium.payment;

import io.emporium.shared.PersonalData;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.List;

/**
 * What somebody has paid and got back. Amounts, references and dates stay, for the books; with what, from where and in whose
 * words goes. The cards that Stripe keeps are taken off there afterwards ({@link SavedMethods}).
 */
@ApplicationScoped
class PaymentData implements PersonalData {
    private static final String OWN = "SELECT transaction_id FROM transactions WHERE user_id = :user";

    private static final List<String> ERASURES = List.of(
            """
            UPDATE transactions SET payment_token = NULL, client_secret = NULL, next_action = NULL, error_message = NULL,
                   reason = NULL, idempotency_key = NULL, provider_customer = NULL,
                   -- The rest of what the provider said names the capture, of which a later refund is asked for.
                   gateway_response = gateway_response - 'card', version = version + 1
             WHERE user_id = :user
               AND (num_nonnulls(payment_token, client_secret, next_action, error_message, reason, idempotency_key, provider_customer) > 0
                    OR gateway_response -> 'card' IS NOT NULL)
            """,
            """
            UPDATE refunds SET reason = NULL, idempotency_key = NULL, version = version + 1
             WHERE payment_id IN (%s) AND num_nonnulls(reason, idempotency_key) > 0
            """.formatted(OWN),
            """
            UPDATE fraud_assessments SET facts = '{}', ip = NULL, payment_token = NULL, fingerprint = NULL WHERE user_id = :user
            """,
            "UPDATE reviews SET note = NULL, version = version + 1 WHERE transaction_id IN (%s) AND note IS NOT NULL"
                    .formatted(OWN),
            "UPDATE payment_issues SET note = NULL, version = version + 1 WHERE transaction_id IN (%s) AND note IS NOT NULL"
                    .formatted(OWN),
            """
            UPDATE bank_entries SET remittance = NULL, counterparty = NULL, counterparty_iban = NULL, version = version + 1
             WHERE transaction_id IN (%s) AND num_nonnulls(remittance, counterparty, counterparty_iban) > 0
            """.formatted(OWN));

    private final EntityManager database;
    private final Clock clock;

    PaymentData(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("transactions", """
                        SELECT o.order_number, t.transaction_reference, t.transaction_type, t.payment_method, t.amount, t.currency, t.status,
                               t.decline_code, t.reason, t.created_at
                          FROM transactions t JOIN orders o USING (order_id) WHERE t.user_id = ? ORDER BY t.transaction_id
                        """),
                new Section("refunds", """
                        SELECT o.order_number, r.amount, r.currency, r.status, r.cause, r.reason, r.created_at
                          FROM refunds r JOIN orders o USING (order_id) WHERE o.user_id = ? ORDER BY r.refund_id
                        """),
                new Section("disputes", """
                        SELECT o.order_number, d.amount, d.currency, d.reason, d.status, d.created_at, d.closed_at
                          FROM disputes d JOIN orders o USING (order_id) WHERE o.user_id = ? ORDER BY d.dispute_id
                        """),
                new Section("bank_transfers", """
                        SELECT t.transaction_reference, b.amount, b.currency, b.booked_on, b.remittance, b.counterparty, b.counterparty_iban
                          FROM bank_entries b JOIN transactions t USING (transaction_id) WHERE t.user_id = ? ORDER BY b.entry_id
                        """),
                new Section("payment_checks", """
                        SELECT t.transaction_reference, a.ip, a.facts, a.at
                          FROM fraud_assessments a JOIN transactions t USING (transaction_id) WHERE a.user_id = ? ORDER BY a.assessment_id
                        """),
                new Section("stripe_customer", """
                        SELECT customer_id, created_at FROM stripe_customers WHERE user_id = ?
                        """));
    }

    /** While money may still move, those whose it is must be found. */
    @Override
    public List<String> open(long userId) {
        return database.createNativeQuery("""
                        SELECT DISTINCT 'the money of order ' || o.order_number || ' is not settled' FROM orders o
                         WHERE o.user_id = :user
                           AND (EXISTS (SELECT 1 FROM transactions t WHERE t.order_id = o.order_id
                                         AND t.status IN ('pending', 'processing', 'requires_action', 'pending_verification'))
                             OR EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = o.order_id
                                         AND r.status IN ('pending_approval', 'processing', 'pending'))
                             OR EXISTS (SELECT 1 FROM disputes d WHERE d.order_id = o.order_id AND d.closed_at IS NULL)
                             OR EXISTS (SELECT 1 FROM transactions t JOIN payment_issues i USING (transaction_id)
                                         WHERE t.order_id = o.order_id AND i.resolved_at IS NULL))
                         ORDER BY 1
                        """, String.class)
                .setParameter("user", userId)
                .getResultList();
    }

    @Override
    public void erase(long userId) {
        for (String erasure : ERASURES) {
            database.createNativeQuery(erasure).setParameter("user", userId).executeUpdate();
        }
        database.createNativeQuery(
                        "UPDATE stripe_customers SET leaves_at = coalesce(leaves_at, :now) WHERE user_id = :user")
                .setParameter("now", clock.instant())
                .setParameter("user", userId)
                .executeUpdate();
    }
}
