package io.emporium.payment;

import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.Gateway;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How paying goes (low-level-design 11.3 and 11.5): attempts by method and outcome, how long they take, refunds; and whether, of
 * late, it works at all.
 */
@Singleton
class PaymentMonitoring {
    private static final Duration WINDOW = Duration.ofMinutes(15);
    /** Of fewer nothing can be said. */
    private static final int FEWEST = 20;

    private static final Set<TransactionStatus> ENDS =
            EnumSet.of(TransactionStatus.COMPLETED, TransactionStatus.FAILED);
    private static final Duration[] BOUNDS =
            Stream.of(1, 2, 5, 10, 30, 120, 600).map(Duration::ofSeconds).toArray(Duration[]::new);

    private final EntityManager database;
    private final Gateways gateways;
    private final MeterRegistry meters;
    private final Clock clock;
    private final MultiGauge recent;
    private volatile PaymentHealth health = new PaymentHealth(0, 0);

    PaymentMonitoring(EntityManager database, Gateways gateways, MeterRegistry meters, Clock clock) {
        this.database = database;
        this.gateways = gateways;
        this.meters = meters;
        this.clock = clock;
        this.recent = MultiGauge.builder("payments.recent")
                .description("Attempts of the last 15 minutes that have an end, by outcome: completed or failed")
                .register(meters);
    }

    /**
     * How attempts that were begun in the last 15 minutes have ended.
     *
     * @param failed that bank, provider or fraud rules said no to; not those that customers called off
     */
    record PaymentHealth(long completed, long failed) {
        /** Whether there were enough to tell, and more than half of them failed. */
        boolean isBad() {
            return completed + failed >= FEWEST && failed > completed;
        }
    }

    void begin(@Observes StartupEvent started) {
        // Told from the start: what was never counted has no rate.
        meters.counter("payments.refunds");
        meters.counter("payments.disputes");
        WebhookInbox.PROVIDERS.forEach(provider -> WebhookInbox.received(meters, provider));
        for (Gateway gateway : gateways.all()) {
            for (TransactionStatus status : TransactionStatus.values()) {
                if (status != TransactionStatus.PENDING) {
                    attempts(gateway.method(), status);
                }
            }
            ENDS.forEach(end -> processing(gateway.method(), end));
            if (gateway.method() != PaymentMethod.BANK_TRANSFER) {
                Gauge.builder("breaker.open", gateway, PaymentMonitoring::shut)
                        .description("1 while nothing new is begun there, because it does not answer")
                        .tag("of", gateway.method().code())
                        .register(meters);
            }
        }
    }

    private static int shut(Gateway gateway) {
        return gateway.door().isShut() ? 1 : 0;
    }

    private Counter attempts(PaymentMethod method, TransactionStatus to) {
        return meters.counter("payments.attempts", "method", method.code(), "outcome", to.code());
    }

    private Timer processing(PaymentMethod method, TransactionStatus end) {
        return Timer.builder("payments.processing")
                .description("From the beginning of an attempt to its end; the customer's and the bank's time too")
                .tag("method", method.code())
                .tag("outcome", end.code())
                .serviceLevelObjectives(BOUNDS)
                .register(meters);
    }

    void moved(@Observes(during = TransactionPhase.AFTER_SUCCESS) AttemptMoved attempt) {
        attempts(attempt.method(), attempt.to()).increment();
        if (ENDS.contains(attempt.to())) {
            processing(attempt.method(), attempt.to()).record(attempt.after());
        }
    }

    void refunded(@Observes(during = TransactionPhase.AFTER_SUCCESS) PaymentEvent.RefundSucceeded refund) {
        meters.counter("payments.refunds").increment();
    }

    void disputed(@Observes(during = TransactionPhase.AFTER_SUCCESS) PaymentEvent.PaymentDisputed dispute) {
        meters.counter("payments.disputes").increment();
    }

    /** Looks, in every process, how the last attempts went; and says so once when that becomes bad, or good again. */
    @Scheduled(every = "${emporium.metrics.read-every}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void look() {
        boolean wasBad = health.isBad();
        health = QuarkusTransaction.requiringNew().call(this::counted);
        recent.register(
                List.of(
                        Row.of(Tags.of("outcome", "completed"), health.completed()),
                        Row.of(Tags.of("outcome", "failed"), health.failed())),
                true);
        if (health.isBad() && !wasBad) {
            Log.errorf(
                    "Payments fail: of those begun in the last %d minutes %d have failed and %d have not",
                    WINDOW.toMinutes(), health.failed(), health.completed());
        } else if (wasBad && !health.isBad()) {
            Log.info("Payments do not fail more than usual any more");
        }
    }

    private PaymentHealth counted() {
        Instant since = clock.instant().minus(WINDOW);
        return new PaymentHealth(count(TransactionStatus.COMPLETED, since), count(TransactionStatus.FAILED, since));
    }

    // One after the other: an index finds those of one status since then, of two together it reads them all.
    private long count(TransactionStatus status, Instant since) {
        return ((Number) database.createNativeQuery("""
                        SELECT count(*) FROM transactions
                         WHERE status = :status AND created_at > :since AND transaction_type = 'payment'
                        """, Long.class)
                        .setParameter("status", status.code())
                        .setParameter("since", since)
                        .getSingleResult())
                .longValue();
    }

    /** As it was when it was last looked at, which is some seconds ago. */
    PaymentHealth checkPaymentHealth() {
        return health;
    }
}
