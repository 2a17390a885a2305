/**
 * Orders: checkout, an order's life, expiry, shipment.
 *
 * <pre>
 *   pending ──paid──► confirmed ──► processing ──► shipped ──► delivered
 *      │                  │              │
 *      └──────────────────┴──────────────┴──► cancelled   (stock goes back; what was paid is refunded)
 * </pre>
 *
 * <p>A confirmed order may be held: then it goes no further than to cancelled until it is released.
 *
 * <p>Only a payment makes an order confirmed: the payment module calls {@link io.emporium.order.Orders}; orders never call
 * payment.
 */
@NullMarked
package io.emporium.order;

import org.jspecify.annotations.NullMarked;
