package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderStatus;
import io.emporium.order.Orders;
import io.emporium.outbox.NotAWorker;
import io.emporium.payment.gateway.Charge;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.Reversal;
import io.emporium.payment.stripe.StripeDoor;
import io.emporium.payment.stripe.StripeGateway;
import io.emporium.payment.stripe.StripeRefunds;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Asks the providers about everything that is not settled: attempts whose process died or whose answer got lost, customers
 * who never came back from 3-D Secure, refunds on their way. Several may run at once: a row is claimed by moving its next
 * check behind the longest call, and what two of them were to bring, {@link Settlement} applies once.
 */
@ApplicationScoped
class Reconciler {
    private static final int AT_ONCE = 16;
    /** No question takes that long: three calls, and the transactions around them. */
    private static final Duration LONGEST = Duration.ofSeconds(120);

    private final EntityManager database;
    private final Orders orders;
    private final Settlement settlement;
    private final Refunds refunds;
    private final StripeGateway stripe;
    private final StripeRefunds stripeRefunds;
    private final StripeDoor door;
    private final PaymentSettings settings;
    private final Clock clock;

    Reconciler(
            EntityManager database,
            Orders orders,
            Settlement settlement,
            Refunds refunds,
            StripeGateway stripe,
            StripeRefunds stripeRefunds,
            StripeDoor door,
            PaymentSettings settings,
            Clock clock) {
        this.database = database;
        this.orders = orders;
        this.settlement = settlement;
        this.refunds = refunds;
        this.stripe = stripe;
        this.stripeRefunds = stripeRefunds;
        this.door = door;
        this.settings = settings;
        this.clock = clock;
    }

    /** What there is to ask about one payment or refund. */
    private sealed interface Question {
        /** A payment that the provider has named. */
        record Ask(long id, String intent) implements Question {}

        /** A payment the provider may never have heard of: the same call with the same key does no harm. */
        record Repeat(long id, Charge charge) implements Question {}

        /** As Repeat, but too late for the key, or for the order: only looked for. */
        record Search(long id, String reference) implements Question {}

        /** A payment nobody will finish. */
        record CallOff(long id, String intent) implements Question {}

        record AskRefund(long refundId, String refund) implements Question {}

        record RepeatRefund(long refundId, Reversal reversal, boolean keyIsKept) implements Question {}
    }

    @Scheduled(
            every = "${emporium.payment.reconcile-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void reconcile() {
        List<Long> due;
        do {
            // While Stripe is away one question at a time finds out whether it is back.
            int most = door.isShut() ? 1 : AT_ONCE;
            due = QuarkusTransaction.requiringNew().call(() -> claim(most));
            inParallel(due);
        } while (due.size() == AT_ONCE && !door.isShut());
    }

    /** Waits for all of them, but not for ever: one that never comes back shall not be the end of all reconciling. */
    private void inParallel(List<Long> due) {
        ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor();
        due.forEach(id -> asking.execute(() -> reconcile(id)));
        asking.shutdown();
        try {
            if (!asking.awaitTermination(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                Log.errorf("Of %d questions to the provider some have not come back; they are asked again", due.size());
                asking.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            asking.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private List<Long> claim(int most) {
        Instant now = clock.instant();
        return database.createNativeQuery("""
                        UPDATE transactions SET checks = checks + 1, next_check_at = :until
                         WHERE transaction_id IN (
                               SELECT transaction_id FROM transactions WHERE next_check_at <= :now
                                ORDER BY next_check_at LIMIT :most FOR UPDATE SKIP LOCKED)
                        RETURNING transaction_id
                        """, Long.class)
                .setParameter("now", now)
                .setParameter("until", now.plus(settings.firstCheck()))
                .setParameter("most", most)
                .getResultList();
    }

    private void reconcile(long transactionId) {
        try {
            Question question = QuarkusTransaction.requiringNew().call(() -> question(transactionId));
            switch (question) {
                case Question.Ask(long id, String intent) -> settle(id, stripe.find(intent));
                case Question.Repeat(long id, Charge charge) -> settle(id, stripe.charge(charge));
                case Question.Search(long id, String reference) -> settle(id, stripe.search(reference));
                case Question.CallOff(long id, String intent) -> settle(id, stripe.cancel(intent));
                case Question.AskRefund(long id, String refund) -> settle(id, stripeRefunds.find(refund));
                case Question.RepeatRefund(long id, Reversal reversal, boolean keyIsKept) ->
                    settle(id, keyIsKept ? stripeRefunds.refund(reversal) : stripeRefunds.findOrRefund(reversal));
            }
        } catch (RuntimeException | LinkageError | StackOverflowError fault) {
            // Its next check is set already.
            Log.errorf(fault, "Transaction %d could not be reconciled; it is tried again", transactionId);
        }
    }

    private void settle(long id, GatewayOutcome outcome) {
        settlement.settle(id, outcome);
    }

    private void settle(long refundId, RefundOutcome outcome) {
        refunds.settle(refundId, outcome);
    }

    private Question question(long id) {
        Transaction transaction = Transaction.<Transaction>findByIdOptional(id).orElseThrow();
        boolean keyIsKept = transaction.createdAt.plus(settings.keyKept()).isAfter(clock.instant());
        return transaction.isPayment() ? aboutPayment(transaction, keyIsKept) : aboutRefund(transaction, keyIsKept);
    }

    private Question aboutPayment(Transaction payment, boolean keyIsKept) {
        long id = payment.transactionId();
        Order order = orders.get(payment.orderId);
        boolean isWanted = order.status() == OrderStatus.PENDING;
        String intent = payment.providerReference;
        if (intent != null) {
            boolean isAbandoned = payment.status() == TransactionStatus.REQUIRES_ACTION
                    && (!isWanted || !order.expiresAt().isAfter(clock.instant()));
            return isAbandoned ? new Question.CallOff(id, intent) : new Question.Ask(id, intent);
        }
        // An order that was cancelled meanwhile is not charged only to be refunded.
        if (keyIsKept && isWanted && payment.soughtSince == null) {
            return new Question.Repeat(id, payment.chargeFor(order));
        }
        if (payment.soughtSince == null) {
            payment.soughtSince = clock.instant();
        }
        return new Question.Search(id, payment.transactionReference());
    }

    private static Question aboutRefund(Transaction money, boolean keyIsKept) {
        Refund refund = Refund.findByTransaction(money.transactionId()).orElseThrow();
        if (money.providerReference != null) {
            return new Question.AskRefund(refund.refundId(), money.providerReference);
        }
        Transaction payment = Objects.requireNonNull(Transaction.findById(refund.paymentId));
        return new Question.RepeatRefund(refund.refundId(), money.reversalOf(payment), keyIsKept);
    }
}
