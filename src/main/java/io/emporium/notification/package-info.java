/**
 * What the customer is told, and whether it arrived: in the shop, and by e-mail.
 *
 * <pre>
 *   order.*, payment.*, refund.* ──► one in-app row, one delivery row a channel (in the inbox's transaction)
 *   delivery:  pending ──sent──► sent
 *                 │ ▲
 *    refused five │ │ replayed by an admin
 *           times ▼ │
 *               parked
 * </pre>
 */
@NullMarked
package io.emporium.notification;

import org.jspecify.annotations.NullMarked;
