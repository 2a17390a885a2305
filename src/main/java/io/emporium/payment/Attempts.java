package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderStatus;
import io.emporium.order.Orders;
import io.emporium.order.PaymentMethod;
import io.emporium.order.PaymentStatus;
import io.emporium.payment.fraud.FraudSignals;
import io.emporium.payment.fraud.Verdict;
import io.emporium.payment.gateway.Charge;
import io.emporium.web.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Begins attempts to pay: recorded and committed before anybody is asked for money, one live attempt an order. */
@ApplicationScoped
class Attempts {
    private static final Duration KEY_KEPT = Duration.ofHours(24);

    private final EntityManager database;
    private final Orders orders;
    private final FraudSignals fraud;
    private final Settlement settlement;
    private final Caller caller;
    private final PaymentSettings settings;
    private final Clock clock;

    Attempts(
            EntityManager database,
            Orders orders,
            FraudSignals fraud,
            Settlement settlement,
            Caller caller,
            PaymentSettings settings,
            Clock clock) {
        this.database = database;
        this.orders = orders;
        this.fraud = fraud;
        this.settlement = settlement;
        this.caller = caller;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * An attempt, new or found.
     *
     * @param charge what to ask the provider for; null where somebody has asked already
     */
    record Begun(Transaction attempt, @Nullable Charge charge) {
        /** Whether it waits for the customer to confirm a card that is not the one now given. */
        boolean isOtherCardWaiting(PaymentService.Payment payment) {
            return charge == null
                    && payment.method() == PaymentMethod.CREDIT_CARD
                    && attempt.status() == TransactionStatus.REQUIRES_ACTION
                    && !Objects.equals(payment.token(), attempt.paymentToken);
        }
    }

    /**
     * Records an attempt, or finds the one that is in its way, or that an earlier try of the same request has left. One that
     * the fraud signals deny is recorded as declined, and nobody is to be asked.
     *
     * @param customer whom the provider knows the user as; null where it does not
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_PAYMENT_METHOD, ORDER_NOT_PAYABLE
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    Begun begin(
            long userId, PaymentService.Payment payment, @Nullable String customer, @Nullable String idempotencyKey) {
        Order order = orders.lockOwn(payment.orderId(), userId);
        Optional<Transaction> earlier = earlierTry(order, idempotencyKey);
        if (earlier.isPresent()) {
            return new Begun(earlier.get(), null);
        }
        refuseUnlessPayable(order, payment);
        if (!order.expiresAt().isAfter(clock.instant())
                && Transaction.lockLive(order.orderId()).isEmpty()) {
            // Its time is up, whenever that is noticed: by trying again and again it would keep its goods from the
            // others.
            throw PaymentError.tooLateToBegin(order);
        }
        String reference = Transaction.newReference("pay_");
        Optional<Long> recorded = record(order, payment, customer, reference, idempotencyKey);
        if (recorded.isEmpty()) {
            return new Begun(Transaction.lockLive(order.orderId()).orElseThrow(), null);
        }
        orders.paymentIs(order, PaymentStatus.PROCESSING);
        Transaction attempt = Transaction.lock(recorded.get()).orElseThrow();
        if (fraud.asked(order, attempt.transactionId(), payment.token(), caller.address()) == Verdict.DENY) {
            settlement.deny(order, attempt);
            return new Begun(attempt, null);
        }
        return new Begun(attempt, attempt.chargeFor(order));
    }

    /**
     * The attempt whose customer is said to have agreed at the provider.
     *
     * @param token the provider's name for it, as the customer has brought it
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_PAYMENT_METHOD, ORDER_NOT_PAYABLE,
     *     INVALID_PAYMENT_DETAILS for a token that is not of an attempt to pay this order
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    Transaction agreed(long userId, PaymentService.Payment payment, String token) {
        Order order = orders.lockOwn(payment.orderId(), userId);
        refuseOtherMethod(order, payment);
        Transaction attempt = Transaction.findPayment(order.orderId(), token)
                .orElseThrow(() -> PaymentError.invalidDetails(payment.method()));
        // The webhook is often quicker than the customer: then this is how their payment stands.
        if (attempt.status() != TransactionStatus.COMPLETED) {
            refuseUnlessPayable(order, payment);
        }
        return attempt;
    }

    private static void refuseOtherMethod(Order order, PaymentService.Payment payment) {
        if (order.paymentMethod() != payment.method()) {
            throw PaymentError.methodNotTheOrders(order);
        }
    }

    private static void refuseUnlessPayable(Order order, PaymentService.Payment payment) {
        refuseOtherMethod(order, payment);
        if (order.status() != OrderStatus.PENDING) {
            throw PaymentError.notPayable(order);
        }
    }

    /** What the same request has begun before this process, or another, died in it. */
    private Optional<Transaction> earlierTry(Order order, @Nullable String key) {
        Optional<Transaction> earlier = Transaction.findByKey(order.userId(), key);
        if (earlier.isEmpty()) {
            return earlier;
        }
        Transaction attempt = earlier.get();
        boolean isOver = attempt.createdAt.isBefore(clock.instant().minus(KEY_KEPT));
        if (attempt.orderId == order.orderId() && !isOver && !attempt.wasReplaced()) {
            return earlier;
        }
        // A day later the key may be used for something new.
        Transaction.update("idempotencyKey = NULL WHERE transactionId = ?1", attempt.transactionId());
        return Optional.empty();
    }

    /** The constraint, not a look beforehand, is what keeps a second live attempt out (promise 3). */
    private Optional<Long> record(
            Order order,
            PaymentService.Payment payment,
            @Nullable String customer,
            String reference,
            @Nullable String key) {
        Instant now = clock.instant();
        List<Long> id = database.createNativeQuery("""
                        INSERT INTO transactions (order_id, user_id, transaction_reference, transaction_type, payment_method,
                                                  amount, currency, status, payment_token, provider_customer, saves_method,
                                                  idempotency_key, next_check_at, created_at, updated_at)
                        VALUES (:order, :user, :reference, 'payment', :method, :amount, :currency, 'processing', CAST(:token AS varchar),
                                CAST(:customer AS varchar), :saves, CAST(:key AS varchar), :check, :now, :now)
                        ON CONFLICT (order_id) WHERE transaction_type = 'payment' AND status NOT IN ('failed', 'cancelled')
                        DO NOTHING RETURNING transaction_id
                        """, Long.class)
                .setParameter("order", order.orderId())
                .setParameter("user", order.userId())
                .setParameter("reference", reference)
                .setParameter("method", order.paymentMethod().code())
                .setParameter("amount", order.total().amount())
                .setParameter("currency", order.total().currency().getCurrencyCode())
                .setParameter("token", payment.token())
                .setParameter("customer", customer)
                .setParameter("saves", payment.savesMethod())
                .setParameter("key", key)
                .setParameter("check", now.plus(settings.firstCheck()))
                .setParameter("now", now)
                .getResultList();
        return id.stream().findFirst();
    }
}
