package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.OrderStatus;
import io.emporium.order.Orders;
import io.emporium.order.PaymentStatus;
import io.emporium.payment.gateway.Charge;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Begins attempts to pay: recorded and committed before anybody is asked for money, one live attempt an order. */
@ApplicationScoped
class Attempts {
    private static final Duration KEY_KEPT = Duration.ofHours(24);

    private final EntityManager database;
    private final Orders orders;
    private final PaymentSettings settings;
    private final Clock clock;

    Attempts(EntityManager database, Orders orders, PaymentSettings settings, Clock clock) {
        this.database = database;
        this.orders = orders;
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
        boolean isOtherCardWaiting(String token) {
            return charge == null
                    && attempt.status() == TransactionStatus.REQUIRES_ACTION
                    && !token.equals(attempt.paymentToken);
        }
    }

    /**
     * Records an attempt, or finds the one that is in its way, or that an earlier try of the same request has left.
     *
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_PAYMENT_METHOD, ORDER_NOT_PAYABLE
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    Begun begin(long userId, PaymentService.Payment payment, @Nullable String idempotencyKey) {
        Order order = orders.lockOwn(payment.orderId(), userId);
        Optional<Transaction> earlier = earlierTry(order, idempotencyKey);
        if (earlier.isPresent()) {
            return new Begun(earlier.get(), null);
        }
        if (order.paymentMethod() != payment.method()) {
            throw PaymentError.methodNotTheOrders(order);
        }
        if (order.status() != OrderStatus.PENDING) {
            throw PaymentError.notPayable(order);
        }
        String reference = Transaction.newReference("pay_");
        Optional<Long> recorded = record(order, payment, reference, idempotencyKey);
        if (recorded.isEmpty()) {
            return new Begun(Transaction.lockLive(order.orderId()).orElseThrow(), null);
        }
        orders.paymentIs(order, PaymentStatus.PROCESSING);
        Transaction attempt = Transaction.lock(recorded.get()).orElseThrow();
        return new Begun(attempt, attempt.chargeFor(order));
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
    private Optional<Long> record(Order order, PaymentService.Payment payment, String reference, @Nullable String key) {
        Instant now = clock.instant();
        List<Long> id = database.createNativeQuery("""
                        INSERT INTO transactions (order_id, user_id, transaction_reference, transaction_type, payment_method,
                                                  amount, currency, status, payment_token, idempotency_key, next_check_at,
                                                  created_at, updated_at)
                        VALUES (:order, :user, :reference, 'payment', :method, :amount, :currency, 'processing', :token,
                                CAST(:key AS varchar), :check, :now, :now)
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
                .setParameter("key", key)
                .setParameter("check", now.plus(settings.firstCheck()))
                .setParameter("now", now)
                .getResultList();
        return id.stream().findFirst();
    }
}
