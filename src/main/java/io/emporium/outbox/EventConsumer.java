package io.emporium.outbox;

import java.util.List;

/**
 * A module's reaction to events from RabbitMQ. Beside it the bean has the method of its channel, and the settings
 * {@code mp.messaging.incoming.<name>.*} name its queue and bind the same types:
 *
 * <pre>{@code
 * @Incoming("notification")
 * @RunOnVirtualThread
 * void receive(byte[] message) {
 *     inbox.take(this, message);
 * }
 * }</pre>
 */
public interface EventConsumer {
    /** Its name in the inbox and its channel's, never changed: an event counts as taken under it. */
    String name();

    /**
     * The types it waits for: {@code order.placed}, or {@code order.*} for all of an entity's. The outbox sends an event
     * of these again until this consumer has it.
     */
    List<String> types();

    /**
     * Takes the event's effect, in the transaction that marks the event as taken; so it must not use the network. What
     * it throws undoes the transaction; the event is tried again with growing delay and parked after five tries.
     */
    void on(ReceivedEvent event);
}
