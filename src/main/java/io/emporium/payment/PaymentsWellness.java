package io.emporium.payment;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether paying works, by how the last attempts have ended: providers can be there and turn everybody down. */
@Wellness
@Singleton
class PaymentsWellness implements HealthCheck {
    private final PaymentMonitoring monitoring;

    PaymentsWellness(PaymentMonitoring monitoring) {
        this.monitoring = monitoring;
    }

    @Override
    public HealthCheckResponse call() {
        PaymentMonitoring.PaymentHealth health = monitoring.checkPaymentHealth();
        return HealthCheckResponse.named("Payments")
                .status(!health.isBad())
                .withData("completed_in_15_minutes", health.completed())
                .withData("failed_in_15_minutes", health.failed())
                .build();
    }
}
