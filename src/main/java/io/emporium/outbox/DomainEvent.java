package io.emporium.outbox;

import java.time.Instant;
import java.util.UUID;

/**
 * Something that has happened, told with ids and facts, in the past tense. Each module has a sealed interface of its own
 * ({@code OrderEvent}, {@code PaymentEvent}, …) whose records are its events.
 */
public interface DomainEvent {
    /** Unique to this event: consumers recognise a repetition by it. */
    UUID id();

    /** When it happened. */
    Instant at();

    /** Its name for the outside and its routing key: {@code order.placed}. Never changed, only added to. */
    String type();

    /** What it happened to: {@code order}, {@code product}, … */
    String entityType();

    /** Which one of them. */
    long entityId();
}
