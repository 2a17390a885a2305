package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.hasItem;

import io.emporium.Management;
import io.emporium.payment.PaymentMonitoring.PaymentHealth;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** Paying is ill when most of enough attempts fail, and not because a few do. */
@QuarkusTest
class PaymentHealthTest {
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
    void who_asks_for_health_is_told() {
        Management.asked().get("/q/health/well").then().body("checks.name", hasItem("Payments"));
    }
}
