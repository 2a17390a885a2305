package io.emporium.payment.fraud;

import io.emporium.identity.User;
import io.emporium.order.Order;
import io.emporium.order.OrderEvent.OrderCancelled;
import io.emporium.order.Orders;
import io.emporium.shared.Page;
import io.emporium.web.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Orders on hold, and what is decided about them. The order is locked before its review, as before its payment. */
@ApplicationScoped
class Reviews {
    private final Orders orders;
    private final Assessments assessments;
    private final AuditLog audit;
    private final Clock clock;

    Reviews(Orders orders, Assessments assessments, AuditLog audit, Clock clock) {
        this.orders = orders;
        this.assessments = assessments;
        this.audit = audit;
        this.clock = clock;
    }

    /** Holds a locked order until somebody has looked at it. */
    @Transactional(Transactional.TxType.MANDATORY)
    void open(Order locked, long transactionId, List<Reason> reasons) {
        var review = new Review();
        review.orderId = locked.orderId();
        review.transactionId = transactionId;
        review.status = ReviewStatus.OPEN;
        review.reasons = assessments.write(reasons);
        review.openedAt = clock.instant();
        review.persist();
        orders.hold(locked);
    }

    /** Those of one status, the longest waiting first. */
    @Transactional
    Page<ReviewView> list(String status, int page, int limit) {
        ReviewStatus wanted = ReviewStatus.of(status).orElseThrow(ReviewError::unknownStatus);
        return Review.pageOf(wanted, page, limit)
                .map(row -> ReviewView.of(
                        (Review) row[0], assessments.read(((Review) row[0]).reasons), (Order) row[1], (User) row[2]));
    }

    /**
     * Says yes: the order goes its way.
     *
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION unless the review is open
     */
    @Transactional
    ReviewView approve(long adminId, long reviewId, @Nullable String note) {
        Order order = lockOrderOf(reviewId);
        Review review = Review.lock(reviewId).orElseThrow(ReviewError::notFound);
        ReviewView before = view(review, order);
        review.end(ReviewStatus.APPROVED, adminId, note, clock.instant());
        orders.release(order);
        return audited("review.approved", before, view(review, order));
    }

    /**
     * Says no: the order is cancelled, and whoever must give the money back hears of it as of any other.
     *
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION unless the review is open
     */
    @Transactional
    ReviewView reject(long adminId, long reviewId, @Nullable String note) {
        Order order = lockOrderOf(reviewId);
        Review review = Review.lock(reviewId).orElseThrow(ReviewError::notFound);
        ReviewView before = view(review, order);
        review.end(ReviewStatus.REJECTED, adminId, note, clock.instant());
        orders.turnDown(order, adminId);
        return audited("review.rejected", before, view(review, order));
    }

    /** An order was cancelled, in this very transaction: there is nothing left to decide. */
    void on(@Observes OrderCancelled cancelled) {
        Review.lockOpen(cancelled.orderId())
                .ifPresent(review -> review.end(ReviewStatus.CLOSED, null, null, clock.instant()));
    }

    private Order lockOrderOf(long reviewId) {
        return orders.lock(Review.orderOf(reviewId).orElseThrow(ReviewError::notFound));
    }

    private ReviewView view(Review review, Order order) {
        User customer = Objects.requireNonNull(User.<User>findById(order.userId()));
        return ReviewView.of(review, assessments.read(review.reasons), order, customer);
    }

    private ReviewView audited(String action, ReviewView before, ReviewView after) {
        // Who the customer is stands with the order; the log, which is kept for ever, does without.
        audit.record(action, "review", after.reviewId(), before.forTheLog(), after.forTheLog());
        return after;
    }
}
