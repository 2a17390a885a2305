/**
 * What leaves the house, whatever the channel: a row each, its sender's turn, its tries, and what became of it.
 *
 * <pre>
 *   pending ──► sent ──► delivered                   the provider took it, and says that it has arrived
 *     │ ▲ │       └────► undelivered · bounced       … or that it cannot
 *     │ │ ├────────────► undelivered · bounced       refused for good: no such number, device or mailbox
 *     │ │ └────────────► skipped                     at sending time the customer does not want it, or must not get it
 *     │ └─────────┐
 *     └──► parked ┘      refused five times; an admin replays it
 * </pre>
 *
 * No state is ever left for an earlier one, but for the replay. A provider's word that comes before our own note of the
 * sending is taken as that note.
 */
@NullMarked
package io.emporium.notification.delivery;

import org.jspecify.annotations.NullMarked;
