package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderStatus;
import io.emporium.order.Orders;
import io.emporium.order.PaymentMethod;
import io.emporium.outbox.NotAWorker;
import io.emporium.payment.gateway.Charge;
import io.emporium.payment.gateway.Gateway;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.Reversal;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Asks the providers about everything that is not settled: attempts whose process died or whose answer got lost, customers
 * who never came back from 3-D Secure, transfers that never came, refunds on their way. Several may run at once: a row is claimed by moving its next
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
    private final Questions questions;
    private final RefundSettlement refundSettlement;
    private final Gateways gateways;
    private final PaymentSettings settings;
    private final Clock clock;
    /** Whose questions are being asked: one provider that hangs does not hold up the others. */
    private final Set<PaymentMethod> atWork = ConcurrentHashMap.newKeySet();

    Reconciler(
            EntityManager database,
            Orders orders,
            Settlement settlement,
            Questions questions,
            RefundSettlement refundSettlement,
            Gateways gateways,
            PaymentSettings settings,
            Clock clock) {
        this.database = database;
        this.orders = orders;
        this.settlement = settlement;
        this.questions = questions;
        this.refundSettlement = refundSettlement;
        this.gateways = gateways;
        this.settings = settings;
        this.clock = clock;
    }

    /** What there is to ask about one payment or refund. */
    private sealed interface Question {
        /** A payment that the provider has named. */
        record Ask(long id, String payment) implements Question {}

        /** A payment the provider may never have heard of: the same call with the same key does no harm. */
        record Repeat(long id, Charge charge) implements Question {}

        /** As Repeat, but too late for the key, or for the order: only looked for. */
        record Search(long id, Charge charge) implements Question {}

        /** A payment nobody will finish. */
        record CallOff(long id, String payment) implements Question {}

        record AskRefund(long refundId, String refund) implements Question {}

        record RepeatRefund(long refundId, Reversal reversal) implements Question {}
    }

    private record Asked(PaymentMethod method, Question question) {}

    @Scheduled(
            every = "${emporium.payment.reconcile-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void reconcile() {
        for (Gateway gateway : gateways.all()) {
            if (atWork.add(gateway.method())) {
                Thread.ofVirtual().name("reconciler-" + gateway.method().code()).start(() -> reconcile(gateway));
            }
        }
    }

    private void reconcile(Gateway gateway) {
        try {
            List<Long> due;
            do {
                // While a provider is away one question at a time finds out whether it is back.
                int most = gateway.door().isShut() ? 1 : AT_ONCE;
                due = QuarkusTransaction.requiringNew().call(() -> claim(gateway.method(), most));
                inParallel(due);
            } while (due.size() == AT_ONCE);
        } catch (RuntimeException | LinkageError | StackOverflowError fault) {
            Log.errorf(
                    fault,
                    "What is due at %s could not be asked about; it is tried again",
                    gateway.method().code());
        } finally {
            atWork.remove(gateway.method());
        }
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

    private List<Long> claim(PaymentMethod method, int most) {
        Instant now = clock.instant();
        return database.createNativeQuery("""
                        UPDATE transactions SET checks = checks + 1, next_check_at = :until
                         WHERE transaction_id IN (
                               SELECT transaction_id FROM transactions WHERE payment_method = :method AND next_check_at <= :now
                                ORDER BY next_check_at LIMIT :most FOR UPDATE SKIP LOCKED)
                        RETURNING transaction_id
                        """, Long.class)
                .setParameter("now", now)
                .setParameter("until", now.plus(settings.firstCheck()))
                .setParameter("method", method.code())
                .setParameter("most", most)
                .getResultList();
    }

    private void reconcile(long transactionId) {
        try {
            Asked asked = QuarkusTransaction.requiringNew().call(() -> question(transactionId));
            Gateway gateway = gateways.of(asked.method());
            switch (asked.question()) {
                case Question.Ask(long id, String payment) -> questions.ask(id, gateway, payment);
                case Question.Repeat(long id, Charge charge) -> settle(id, gateway.chargeAgain(charge));
                case Question.Search(long id, Charge charge) -> settle(id, gateway.search(charge));
                case Question.CallOff(long id, String payment) ->
                    settlement.settleCalledOff(id, gateway.cancel(payment));
                case Question.AskRefund(long id, String refund) -> settle(id, gateway.findRefund(refund));
                case Question.RepeatRefund(long id, Reversal reversal) -> settle(id, gateway.findOrRefund(reversal));
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
        refundSettlement.settle(refundId, outcome);
    }

    private Asked question(long id) {
        Transaction transaction = Transaction.<Transaction>findByIdOptional(id).orElseThrow();
        boolean keyIsKept = transaction.createdAt.plus(settings.keyKept()).isAfter(clock.instant());
        Question question = transaction.isPayment() ? aboutPayment(transaction, keyIsKept) : aboutRefund(transaction);
        return new Asked(transaction.paymentMethod, question);
    }

    private Question aboutPayment(Transaction payment, boolean keyIsKept) {
        long id = payment.transactionId();
        Order order = orders.get(payment.orderId);
        boolean isWanted = order.status() == OrderStatus.PENDING;
        String named = payment.providerReference;
        if (named != null) {
            boolean isAbandoned = payment.status().isTheCustomers()
                    && (!isWanted || !order.expiresAt().isAfter(clock.instant()));
            return isAbandoned ? new Question.CallOff(id, named) : new Question.Ask(id, named);
        }
        // An order that was cancelled meanwhile is not charged only to be refunded, nor by a payment that was called
        // failed.
        if (keyIsKept && isWanted && payment.status().isLive() && payment.soughtSince == null) {
            return new Question.Repeat(id, payment.chargeFor(order));
        }
        if (payment.soughtSince == null) {
            payment.soughtSince = clock.instant();
        }
        return new Question.Search(id, payment.chargeFor(order));
    }

    private static Question aboutRefund(Transaction money) {
        Refund refund = Refund.findByTransaction(money.transactionId()).orElseThrow();
        if (money.providerReference != null) {
            return new Question.AskRefund(refund.refundId(), money.providerReference);
        }
        Transaction payment = Objects.requireNonNull(Transaction.findById(refund.paymentId));
        return new Question.RepeatRefund(refund.refundId(), money.reversalOf(payment));
    }
}
