package io.emporium.payment.fraud;

import io.emporium.shared.Refusal;
import java.util.List;
import java.util.Map;

/** Every way the reviews say no. */
final class ReviewError {
    private ReviewError() {}

    static Refusal notFound() {
        return Refusal.notFound("Review");
    }

    static Refusal alreadyDecided(ReviewStatus status) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "The review is not open: it is " + status.code(),
                Map.of("status", status.code()));
    }

    static Refusal unknownStatus() {
        String statuses = String.join(
                ", ",
                List.of(ReviewStatus.values()).stream().map(ReviewStatus::code).toList());
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Unknown status",
                Map.of("fields", List.of(Map.of("field", "status", "message", "one of " + statuses))));
    }
}
