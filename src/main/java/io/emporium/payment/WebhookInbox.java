package io.emporium.payment;

import io.emporium.order.PaymentMethod;
import io.emporium.outbox.NotAWorker;
import io.emporium.outbox.Replayable;
import io.emporium.payment.gateway.NoAnswer;
import io.emporium.payment.gateway.Notice;
import io.emporium.shared.Batches;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
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
    private static final String STRIPE = "stripe";
    static final List<String> PROVIDERS = List.of(STRIPE, ProviderNews.PAYPAL);

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
    private final Questions questions;
    private final RefundSettlement refundSettlement;
    private final Gateways gateways;
    private final ProviderNews news;
    private final PaymentSettings settings;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Semaphore places = new Semaphore(AT_ONCE);

    WebhookInbox(
            EntityManager database,
            Questions questions,
            RefundSettlement refundSettlement,
            Gateways gateways,
            ProviderNews news,
            PaymentSettings settings,
            MeterRegistry meters,
            Clock clock) {
        this.database = database;
        this.questions = questions;
        this.refundSettlement = refundSettlement;
        this.gateways = gateways;
        this.news = news;
        this.settings = settings;
        this.meters = meters;
        this.clock = clock;
    }

    /** Under which an event is kept. */
    private record Key(String provider, String eventId) {}

    /** What became of an event. */
    private enum Effect {
        DONE,
        IGNORED
    }

    /** Keeps an event and begins with it; it is safe when this returns. */
    void take(Notice notice) {
        received(meters, notice.provider()).increment();
        boolean isNew = QuarkusTransaction.requiringNew().call(() -> store(notice));
        if (isNew && places.tryAcquire()) {
            begin(new Key(notice.provider(), notice.eventId()));
        }
    }

    /** In a place that is taken, and left when it is done. */
    private void begin(Key event) {
        try {
            Thread.ofVirtual().name("webhook-" + event.eventId()).start(() -> {
                try {
                    attempt(event);
                } finally {
                    places.release();
                }
            });
        } catch (RuntimeException | OutOfMemoryError noThread) {
            places.release();
            throw noThread;
        }
    }

    /** How many there were: genuine ones, repetitions too. */
    static Counter received(MeterRegistry meters, String provider) {
        return meters.counter("webhooks.received", "provider", provider);
    }

    private boolean store(Notice notice) {
        // Of the payload only what is needed: the rest holds a client secret and where the customer lives.
        return database.createNativeQuery("""
                                INSERT INTO webhook_events (provider, event_id, type, payload, received_at, next_try_at)
                                VALUES (:provider, :event, :type,
                                        jsonb_build_object('object', CAST(:object AS text), 'id', CAST(:id AS text),
                                                           'reference', CAST(:reference AS text)),
                                        :now, :now)
                                ON CONFLICT (provider, event_id) DO NOTHING
                                """)
                        .setParameter("provider", notice.provider())
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
        List<Object[]> due = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                        SELECT provider, event_id FROM webhook_events WHERE status = 'received' AND next_try_at <= :now
                         ORDER BY next_try_at LIMIT :batch
                        """, Object[].class)
                        .setParameter("now", clock.instant())
                        .setParameter("batch", BATCH)
                        .getResultList());
        for (Object[] event : due) {
            // No further than there are places: one event that hangs holds up itself.
            if (!isPlaceFree()) {
                return;
            }
            begin(new Key((String) event[0], (String) event[1]));
        }
    }

    /** Forgets what was done with long ago. In batches, each a transaction of its own, so that no lock is held for long. */
    @Scheduled(
            every = "1h",
            delayed = "3m",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void forget() {
        Instant before = clock.instant().minus(settings.webhooksKept());
        Batches.workOff(BATCH, batch -> QuarkusTransaction.requiringNew().call(() -> forget(before, batch)));
    }

    private int forget(Instant before, int batch) {
        return database.createNativeQuery("""
                        DELETE FROM webhook_events WHERE (provider, event_id) IN (
                            SELECT provider, event_id FROM webhook_events
                             WHERE status IN ('done', 'ignored') AND done_at < :before LIMIT :batch FOR UPDATE SKIP LOCKED)
                        """)
                .setParameter("before", before)
                .setParameter("batch", batch)
                .executeUpdate();
    }

    private boolean isPlaceFree() {
        try {
            return places.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void attempt(Key event) {
        try {
            Optional<Notice> claimed = QuarkusTransaction.requiringNew().call(() -> claim(event));
            if (claimed.isPresent()) {
                Effect effect = apply(claimed.get());
                QuarkusTransaction.requiringNew().run(() -> finished(event, effect));
            }
        } catch (RuntimeException | LinkageError | StackOverflowError fault) {
            failed(event, fault);
        }
    }

    private Optional<Notice> claim(Key event) {
        Instant now = clock.instant();
        List<Object[]> rows = database.createNativeQuery("""
                        UPDATE webhook_events SET attempts = attempts + 1, next_try_at = :until
                         WHERE provider = :provider AND event_id = :event AND status = 'received' AND next_try_at <= :now
                        RETURNING type, payload ->> 'object', payload ->> 'id', payload ->> 'reference'
                        """, Object[].class)
                .setParameter("now", now)
                .setParameter("until", now.plus(CLAIM))
                .setParameter("provider", event.provider())
                .setParameter("event", event.eventId())
                .getResultList();
        return rows.stream()
                .map(row -> new Notice(
                        event.provider(), event.eventId(), (String) row[0], (String) row[1], (String) row[2], (String)
                                row[3]))
                .findFirst();
    }

    private Effect apply(Notice notice) {
        return switch (notice.object()) {
            case "payment_intent", "checkout-order", "capture" -> aboutPayment(notice);
            case "refund" -> aboutRefund(notice);
            case "dispute" -> news.dispute(notice) ? Effect.DONE : Effect.IGNORED;
            default -> Effect.IGNORED;
        };
    }

    private Effect aboutPayment(Notice notice) {
        Optional<Transaction> payment = find(notice, Transaction.PAYMENT);
        if (payment.isEmpty()) {
            return Effect.IGNORED;
        }
        String known = payment.get().providerReference;
        if (notice.provider().equals(STRIPE)
                && known != null
                && !notice.objectId().equals(known)) {
            // Another intent under the same reference: money may have been taken twice.
            questions.askOther(payment.get().transactionId(), gateways.of(payment.get()), notice.objectId());
        } else if (payment.get().status() != TransactionStatus.COMPLETED) {
            questions.ask(payment.get().transactionId(), gateways.of(payment.get()), notice.objectId());
        }
        return Effect.DONE;
    }

    private Effect aboutRefund(Notice notice) {
        Optional<Transaction> money = find(notice, Transaction.REFUND);
        if (money.isEmpty()) {
            return aboutRefundElsewhere(notice);
        }
        Refund refund = QuarkusTransaction.requiringNew()
                .call(() ->
                        Refund.findByTransaction(money.get().transactionId()).orElseThrow());
        refundSettlement.settle(refund.refundId(), gateways.of(money.get()).findRefund(notice.objectId()));
        return Effect.DONE;
    }

    private Effect aboutRefundElsewhere(Notice notice) {
        PaymentMethod method = notice.provider().equals(STRIPE) ? PaymentMethod.CREDIT_CARD : PaymentMethod.PAYPAL;
        Optional<Long> refundId = news.refund(notice);
        refundId.ifPresent(id -> refundSettlement.settle(id, gateways.of(method).findRefund(notice.objectId())));
        return refundId.isPresent() ? Effect.DONE : Effect.IGNORED;
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

    private void finished(Key event, Effect effect) {
        database.createNativeQuery("""
                        UPDATE webhook_events SET status = :status, done_at = :now, next_try_at = NULL, last_error = NULL
                         WHERE provider = :provider AND event_id = :event
                        """)
                .setParameter("status", effect == Effect.DONE ? "done" : "ignored")
                .setParameter("now", clock.instant())
                .setParameter("provider", event.provider())
                .setParameter("event", event.eventId())
                .executeUpdate();
    }

    private void failed(Key event, Throwable fault) {
        Log.warnf(fault, "Webhook event %s could not be taken", event.eventId());
        try {
            QuarkusTransaction.requiringNew()
                    .run(() -> putOff(event, String.valueOf(fault), fault instanceof NoAnswer));
        } catch (RuntimeException noDatabase) {
            // The row still says "received": the sweep finds it when its claim is over.
            Log.warnf(
                    "Could not note the failed try of webhook event %s: %s", event.eventId(), noDatabase.getMessage());
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

    /** @param away whether the provider did not answer: that is no fault of the event's, which waits as long as need be */
    private void putOff(Key event, String error, boolean away) {
        List<Integer> attempts = database.createNativeQuery("""
                        UPDATE webhook_events SET last_error = :error,
                               status = CASE WHEN attempts >= :most AND NOT :away THEN 'parked' ELSE status END
                         WHERE provider = :provider AND event_id = :event RETURNING attempts
                        """, Integer.class)
                .setParameter("error", error)
                .setParameter("away", away)
                .setParameter("most", PAUSES.size())
                .setParameter("provider", event.provider())
                .setParameter("event", event.eventId())
                .getResultList();
        Duration pause = PAUSES.get(Math.clamp(attempts.getFirst() - 1L, 0, PAUSES.size() - 1));
        database.createNativeQuery(
                        "UPDATE webhook_events SET next_try_at = :next WHERE provider = :provider AND event_id = :event")
                .setParameter("next", clock.instant().plus(pause))
                .setParameter("provider", event.provider())
                .setParameter("event", event.eventId())
                .executeUpdate();
    }
}
