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
 * takes a completed payment back. What happens past us (disputes at the bank, refunds in the provider's dashboard) is heard
 * of by webhook, asked for and noted: while a dispute is open its payment is not refunded, and what is lost is booked as given
 * back. What came by transfer is found in the bank's statements ({@link io.emporium.payment.BankEntries}); what no program can
 * settle is on a list for a person
 * ({@link io.emporium.payment.PaymentIssues}). What looks like fraud is judged on the way, in
 * {@link io.emporium.payment.fraud}. Locks: order, payment, refund, in this order.
 */
@NullMarked
package io.emporium.payment;

import org.jspecify.annotations.NullMarked;
