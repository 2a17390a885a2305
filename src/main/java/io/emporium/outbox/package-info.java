/**
 * Events: recorded in the transaction that makes them true, relayed to RabbitMQ with publisher confirms, taken by each
 * consumer once.
 *
 * <pre>
 *   append ──► outbox row ──relay──► exchange emporium.events.v1 ──► queue ──► inbox row ──► effect
 *             (with the change)      (persistent, confirmed)               (once, in one transaction;
 *                                                                           retried, parked after five tries)
 *          ▲                                                                       │
 *          └── sent again ◄── audit: has every awaiting consumer its row, or yet to reach it? ◄──┘
 * </pre>
 *
 * <p>The broker's confirm is not the proof. It says that RabbitMQ has the message, not that a queue took it, and a
 * connection that breaks can lose a confirm or carry an acknowledgement to another message. Both ends are rows of one
 * database, so the audit compares them: an event is delivered when every consumer that awaits its type has its inbox row,
 * and one that is not 15 s after it was sent goes once more, unless the consumer is still working through what was sent before
 * it: a queue keeps its order, so it only waits. Whatever went wrong in between, it heals within 60 s of the broker being back
 * and the queues being worked off, and the inbox makes the repetitions harmless. On RabbitMQ what no queue took, or what a queue gave up, is also
 * kept in emporium.dead for who wants to look; nothing here depends on it, for not every AMQP broker has such a thing. What
 * foreign programs may rely on is told in docs/events.md.
 */
@NullMarked
package io.emporium.outbox;

import org.jspecify.annotations.NullMarked;
