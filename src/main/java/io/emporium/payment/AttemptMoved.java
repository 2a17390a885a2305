package io.emporium.payment;

import io.emporium.order.PaymentMethod;
import java.time.Duration;

/**
 * An attempt to pay has come to another state; fired in the transaction that makes it so.
 *
 * @param after how long after it was begun
 */
record AttemptMoved(PaymentMethod method, TransactionStatus to, Duration after) {}
