package io.emporium.payment;

import io.emporium.order.PaymentMethod;
import io.emporium.shared.Money;
import java.time.Instant;
import java.util.List;

/**
 * Money that has come for an order, or gone back: what a receipt lists.
 *
 * @param reference ours
 * @param amount negative where it went back
 */
public record MoneyMoved(Instant at, PaymentMethod method, String reference, Money amount) {

    /** Oldest first; nothing that is only under way, or failed. Call it in a transaction. */
    public static List<MoneyMoved> ofOrder(long orderId) {
        return Transaction.ofOrder(orderId).stream()
                .filter(moved -> moved.status() == TransactionStatus.COMPLETED)
                .map(moved -> new MoneyMoved(
                        moved.updatedAt, moved.paymentMethod, moved.transactionReference(), moved.amount()))
                .toList();
    }

    public boolean isRefund() {
        return !amount.isPositive();
    }
}
