package io.emporium.notification.receipt;

import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.Map;

/** Every way a receipt cannot be had. */
final class ReceiptError {
    private ReceiptError() {}

    static Refusal notPaid(String paymentStatus) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "The order is not paid yet: there is no receipt",
                Map.of("payment_status", paymentStatus));
    }

    static Refusal busy(Duration retryAfter) {
        return Refusal.notNow("Too many receipts are being made", retryAfter);
    }
}
