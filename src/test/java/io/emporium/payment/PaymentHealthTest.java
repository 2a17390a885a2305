package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Management;
import io.emporium.Shopper;
import io.emporium.payment.PaymentMonitoring.PaymentHealth;
import io.emporium.payment.gateway.Gateway;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Paying is ill when most of enough attempts fail, and not because a few do. */
@QuarkusTest
class PaymentHealthTest {
    @Inject
    EntityManager database;

    @Inject
    Gateways gateways;

    @Inject
    Clock clock;

    @Test
    void most_of_enough_is_bad_and_less_is_not() {
        assertThat(new PaymentHealth(0, 0).isBad()).isFalse();
        assertThat(new PaymentHealth(0, 19).isBad()).isFalse();
        assertThat(new PaymentHealth(0, 20).isBad()).isTrue();
        assertThat(new PaymentHealth(10, 10).isBad()).isFalse();
        assertThat(new PaymentHealth(9, 11).isBad()).isTrue();
        assertThat(new PaymentHealth(1_000, 200).isBad()).isFalse();
    }

    @Test
    void who_asks_for_health_is_told_how_the_last_attempts_ended() {
        Shopper ada = Shopper.registered();
        long product = Shopper.admin().createProduct("19.99", 5);
        ada.paidOrder(product, 1);
        ada.pay(ada.order(product, 1), "pm_card_chargeDeclined").then().statusCode(402);

        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            // What other tests have paid leaves the window meanwhile: the check was asked some seconds ago.
            PaymentHealth atLeast = ended(Duration.ofMinutes(15));
            JsonPath told = Management.asked().get("/q/health/well").jsonPath();
            PaymentHealth atMost = ended(Duration.ofMinutes(15).plusSeconds(10));
            String payments = "checks.find { it.name == 'Payments' }";
            assertThat(told.getLong(payments + ".data.completed_in_15_minutes"))
                    .isPositive()
                    .isBetween(atLeast.completed(), atMost.completed());
            assertThat(told.getLong(payments + ".data.failed_in_15_minutes"))
                    .isPositive()
                    .isBetween(atLeast.failed(), atMost.failed());
            assertThat(told.getString(payments + ".status"))
                    .isEqualTo(
                            new PaymentHealth(
                                                    told.getLong(payments + ".data.completed_in_15_minutes"),
                                                    told.getLong(payments + ".data.failed_in_15_minutes"))
                                            .isBad()
                                    ? "DOWN"
                                    : "UP");
        });
    }

    private PaymentHealth ended(Duration window) {
        return QuarkusTransaction.requiringNew()
                .call(() -> new PaymentHealth(count("completed", window), count("failed", window)));
    }

    private long count(String status, Duration window) {
        return (Long) database.createNativeQuery("""
                        SELECT count(*) FROM transactions
                         WHERE status = :status AND transaction_type = 'payment' AND created_at > :since
                        """, Long.class)
                .setParameter("status", status)
                .setParameter("since", clock.instant().minus(window))
                .getSingleResult();
    }

    @Test
    void what_never_happened_is_told_as_none_so_that_the_first_is_more() {
        var meters = new SimpleMeterRegistry();
        new PaymentMonitoring(database, gateways, meters, clock).begin(new StartupEvent());

        for (Gateway gateway : gateways.all()) {
            String method = gateway.method().code();
            for (String outcome :
                    new String[] {"requires_action", "pending_verification", "completed", "failed", "cancelled"}) {
                assertThat(meters.get("payments.attempts")
                                .tags("method", method, "outcome", outcome)
                                .counter()
                                .count())
                        .isZero();
            }
            for (String outcome : new String[] {"completed", "failed"}) {
                assertThat(meters.get("payments.processing")
                                .tags("method", method, "outcome", outcome)
                                .timer()
                                .count())
                        .isZero();
            }
        }
        for (String provider : new String[] {"stripe", "paypal"}) {
            assertThat(meters.get("webhooks.received")
                            .tag("provider", provider)
                            .counter()
                            .count())
                    .isZero();
        }
        assertThat(meters.get("payments.refunds").counter().count()).isZero();
        assertThat(meters.get("payments.disputes").counter().count()).isZero();
    }
}
