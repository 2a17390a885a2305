package io.emporium.payment;

import io.emporium.outbox.NotAWorker;
import io.emporium.outbox.Replayable;
import io.emporium.payment.stripe.StripeGateway;
import io.emporium.payment.stripe.StripeRefunds;
import io.emporium.payment.stripe.StripeWebhook.Notice;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes each webhook once, however often it comes: its arrival is a row under the provider's event id. What it is about is
 * asked from the provider and settled, so its order and age do not matter. What fails is tried again after growing pauses,
 * and parked after five tries.
 */
@ApplicationScoped
class WebhookInbox implements Replayable {
    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofMinutes(10));
    // Longer than the calls of one try: until then nobody else takes the event.
    private static final Duration CLAIM = Duration.ofSeconds(60);
    /** What is beyond it waits for the sweep: a flood of webhooks shall not be one of threads and calls. */
    private static final int AT_ONCE = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int BATCH = 100;

    private final EntityManager database;
    private final Settlement settlement;
    private final Refunds refunds;
    private final StripeGateway stripe;
    private final StripeRefunds stripeRefunds;
    private final Clock clock;
    private final Semaphore places = new Semaphore(AT_ONCE);

    WebhookInbox(
            EntityManager database,
            Settlement settlement,
            Refunds refunds,
            StripeGateway stripe,
            StripeRefunds stripeRefunds,
            Clock clock) {
        this.database = database;
        this.settlement = settlement;
        this.refunds = refunds;
        this.stripe = stripe;
        this.stripeRefunds = stripeRefunds;
        this.clock = clock;
    }

    /** What became of an event. */
    private enum Effect {
        DONE,
        IGNORED
    }

    /** Keeps an event and begins with it; it is safe when this returns. */
    void take(Notice notice) {
        boolean isNew = QuarkusTransaction.requiringNew().call(() -> store(notice));
        if (isNew && places.tryAcquire()) {
            begin(notice.eventId());
        }
    }

    /** In a place that is taken, and left when it is done. */
    private void begin(String eventId) {
        try {
            Thread.ofVirtual().name("webhook-" + eventId).start(() -> {
                try {
                    attempt(eventId);
                } finally {
                    places.release();
                }
            });
        } catch (RuntimeException | OutOfMemoryError noThread) {
            places.release();
            throw noThread;
        }
    }

    private boolean store(Notice notice) {
        // Of the payload only what is needed: the rest holds a client secret and where the customer lives.
        return database.createNativeQuery("""
                                INSERT INTO webhook_events (provider, event_id, type, payload, received_at, next_try_at)
                                VALUES ('stripe', :event, :type,
                                        jsonb_build_object('object', CAST(:object AS text), 'id', CAST(:id AS text),
                                                           'reference', CAST(:reference AS text)),
                                        :now, :now)
                                ON CONFLICT (provider, event_id) DO NOTHING
                                """)
                        .setParameter("event", notice.eventId())
                        .setParameter("type", notice.type())
                        .setParameter("object", notice.object())
                        .setParameter("id", notice.objectId())
                        .setParameter("reference", notice.reference())
                        .setParameter("now", clock.instant())
                        .executeUpdate()
                == 1;
    }

    /** Tries what is due: what failed, what there was no place for, what a process died in. */
    @Scheduled(
            every = "${emporium.payment.reconcile-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void sweep() {
        List<String> due = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                        SELECT event_id FROM webhook_events WHERE provider = 'stripe' AND status = 'received' AND next_try_at <= :now
                         ORDER BY next_try_at LIMIT :batch
                        """, String.class)
                        .setParameter("now", clock.instant())
                        .setParameter("batch", BATCH)
                        .getResultList());
        for (String eventId : due) {
            // No further than there are places: one event that hangs holds up itself.
            if (!isPlaceFree()) {
                return;
            }
            begin(eventId);
        }
    }

    private boolean isPlaceFree() {
        try {
            return places.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void attempt(String eventId) {
        try {
            Optional<Notice> claimed = QuarkusTransaction.requiringNew().call(() -> claim(eventId));
            if (claimed.isPresent()) {
                Effect effect = apply(claimed.get());
                QuarkusTransaction.requiringNew().run(() -> finished(eventId, effect));
            }
        } catch (RuntimeException | LinkageError | StackOverflowError fault) {
            failed(eventId, fault);
        }
    }

    private Optional<Notice> claim(String eventId) {
        Instant now = clock.instant();
        List<Object[]> rows = database.createNativeQuery("""
                        UPDATE webhook_events SET attempts = attempts + 1, next_try_at = :until
                         WHERE provider = 'stripe' AND event_id = :event AND status = 'received' AND next_try_at <= :now
                        RETURNING type, payload ->> 'object', payload ->> 'id', payload ->> 'reference'
                        """, Object[].class)
                .setParameter("now", now)
                .setParameter("until", now.plus(CLAIM))
                .setParameter("event", eventId)
                .getResultList();
        return rows.stream()
                .map(row -> new Notice(eventId, (String) row[0], (String) row[1], (String) row[2], (String) row[3]))
                .findFirst();
    }

    private Effect apply(Notice notice) {
        return switch (notice.object()) {
            case "payment_intent" -> aboutPayment(notice);
            case "refund" -> aboutRefund(notice);
            case "dispute" -> {
                Log.errorf("Stripe tells of dispute %s: somebody has to look at it there", notice.objectId());
                yield Effect.IGNORED;
            }
            default -> Effect.IGNORED;
        };
    }

    private Effect aboutPayment(Notice notice) {
        Optional<Transaction> payment = find(notice, Transaction.PAYMENT);
        if (payment.isEmpty()) {
            return Effect.IGNORED;
        }
        if (payment.get().status() != TransactionStatus.COMPLETED) {
            settlement.settle(payment.get().transactionId(), stripe.find(notice.objectId()));
        }
        return Effect.DONE;
    }

    private Effect aboutRefund(Notice notice) {
        Optional<Transaction> money = find(notice, Transaction.REFUND);
        if (money.isEmpty()) {
            Log.errorf(
                    "Stripe tells of refund %s, which was not made here: somebody has to look at it there",
                    notice.objectId());
            return Effect.IGNORED;
        }
        Refund refund = QuarkusTransaction.requiringNew()
                .call(() ->
                        Refund.findByTransaction(money.get().transactionId()).orElseThrow());
        refunds.settle(refund.refundId(), stripeRefunds.find(notice.objectId()));
        return Effect.DONE;
    }

    /** By the provider's id, or, where its answer has not reached us yet, by our reference that it bears. */
    private static Optional<Transaction> find(Notice notice, String type) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Transaction.findByReference(notice.objectId())
                        .or(() -> byOurReference(notice.reference()))
                        .filter(transaction -> transaction.transactionType.equals(type)));
    }

    private static Optional<Transaction> byOurReference(@Nullable String reference) {
        return reference == null ? Optional.empty() : Transaction.findByReference(reference);
    }

    private void finished(String eventId, Effect effect) {
        database.createNativeQuery("""
                        UPDATE webhook_events SET status = :status, done_at = :now, next_try_at = NULL, last_error = NULL
                         WHERE provider = 'stripe' AND event_id = :event
                        """)
                .setParameter("status", effect == Effect.DONE ? "done" : "ignored")
                .setParameter("now", clock.instant())
                .setParameter("event", eventId)
                .executeUpdate();
    }

    private void failed(String eventId, Throwable fault) {
        Log.warnf(fault, "Webhook event %s could not be taken", eventId);
        try {
            QuarkusTransaction.requiringNew().run(() -> putOff(eventId, String.valueOf(fault)));
        } catch (RuntimeException noDatabase) {
            // The row still says "received": the sweep finds it when its claim is over.
            Log.warnf("Could not note the failed try of webhook event %s: %s", eventId, noDatabase.getMessage());
        }
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean replay(long messageId) {
        return database.createNativeQuery("""
                                UPDATE webhook_events SET status = 'received', attempts = 0, next_try_at = :now
                                 WHERE message_id = :id AND status = 'parked'
                                """)
                        .setParameter("now", clock.instant())
                        .setParameter("id", messageId)
                        .executeUpdate()
                == 1;
    }

    private void putOff(String eventId, String error) {
        List<Integer> attempts = database.createNativeQuery("""
                        UPDATE webhook_events SET last_error = :error, status = CASE WHEN attempts >= :most THEN 'parked' ELSE status END
                         WHERE provider = 'stripe' AND event_id = :event RETURNING attempts
                        """, Integer.class)
                .setParameter("error", error)
                .setParameter("most", PAUSES.size())
                .setParameter("event", eventId)
                .getResultList();
        Duration pause = PAUSES.get(Math.clamp(attempts.getFirst() - 1L, 0, PAUSES.size() - 1));
        database.createNativeQuery(
                        "UPDATE webhook_events SET next_try_at = :next WHERE provider = 'stripe' AND event_id = :event")
                .setParameter("next", clock.instant().plus(pause))
                .setParameter("event", eventId)
                .executeUpdate();
    }
}
