package io.emporium.payment;

import io.emporium.outbox.NotAWorker;
import io.emporium.payment.gateway.Door;
import io.emporium.payment.gateway.NoAnswer;
import io.emporium.payment.stripe.StripeCustomers;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The cards that Stripe keeps for a customer. Here is only who they are there: what they have is asked for, so nothing of
 * a card is stored, and what they deleted is gone. No method is called inside a transaction.
 */
@ApplicationScoped
class SavedMethods {
    /** So often somebody looks whether the same customer's other request has made the customer. */
    private static final int LOOKS = 20;

    private static final long PAUSE_MS = 150;

    private static final int LEAVING_AT_ONCE = 20;
    private static final Duration ASKED_AGAIN = Duration.ofMinutes(5);

    private final EntityManager database;
    private final StripeCustomers stripe;
    private final Clock clock;

    SavedMethods(EntityManager database, StripeCustomers stripe, Clock clock) {
        this.database = database;
        this.stripe = stripe;
        this.clock = clock;
    }

    /** @param customerId null until Stripe has made the customer */
    private record Known(String idempotencyKey, @Nullable String customerId) {}

    /** {@code cus_…}, where the user is one already. */
    Optional<String> customerOf(long userId) {
        return known(userId).map(Known::customerId);
    }

    /**
     * {@code cus_…}; made now if need be, once a user, however many ask at once or die over it.
     *
     * @throws io.emporium.shared.Refusal SERVICE_UNAVAILABLE if Stripe does not answer
     */
    String customer(long userId) {
        for (int look = 0; look < LOOKS; look++) {
            Known known = QuarkusTransaction.requiringNew().call(() -> knownOrBegun(userId));
            if (known.customerId() != null) {
                return known.customerId();
            }
            switch (answered(() -> stripe.create(userId, known.idempotencyKey()))) {
                case StripeCustomers.Making.Made(String id) ->
                    QuarkusTransaction.requiringNew().run(() -> keep(userId, known, id));
                case StripeCustomers.Making.UnderWay _ -> pause();
                case StripeCustomers.Making.Failed(String why) -> {
                    Log.warnf("Saved payment methods: %s", why);
                    QuarkusTransaction.requiringNew().run(() -> beginAnew(userId, known));
                    throw PaymentError.methodsAway();
                }
            }
        }
        throw PaymentError.methodsAway();
    }

    /**
     * A user's cards, newest first; all of them, which are 100 at most.
     *
     * @throws io.emporium.shared.Refusal SERVICE_UNAVAILABLE if Stripe does not answer
     */
    List<SavedMethodView> list(long userId) {
        Optional<String> customer = customerOf(userId);
        if (customer.isEmpty()) {
            return List.of();
        }
        try (Door.Pass _ = stripe.door().enter()) {
            Optional<List<StripeCustomers.Card>> cards = answered(() -> stripe.cards(customer.get()));
            if (cards.isEmpty()) {
                forget(customer.get());
            }
            return cards.orElse(List.of()).stream().map(SavedMethodView::of).toList();
        }
    }

    /**
     * Has Stripe forget one of a user's cards.
     *
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, for another customer's too; SERVICE_UNAVAILABLE if Stripe does
     *     not answer
     */
    void delete(long userId, String methodId) {
        String customer = customerOf(userId).orElseThrow(PaymentError::savedMethodNotFound);
        try (Door.Pass _ = stripe.door().enter()) {
            if (!answered(() -> stripe.detach(customer, methodId))) {
                throw PaymentError.savedMethodNotFound();
            }
        }
    }

    /** Has Stripe forget the cards of those who have left the shop; whom it does not answer about, it is asked about again. */
    @Scheduled(
            every = "${emporium.payment.reconcile-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void forgetWhoLeft() {
        List<Object[]> leaving = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                        UPDATE stripe_customers SET leaves_at = :later WHERE user_id IN (
                            SELECT user_id FROM stripe_customers WHERE leaves_at <= :now
                             ORDER BY leaves_at LIMIT :batch FOR UPDATE SKIP LOCKED)
                        RETURNING user_id, customer_id
                        """, Object[].class)
                        .setParameter("now", clock.instant())
                        .setParameter("later", clock.instant().plus(ASKED_AGAIN))
                        .setParameter("batch", LEAVING_AT_ONCE)
                        .getResultList());
        for (Object[] row : leaving) {
            String customer = (String) row[1];
            try {
                if (customer != null) {
                    // What is not there any more is gone.
                    stripe.cards(customer).orElse(List.of()).forEach(card -> stripe.detach(customer, card.id()));
                }
                QuarkusTransaction.requiringNew()
                        .run(() -> database.createNativeQuery("DELETE FROM stripe_customers WHERE user_id = :user")
                                .setParameter("user", row[0])
                                .executeUpdate());
            } catch (NoAnswer away) {
                Log.warnf("Stripe has not forgotten the cards of user %s yet: %s", row[0], away.getMessage());
                return;
            }
        }
    }

    /** Stripe knows the customer no more: whoever it was gets a new one when they need it. */
    void forget(String customerId) {
        Log.warnf("Stripe has no customer %s any more", customerId);
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("DELETE FROM stripe_customers WHERE customer_id = :customer")
                        .setParameter("customer", customerId)
                        .executeUpdate());
    }

    @FunctionalInterface
    private interface Call<T> {
        T run();
    }

    private static <T> T answered(Call<T> call) {
        try {
            return call.run();
        } catch (NoAnswer away) {
            Log.warnf("Saved payment methods: %s", away.getMessage());
            throw PaymentError.methodsAway();
        }
    }

    private Known knownOrBegun(long userId) {
        database.createNativeQuery("""
                        INSERT INTO stripe_customers (user_id, idempotency_key, created_at) VALUES (:user, :key, :now)
                        ON CONFLICT (user_id) DO NOTHING
                        """)
                .setParameter("user", userId)
                .setParameter("key", newKey(userId))
                .setParameter("now", clock.instant())
                .executeUpdate();
        return known(userId).orElseThrow();
    }

    /**
     * Asked under the same key Stripe would answer with the same failure for a day. If it has made the customer before it
     * failed, that one stays there without cards.
     */
    private void beginAnew(long userId, Known failed) {
        database.createNativeQuery("""
                        UPDATE stripe_customers SET idempotency_key = :next
                         WHERE user_id = :user AND idempotency_key = :failed AND customer_id IS NULL
                        """)
                .setParameter("next", newKey(userId))
                .setParameter("user", userId)
                .setParameter("failed", failed.idempotencyKey())
                .executeUpdate();
    }

    /** Not the user's number alone: another database at the same Stripe account has its own user 1. */
    private static String newKey(long userId) {
        return "customer_" + userId + "_" + UUID.randomUUID();
    }

    private Optional<Known> known(long userId) {
        List<Object[]> rows = database.createNativeQuery(
                        "SELECT idempotency_key, customer_id FROM stripe_customers WHERE user_id = :user",
                        Object[].class)
                .setParameter("user", userId)
                .getResultList();
        return rows.stream()
                .map(row -> new Known((String) row[0], (String) row[1]))
                .findFirst();
    }

    private void keep(long userId, Known begun, String customerId) {
        database.createNativeQuery("""
                        UPDATE stripe_customers SET customer_id = :customer
                         WHERE user_id = :user AND idempotency_key = :key AND customer_id IS NULL
                        """)
                .setParameter("customer", customerId)
                .setParameter("user", userId)
                .setParameter("key", begun.idempotencyKey())
                .executeUpdate();
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw PaymentError.methodsAway();
        }
    }
}
