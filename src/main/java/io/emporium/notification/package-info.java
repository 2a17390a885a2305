/**
 * What the customer is told, and whether it arrived: in the shop, by e-mail, by SMS and by push.
 *
 * <pre>
 *   order.*, payment.*, refund.* ──► one in-app row, one delivery row a mail, number and device (in the inbox's transaction)
 * </pre>
 *
 * <p>A mail with a secret ({@code user.*}: verify an address, reset a password) has a place for it in its row; the secret
 * is made when it leaves. One that nobody waits for any more does not leave.
 *
 * <p>{@code notification.delivery} draws what becomes of a delivery.
 */
@NullMarked
package io.emporium.notification;

import org.jspecify.annotations.NullMarked;
