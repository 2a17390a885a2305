/**
 * Money: charged once, settled by whoever hears of it first, given back where it has no order.
 *
 * <pre>
 *   a payment     processing ──► requires_action ──┐          a refund   pending_approval ──► rejected
 *                     │ ▲               │          │                            │
 *                     │ └───────────────┤          ▼                            ▼
 *                     ├─────────────────┴───► completed                     processing ──► pending
 *                     ▼                            ▲                            │             │
 *             failed, cancelled ─ ─ ─ ─ ─ ─ ─ ─ ─ ─┘                            ├─────────────┤
 *                             (money that came after all:                       ▼             ▼
 *                              kept if the order still waits,               succeeded ──►  failed
 *                              else given back)
 * </pre>
 *
 * <p>An attempt is recorded and committed before the provider is asked, outside any transaction, under the attempt's own
 * reference. The answer, the webhook and the reconciler all end in {@link io.emporium.payment.Settlement}, which never
 * takes a completed payment back. Locks: order, payment, refund, in this order.
 */
@NullMarked
package io.emporium.payment;

import org.jspecify.annotations.NullMarked;
