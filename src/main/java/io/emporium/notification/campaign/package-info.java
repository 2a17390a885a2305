/**
 * Promotions to customers who have consented to them: written by an admin, sent at a set rate behind all other mail, and
 * left with one click.
 *
 * <pre>
 *   draft ──► scheduled ──► sending ◄──► paused
 *     │           │          │    │         │
 *     └───────────┴──────────│────┴─────────┴──► cancelled
 *                            ▼
 *                        finished
 *
 *   recipient:  waiting ──► queued ──► sent ──► bounced        (from queued on it is what its delivery is)
 *                  │           ├─────► failed
 *                  └───────────┴─────► skipped                 (no consent any more, inactive, cancelled, …)
 * </pre>
 *
 * <p>Whoever works on a campaign holds its row locked for one step, which is one transaction: look at the next thousand
 * users, or write the next hundred mails. A worker that dies leaves nothing half done, and the next step is anybody's. That
 * nobody is written to twice is a constraint three times over: one row a campaign and user, one delivery a row, one delivery
 * a campaign and address.
 */
@NullMarked
package io.emporium.notification.campaign;

import org.jspecify.annotations.NullMarked;
